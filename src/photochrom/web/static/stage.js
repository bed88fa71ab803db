// One photograph by one model: before and after under a slider that can be dragged or moved with the arrow keys.

import { paint } from "./color.js";
import { Gestures } from "./gestures.js";
import { LINE, Line } from "./line.js";

function context() {
  return document.createElement("canvas").getContext("2d", { willReadFrequently: true });
}

export class Stage {
  tool = null; // what pointers and keys do instead of sliding, if any: begin, drag, end, cancel, hover, key
  #before = context(); // the visible part of the photograph, and of its chroma, at the size of the screen
  #gray = null; // the pixels of the first one
  #chroma = context();
  #after = null;
  #placed = { before: "", chroma: "" }; // the views that the two show at the moment
  #painted = "";
  #photo = null; // bitmaps
  #colors = null;
  #look = null; // {saturation, warmth}

  constructor(view, model) {
    this.view = view;
    this.model = model;
    this.element = document.createElement("figure");
    this.element.className = "stage";
    this.element.innerHTML = `<div class="frame"><canvas tabindex="0" role="img"></canvas>${LINE}<p class="veil"></p></div>
      <figcaption></figcaption>`;
    this.frame = this.element.querySelector(".frame");
    this.canvas = this.element.querySelector("canvas");
    this.line = new Line(this.frame, view, model);
    this.handle = this.line.handle;
    this.veil = this.element.querySelector(".veil");
    this.after = this.element.querySelector(".tag.right");
    this.caption = this.element.querySelector("figcaption");
    this.caption.textContent = model;
    this.paper = this.canvas.getContext("2d");
    this.canvas.addEventListener("keydown", (event) => this.#moveByKey(event));
    this.gestures = new Gestures(this);
    this.resized = new ResizeObserver(() => this.draw());
    this.resized.observe(this.canvas);
    this.redraw = () => this.draw();
    view.addEventListener("change", this.redraw);
  }

  remove() {
    this.resized.disconnect();
    this.view.removeEventListener("change", this.redraw);
    this.element.remove();
  }

  // `photo` and `colors` are ImageBitmaps or null; `veil` is the text in place of the colors, and `progress` says on what
  // newer ones wait.
  show(photo, colors, look, name, { veil = "", progress = "" } = {}) {
    if (photo !== this.#photo) this.#placed = { before: "", chroma: "" };
    if (colors !== this.#colors) this.#placed.chroma = "";
    this.#photo = photo;
    this.#colors = colors;
    this.#look = look;
    this.veil.textContent = veil;
    this.after.textContent = progress || "After";
    this.canvas.setAttribute("aria-label", `${name}, ${this.caption.textContent}. Arrow keys move it, + and − zoom.`);
    if (photo) this.frame.style.setProperty("--aspect", photo.width / photo.height);
    this.element.classList.toggle("colored", Boolean(photo && colors));
    this.draw();
  }

  // The photograph as an ImageBitmap, or null.
  get photo() {
    return this.#photo;
  }

  // The place in the photograph under a pointer.
  placeOf({ clientX, clientY }) {
    const box = this.frame.getBoundingClientRect(), { width, height } = this.#shown();
    return {
      x: this.view.x + (clientX - box.left - box.width / 2) / width,
      y: this.view.y + (clientY - box.top - box.height / 2) / height,
    };
  }

  // Where a place is, in CSS pixels of the frame.
  screenOf({ x, y }) {
    const { width, height } = this.#shown();
    return {
      left: this.frame.clientWidth / 2 + (x - this.view.x) * width,
      top: this.frame.clientHeight / 2 + (y - this.view.y) * height,
    };
  }

  // The size of the whole photograph, in CSS pixels.
  #shown() {
    const scale = this.view.scale / (window.devicePixelRatio || 1);
    return { width: this.#photo.width * scale, height: this.#photo.height * scale };
  }

  give(look) {
    this.#look = look;
    this.draw();
  }

  draw() {
    const ratio = window.devicePixelRatio || 1;
    const width = Math.round(this.canvas.clientWidth * ratio), height = Math.round(this.canvas.clientHeight * ratio);
    if (!width || !height || this.#photo?.width === 0) return; // a closed bitmap: the next one is on its way
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    this.paper.clearRect(0, 0, width, height);
    if (!this.#photo) return;
    this.view.measure(this.#photo, { width, height });
    this.#color(width, height);
    const split = this.#after ? Math.round(this.view.split * width) : width;
    if (this.#after) this.paper.putImageData(this.#after, 0, 0);
    if (split > 0) {
      this.paper.clearRect(0, 0, split, height); // else colors would show through transparent pixels
      this.paper.drawImage(this.#before.canvas, 0, 0, split, height, 0, 0, split, height);
    }
    this.#slider();
  }

  // Bring the visible part of photograph and chroma to the screen's size, and color it, as far as that has changed.
  #color(width, height) {
    const { scale, x, y } = this.view;
    const wanted = [width, height, scale, x, y].join();
    if (wanted !== this.#placed.before) {
      this.#place(this.#before, this.#photo, width, height, scale < 3);
      this.#gray = this.#before.getImageData(0, 0, width, height);
      this.#placed.before = wanted;
      this.#painted = "";
    }
    if (!this.#colors) {
      this.#after = null;
      return;
    }
    if (wanted !== this.#placed.chroma && this.#colors.width) { // else it is closed, and the next is on its way
      this.#place(this.#chroma, this.#colors, width, height, true);
      this.#placed.chroma = wanted;
      this.#painted = "";
    }
    const look = JSON.stringify(this.#look);
    if (this.#painted !== look) {
      const chroma = this.#chroma.getImageData(0, 0, width, height);
      this.#after = new ImageData(width, height);
      paint(this.#gray.data, chroma.data, this.#look, this.#after.data);
      this.#painted = look;
    }
  }

  #place(target, bitmap, width, height, smooth) {
    const { scale, x, y } = this.view;
    const shown = { width: this.#photo.width * scale, height: this.#photo.height * scale };
    target.canvas.width = width; // clears it
    target.canvas.height = height;
    target.imageSmoothingEnabled = smooth;
    target.imageSmoothingQuality = "high";
    target.drawImage(bitmap, width / 2 - x * shown.width, height / 2 - y * shown.height, shown.width, shown.height);
  }

  #slider() {
    this.line.show();
    this.canvas.classList.toggle("zoomed", this.view.zoom > 1);
  }

  #moveByKey(event) {
    if (!this.#photo || event.ctrlKey || event.metaKey || event.altKey) return;
    if (this.tool?.key(this, event) || this.view.key(event, this.#photo)) event.preventDefault();
  }
}
