// A color taken from any photograph on the page, as it looks there: by a pointer, or by a cross that arrow keys move.

import { css } from "./swatches.js";
import { inWords } from "./words.js";

const MOST = { width: 620, height: 420 }; // CSS pixels of the photograph that is shown

export class Eyedropper {
  #image = null;
  #cross = { x: 0.5, y: 0.5 };
  #resolve = null;

  constructor() {
    this.dialog = document.getElementById("eyedropper");
    [this.list, this.canvas, this.chip, this.words] = ["ul", "canvas", ".chip", "output"].map(
      (selector) => this.dialog.querySelector(selector));
    this.context = this.canvas.getContext("2d", { willReadFrequently: true });
    this.#listen();
  }

  // Let a color be taken from one of the photographs, beginning with `first`. Resolves to it, or to null.
  take(photos, first) {
    this.list.replaceChildren(...photos.filter((photo) => photo.chroma.size).map((photo) => this.#choice(photo)));
    this.dialog.returnValue = "";
    this.dialog.showModal();
    this.#choose(first);
    this.canvas.focus();
    return new Promise((resolve) => { this.#resolve = resolve; });
  }

  #choice(photo) {
    const item = document.createElement("li"), made = document.createElement("button"), small = document.createElement("canvas");
    Object.assign(made, { type: "button", title: photo.name });
    made.setAttribute("aria-label", photo.name);
    Object.assign(small, { width: photo.thumbnail.width, height: photo.thumbnail.height });
    small.getContext("2d").drawImage(photo.thumbnail, 0, 0);
    made.append(small);
    made.addEventListener("click", () => this.#choose(photo));
    made.photo = photo;
    item.append(made);
    return item;
  }

  async #choose(photo) {
    for (const made of this.list.querySelectorAll("button")) made.setAttribute("aria-pressed", String(made.photo === photo));
    this.canvas.setAttribute("aria-label", `${photo.name}. Arrow keys move the cross, Enter takes the color.`);
    this.#image = null;
    const image = await photo.inColor(MOST.width, MOST.height).catch(() => null);
    if (!image || !this.dialog.open) return;
    this.#image = image;
    Object.assign(this.canvas, { width: image.width, height: image.height });
    this.#draw();
  }

  get #color() {
    const { width, height, data } = this.#image;
    const x = Math.min(width - 1, Math.floor(this.#cross.x * width)), y = Math.min(height - 1, Math.floor(this.#cross.y * height));
    return [...data.subarray(4 * (y * width + x), 4 * (y * width + x) + 3)];
  }

  #draw() {
    const { width, height } = this.#image, x = this.#cross.x * width, y = this.#cross.y * height;
    this.context.putImageData(this.#image, 0, 0);
    for (const [line, style] of [[4, "#000a"], [1.5, "#fff"]]) {
      this.context.lineWidth = line;
      this.context.strokeStyle = style;
      this.context.beginPath();
      this.context.arc(x, y, 9, 0, 2 * Math.PI);
      this.context.stroke();
    }
    this.chip.style.background = css(this.#color);
    this.words.textContent = inWords(this.#color);
  }

  #move(x, y) {
    if (!this.#image) return;
    this.#cross = { x: Math.min(1, Math.max(0, x)), y: Math.min(1, Math.max(0, y)) };
    this.#draw();
  }

  #finish(color) {
    this.#resolve?.(color);
    this.#resolve = null;
    this.dialog.close();
  }

  #listen() {
    const point = (event) => {
      const box = this.canvas.getBoundingClientRect();
      this.#move((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
    };
    this.canvas.addEventListener("pointermove", point);
    this.canvas.addEventListener("pointerdown", point);
    this.canvas.addEventListener("click", () => this.#image && this.#finish(this.#color));
    this.canvas.addEventListener("keydown", (event) => this.#key(event));
    this.dialog.addEventListener("close", () => this.#finish(null));
  }

  #key(event) {
    const step = (event.shiftKey ? 20 : 3) / 600, { x, y } = this.#cross;
    const to = { ArrowLeft: [x - step, y], ArrowRight: [x + step, y], ArrowUp: [x, y - step], ArrowDown: [x, y + step] }[event.key];
    if (to) this.#move(...to);
    else if (event.key === "Enter" && this.#image) this.#finish(this.#color);
    else return;
    event.preventDefault();
  }
}
