// Any color, as it looks at the luma of a place: a disc of hues around gray, out to the strongest color that has room
// at that luma, with two sliders and a field for those who do not point.

import { parsed } from "./file.js";
import { atLuma, chromaOf, css, hex, strongest } from "./swatches.js";
import { inWords } from "./words.js";

const SIZE = 190; // CSS pixels of the disc

export class Picker {
  #luma = 128;
  #hue = 0; // an angle in the plane of Cb and Cr
  #strength = 0; // a share of what has room
  #onChange = null;
  #onClose = null;

  constructor(parent) {
    this.element = document.createElement("div");
    Object.assign(this.element, { className: "picker", hidden: true });
    this.element.setAttribute("role", "dialog");
    this.element.setAttribute("aria-label", "Any color, as it looks here");
    this.element.innerHTML = `<div class="disc"><canvas width="${2 * SIZE}" height="${2 * SIZE}" aria-hidden="true"></canvas>
      <i aria-hidden="true"></i></div>
      <label>Hue <input type="range" class="hue" min="0" max="359" step="1"></label>
      <label>Strength <input type="range" class="strength" min="0" max="100" step="1"></label>
      <div class="row"><span class="chip"></span><label>Color <input type="text" size="8" spellcheck="false" autocomplete="off"></label>
      <button type="button" class="primary">Done</button></div>`;
    const find = (selector) => this.element.querySelector(selector);
    Object.assign(this, { canvas: find("canvas"), dot: find("i"), chip: find(".chip"), hue: find(".hue"),
      strength: find(".strength"), text: find("input[type=text]"), done: find("button") });
    parent.append(this.element);
    this.#listen();
  }

  get isOpen() {
    return !this.element.hidden;
  }

  // Open in the parent at `left`, `top`, at most as far right as there is room. `onChange` is called with (color,
  // whether it is still being dragged), and `onClose` at the end.
  open({ left, top }, luma, color, { onChange, onClose }) {
    this.#luma = luma;
    this.#onChange = onChange;
    this.#onClose = onClose;
    this.element.hidden = false;
    const room = this.element.parentElement.clientWidth - this.element.offsetWidth;
    this.element.style.left = `${Math.max(0, Math.min(room, left))}px`;
    this.element.style.top = `${Math.max(0, top)}px`;
    this.#drawDisc();
    this.#take(color);
    this.#show();
    this.hue.focus({ preventScroll: true });
  }

  close() {
    if (!this.isOpen) return;
    this.element.hidden = true;
    this.#onClose?.();
  }

  get color() {
    const reach = this.#strength * strongest(this.#luma, this.#hue);
    return atLuma(this.#luma, [reach * Math.cos(this.#hue), reach * Math.sin(this.#hue)]);
  }

  #take(color) {
    const [cb, cr] = chromaOf(color);
    if (Math.hypot(cb, cr) > 0.5) this.#hue = Math.atan2(cr, cb);
    this.#strength = Math.min(1, Math.hypot(cb, cr) / Math.max(strongest(this.#luma, this.#hue), 1e-6));
  }

  #show() {
    const { color } = this, words = inWords(color), degrees = Math.round(this.#hue * 180 / Math.PI + 360) % 360;
    this.dot.style.left = `${50 + 50 * this.#strength * Math.cos(this.#hue)}%`;
    this.dot.style.top = `${50 - 50 * this.#strength * Math.sin(this.#hue)}%`;
    this.dot.style.background = this.chip.style.background = css(color);
    this.hue.value = degrees;
    this.strength.value = Math.round(100 * this.#strength);
    for (const slider of [this.hue, this.strength]) slider.setAttribute("aria-valuetext", `${slider.value}, ${words}`);
    if (document.activeElement !== this.text) this.text.value = hex(color);
  }

  #changed(isDragging) {
    this.#show();
    this.#onChange(this.color, isDragging);
  }

  #listen() {
    for (const slider of [this.hue, this.strength]) {
      for (const kind of ["input", "change"]) {
        slider.addEventListener(kind, () => {
          this.#hue = this.hue.value * Math.PI / 180;
          this.#strength = this.strength.value / 100;
          this.#changed(kind === "input");
        });
      }
    }
    this.text.addEventListener("change", () => {
      const color = parsed(this.text.value.trim());
      this.text.setAttribute("aria-invalid", String(!color));
      if (!color) return;
      this.#take(color);
      this.#show();
      this.#onChange(color, false); // as it was written, also where there is no room for all of it
    });
    this.canvas.addEventListener("pointerdown", (event) => {
      this.canvas.setPointerCapture(event.pointerId);
      this.#point(event, true);
    });
    this.canvas.addEventListener("pointermove", (event) => {
      if (this.canvas.hasPointerCapture(event.pointerId)) this.#point(event, true);
    });
    this.canvas.addEventListener("pointerup", (event) => this.#point(event, false));
    this.done.addEventListener("click", () => this.close());
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" && !(event.key === "Enter" && event.target !== this.text)) return;
      event.preventDefault();
      event.stopPropagation();
      this.close();
    });
  }

  #point(event, isDragging) {
    const box = this.canvas.getBoundingClientRect();
    const x = 2 * (event.clientX - box.left) / box.width - 1, y = 1 - 2 * (event.clientY - box.top) / box.height;
    this.#hue = Math.atan2(y, x);
    this.#strength = Math.min(1, Math.hypot(x, y));
    this.#changed(isDragging);
  }

  #drawDisc() {
    const size = this.canvas.width, half = size / 2, context = this.canvas.getContext("2d");
    const image = context.createImageData(size, size);
    for (let at = 0; at < size * size; at++) {
      const x = (at % size + 0.5 - half) / half, y = (half - Math.floor(at / size) - 0.5) / half;
      const radius = Math.hypot(x, y);
      if (radius > 1) continue; // beyond it, the corners stay clear
      const hue = Math.atan2(y, x), reach = radius * strongest(this.#luma, hue);
      image.data.set([...atLuma(this.#luma, [reach * Math.cos(hue), reach * Math.sin(hue)]), 255], 4 * at);
    }
    context.putImageData(image, 0, 0);
  }
}
