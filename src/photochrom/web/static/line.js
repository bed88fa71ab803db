// The line between before and after on a stage, and the handle by which arrow keys move it.

const STEP = 0.02, BIG_STEP = 0.1;

export const LINE = `<div class="line"><div class="handle" role="slider" tabindex="0" aria-valuemin="0" aria-valuemax="100"
  aria-orientation="horizontal"></div></div><span class="tag left">Before</span><span class="tag right">After</span>`;

export class Line {
  // `frame` holds the elements of `LINE`; `of` says what is compared.
  constructor(frame, view, of) {
    this.view = view;
    this.element = frame.querySelector(".line");
    this.handle = frame.querySelector(".handle");
    this.handle.setAttribute("aria-label", `Before and after, ${of}`);
    this.handle.addEventListener("keydown", (event) => this.#slideByKey(event));
  }

  show() {
    const percent = Math.round(this.view.split * 100);
    this.element.style.left = `${this.view.split * 100}%`;
    this.handle.setAttribute("aria-valuenow", percent);
    this.handle.setAttribute("aria-valuetext", `${percent} % black and white, ${100 - percent} % color`);
  }

  #slideByKey(event) {
    const step = event.shiftKey ? BIG_STEP : STEP;
    const to = {
      ArrowLeft: this.view.split - step, ArrowDown: this.view.split - step, PageDown: this.view.split - BIG_STEP,
      ArrowRight: this.view.split + step, ArrowUp: this.view.split + step, PageUp: this.view.split + BIG_STEP,
      Home: 0, End: 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.view.slide(to);
  }
}
