// The color tool: what pointers and keys do on the stages while it is in hand.

import * as engine from "../engine.js";
import { Choosing } from "./choosing.js";
import { Editing } from "./editing.js";
import { RADIUS, extended, inPercent, moved, place, replaced, without } from "./marks.js";
import { Overlay } from "./overlay.js";
import { GRAY } from "./palette.js";
import { listenToTabs } from "./storage.js";

const STEP = 0.02, FINE = 0.004; // of the cross, in shares of a side

const within = ({ x, y }) => x >= 0 && x <= 1 && y >= 0 && y <= 1;

export class ColorTool extends EventTarget {
  isOn = false;
  mode = "point"; // or "brush" or "eraser"
  radius = RADIUS;
  color = null; // of the brush
  selected = -1;
  #overlays = new Map(); // stage → Overlay
  #grab = null; // {index, from, at, hasMoved}: a mark, or the photograph, in a pointer's hand
  #stroke = null; // the mark that is being painted
  #cross = null; // the place that keys have reached
  #pointer = null; // and the one of the pointer
  #split = 0.5; // where the slider was before

  constructor(page) {
    super();
    this.page = page;
    this.editing = new Editing(page);
    this.choosing = new Choosing(page, this.editing);
    this.palette = this.choosing.palette;
    document.addEventListener("pointerdown", ({ target }) => {
      if (this.palette.isOpen && !this.palette.contains(target) && !target.closest(".frame")) this.palette.close();
    }, true);
    listenToTabs((key, text) => this.#follow(key, text));
  }

  get isDragging() { return this.#grab !== null; }

  // The marks without what is being dragged.
  get #steady() {
    return this.page.current().history.marks;
  }

  turn(isOn) {
    this.leave();
    this.isOn = isOn;
    this.#pointer = null;
    const { view } = this.page;
    if (isOn) this.#split = view.split;
    view.slide(isOn ? 0 : this.#split); // all in color while it is colored
    this.show();
  }

  // Another photograph is about to be shown.
  leave() {
    this.palette.close();
    this.editing.drafts.stop();
    if (this.page.current()) this.page.current().live = null;
    this.selected = -1;
    this.#grab = this.#stroke = this.#cross = null;
  }

  // Another tab has changed what is known of a file that is here, too: what is under way here is given up.
  #follow(key, text) {
    for (const photo of this.page.photos().filter((photo) => photo.follow(key, text))) {
      if (photo === this.page.current()) this.leave();
      this.page.recolor(photo);
      this.page.say(`The colors of ${photo.name} are those of another tab; undo brings yours back.`);
    }
  }

  // Bring everything up to date with the photograph and the stages that are shown.
  show() {
    const stages = this.page.stages(), isBare = this.#stroke && !this.page.current().live;
    const marks = isBare ? [...this.#steady, this.#stroke] : this.editing.marks;
    for (const [stage, overlay] of this.#overlays) {
      if (!stages.includes(stage) || !this.isOn) {
        overlay.remove();
        stage.tool = null;
        this.#overlays.delete(stage);
      }
    }
    if (this.isOn) {
      const opened = this.page.current()?.opened;
      if (opened) engine.prepare(opened);
      for (const stage of stages) {
        if (!this.#overlays.has(stage)) this.#overlays.set(stage, new Overlay(stage));
        stage.tool = this;
        const brush = this.mode !== "point" && this.#pointer ? { place: this.#pointer, radius: this.radius } : null;
        this.#overlays.get(stage).show(marks, { selected: this.selected, cross: this.#cross, brush });
      }
    }
    this.dispatchEvent(new Event("change"));
  }

  select(index) {
    this.selected = index;
    this.show();
  }

  // What pointers do; see gestures.js.

  begin(stage, at, event) {
    this.#cross = null;
    this.#grab = { index: -1, from: at, at, last: event, isClosing: this.palette.isOpen };
    if (this.#grab.isClosing) return this.palette.close();
    if (this.mode === "point") this.#grab.index = this.#overlays.get(stage).at(event);
    else if (within(at)) this.#startStroke(at);
    if (this.#grab.index >= 0) this.select(this.#grab.index);
  }

  drag(stage, at, event) {
    const { index, from, last } = this.#grab;
    this.#grab.hasMoved = true;
    if (this.#stroke) {
      this.#pointer = at;
      this.#goOn(at);
    } else if (index >= 0) {
      const mark = this.#steady[index];
      this.editing.drag(replaced(this.#steady, index, moved(mark, at.x - from.x, at.y - from.y)));
    } else {
      const ratio = window.devicePixelRatio || 1;
      stage.view.pan((event.clientX - last.clientX) * ratio, (event.clientY - last.clientY) * ratio, stage.photo);
    }
    this.#grab.last = event;
    this.show();
  }

  end(stage, at) {
    const { index, hasMoved, isClosing } = this.#grab;
    this.#grab = null;
    if (this.#stroke) this.#endStroke(stage);
    else if (index >= 0 && hasMoved) this.editing.set(this.editing.marks, "Moved.");
    else if (index >= 0) this.edit(index, stage);
    else if (!hasMoved && !isClosing && within(at)) this.#add(stage, at);
  }

  cancel() {
    this.editing.drag(null);
    this.#grab = this.#stroke = null;
    this.show();
  }

  hover(stage, at, event) {
    this.#pointer = within(at) && event.pointerType !== "touch" ? at : null;
    const isOverMark = this.mode === "point" && this.#overlays.get(stage).at(event) >= 0;
    stage.frame.classList.toggle("over-mark", isOverMark);
    if (this.mode !== "point") this.show();
  }

  // What keys do on a stage: arrows move a cross, Enter works there. Returns whether the key was meant for it.
  key(stage, event) {
    const step = event.shiftKey ? FINE : STEP;
    const move = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
    if (move) {
      const from = this.#cross ?? { x: stage.view.x, y: stage.view.y };
      const [x, y] = place({ x: from.x + move[0], y: from.y + move[1] });
      this.#cross = { x, y };
      if (this.#stroke) this.#goOn(this.#cross);
      this.page.say(inPercent(x, y));
    } else if (event.key === "Enter" || event.key === " ") {
      this.#cross ??= { x: stage.view.x, y: stage.view.y };
      if (this.mode === "point") this.#add(stage, this.#cross);
      else if (this.#stroke) this.#endStroke(stage);
      else this.#startStroke(this.#cross);
    } else if (event.key === "Escape" && (this.#stroke || this.#grab || this.palette.isOpen)) {
      this.palette.close();
      this.cancel();
    } else {
      return false;
    }
    this.show();
    return true;
  }

  // Change the color of a mark, or remove it.
  edit(index, stage = this.page.stages()[0]) {
    const mark = this.#steady[index];
    this.select(index);
    this.#choose(stage, mark, index, "Color changed.", () => this.remove(index));
  }

  remove(index) {
    this.selected = -1;
    this.editing.set(without(this.#steady, index), "Removed.");
  }

  // Choose the color of the brush, for strokes to come.
  chooseColor() {
    this.choosing.chooseForBrush(this.page.stages()[0], this.color, (color) => {
      this.color = color;
      this.show();
    });
  }

  #add(stage, at) {
    const [x, y] = place(at);
    this.#cross = { x, y };
    this.selected = this.#steady.length;
    this.#choose(stage, { color: null, radius: this.radius, path: [[x, y]] }, this.selected, `Color added, ${inPercent(x, y)}.`);
  }

  #choose(stage, mark, index, said, remove) {
    this.choosing.choose(stage, mark, index, said, {
      remove,
      closed: (color) => {
        if (color && mark.path.length > 1) this.color = color; // of the strokes to come, too
        this.#stroke = this.#cross = null;
        this.show();
      },
    });
  }

  #startStroke(at) {
    const color = this.mode === "eraser" ? GRAY : this.color;
    this.#stroke = { color: color ?? GRAY, radius: this.radius, path: [place(at)], hasColor: color !== null };
    this.show();
  }

  #goOn(at) {
    const { aspect } = this.page.current(), [x, y] = place(at);
    this.#stroke = extended(this.#stroke, [x, y], aspect);
    if (this.#stroke.hasColor) this.editing.drag([...this.#steady, this.#stroke]);
  }

  #endStroke(stage) {
    const { hasColor, ...stroke } = this.#stroke;
    if (!hasColor) return this.#choose(stage, { ...stroke, color: null }, this.#steady.length, "Stroke added.");
    this.#stroke = null;
    this.editing.set([...this.#steady, stroke], this.mode === "eraser" ? "Gray here." : "Stroke added.");
  }
}
