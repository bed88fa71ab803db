// What pointers do on a stage: one slides the line, or moves the photograph, or works with the tool that is in hand;
// two zoom. Places are shares of the photograph's width and height.

const STILL = 4; // screen pixels that a click may move

export class Gestures {
  #pointers = new Map(); // id → {x, y, does: "slide", "pan" or "tool", moves}

  constructor(stage) {
    this.stage = stage;
    const frame = stage.frame;
    frame.addEventListener("pointerdown", (event) => this.#down(event));
    frame.addEventListener("pointermove", (event) => this.#move(event));
    // After a tap, browsers act as if a mouse had been pressed, too late to decide where the focus is.
    frame.addEventListener("mousedown", (event) => event.preventDefault());
    frame.addEventListener("pointerup", (event) => this.#up(event));
    frame.addEventListener("pointercancel", (event) => this.#cancel(event));
    frame.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
  }

  #down(event) {
    const { frame, handle, canvas, photo } = this.stage;
    const pans = event.button === 1; // the middle button
    if ((event.button !== 0 && !pans) || !photo) return;
    frame.setPointerCapture(event.pointerId);
    const first = this.#pointers.size === 0;
    const does = pans ? "pan" : this.#does(event, first);
    if (!first) this.#dropTool();
    this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY, does });
    (does === "slide" ? handle : canvas).focus({ preventScroll: true });
    if (does === "slide" && event.pointerType === "mouse") this.#slideTo(event);
    if (does === "tool") this.stage.tool.begin(this.stage, this.stage.placeOf(event), event);
    if (pans) event.preventDefault();
  }

  #does(event, first) {
    const { tool, view } = this.stage;
    if (event.target.closest(".line")) return "slide";
    if (tool) return first ? "tool" : "pan";
    const swipes = event.pointerType === "touch" && this.#isInScrollingRow(); // to the next model, by the browser
    return view.zoom === 1 && first && !swipes ? "slide" : "pan";
  }

  #isInScrollingRow() {
    const row = this.stage.element.parentElement;
    return row.scrollWidth > row.clientWidth;
  }

  #move(event) {
    const { photo, view, tool } = this.stage;
    const last = this.#pointers.get(event.pointerId);
    if (!photo) return; // another one is on its way, or cannot be shown
    if (!last) return void tool?.hover(this.stage, this.stage.placeOf(event), event);
    const ratio = window.devicePixelRatio || 1;
    const others = [...this.#pointers].filter(([id]) => id !== event.pointerId).map(([, pointer]) => pointer);
    if (others.length) {
      const distance = (point) => Math.hypot(point.x - others[0].x, point.y - others[0].y) || 1;
      const here = { x: event.clientX, y: event.clientY };
      const box = this.stage.frame.getBoundingClientRect();
      const dx = ((here.x + others[0].x) / 2 - box.left - box.width / 2) * ratio;
      const dy = ((here.y + others[0].y) / 2 - box.top - box.height / 2) * ratio;
      view.zoomBy(distance(here) / distance(last), photo, dx, dy);
      view.pan((here.x - last.x) / 2 * ratio, (here.y - last.y) / 2 * ratio, photo);
    } else if (last.does === "slide") {
      this.#slideTo(event);
    } else if (last.does === "tool") {
      if (!last.moves && Math.hypot(event.clientX - last.x, event.clientY - last.y) < STILL) return;
      last.moves = true;
      if (tool?.isDragging) tool.drag(this.stage, this.stage.placeOf(event), event);
    } else {
      view.pan((event.clientX - last.x) * ratio, (event.clientY - last.y) * ratio, photo);
    }
    Object.assign(last, { x: event.clientX, y: event.clientY });
  }

  #up(event) {
    const last = this.#pointers.get(event.pointerId);
    this.#pointers.delete(event.pointerId);
    if (last?.does === "tool" && this.stage.tool?.isDragging) this.stage.tool.end(this.stage, this.stage.placeOf(event), event);
  }

  #cancel(event) {
    this.#dropTool();
    this.#pointers.delete(event.pointerId);
  }

  // A second finger means that the first was no stroke.
  #dropTool() {
    for (const pointer of this.#pointers.values()) {
      if (pointer.does !== "tool") continue;
      pointer.does = "pan";
      this.stage.tool?.cancel(this.stage);
    }
  }

  #slideTo(event) {
    const box = this.stage.frame.getBoundingClientRect();
    this.stage.view.slide((event.clientX - box.left) / box.width);
  }

  #wheel(event) {
    const { photo, view, frame } = this.stage;
    if (!photo || (view.zoom === 1 && event.deltaY > 0)) return; // then the page scrolls on
    event.preventDefault();
    const ratio = window.devicePixelRatio || 1, box = frame.getBoundingClientRect();
    const dx = (event.clientX - box.left - box.width / 2) * ratio;
    const dy = (event.clientY - box.top - box.height / 2) * ratio;
    view.zoomBy(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.002)), photo, dx, dy);
  }
}
