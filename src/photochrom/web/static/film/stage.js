// A film before and after, while it plays: each frame of the result is drawn twice, as it is and, left of the line, by
// its luma alone. So both are always of one moment.

import { Gestures } from "../gestures.js";
import { LINE, Line } from "../line.js";
import { showZoom } from "../zoom.js";
import { LumaFilter } from "./luma.js";

const BT601 = [0.299, 0.587, 0.114];

export class FilmStage {
  tool = null;
  #shown = null; // the Blob that is shown
  #name = ""; // of the film

  constructor(view) {
    this.view = view;
    this.element = document.createElement("figure");
    this.element.className = "stage film";
    this.element.innerHTML = `<div class="frame"><video playsinline tabindex="-1" aria-hidden="true"></video>
      <canvas tabindex="0" role="img"></canvas><canvas class="before" aria-hidden="true"></canvas>${LINE}
      <p class="veil"></p></div>`;
    this.frame = this.element.querySelector(".frame");
    this.video = this.element.querySelector("video");
    [this.canvas, this.before] = this.element.querySelectorAll("canvas");
    this.veil = this.element.querySelector(".veil");
    this.line = new Line(this.frame, view, "the film");
    this.handle = this.line.handle;
    this.luma = new LumaFilter("film-luma");
    this.before.style.filter = this.luma.url;
    this.element.append(this.luma.element);
    this.after = this.canvas.getContext("2d");
    this.gray = this.before.getContext("2d");
    this.gestures = new Gestures(this);
    const place = () => {
      this.draw();
      if (this.element.isConnected) showZoom(view);
    };
    new ResizeObserver(place).observe(this.canvas);
    this.video.addEventListener("loadeddata", place);
    view.addEventListener("change", () => this.draw());
    for (const event of ["seeked", "pause", "ended"]) this.video.addEventListener(event, () => this.draw());
    this.video.addEventListener("play", () => this.#follow());
  }

  // The size of the film, or null.
  get photo() {
    const { videoWidth: width, videoHeight: height } = this.video;
    return width ? { width, height } : null;
  }

  get isColored() {
    return this.element.classList.contains("colored");
  }

  // Show a film, in color or not; `luma` are the weights of its matrix. `veil` is a line of text over it.
  show(blob, { isColored, luma = BT601, name, veil = "" }) {
    this.veil.textContent = veil;
    this.element.classList.toggle("colored", isColored);
    this.canvas.setAttribute("aria-label", isColored
      ? `${name}. Space plays and pauses, arrow keys seek, + and − zoom.` : `${name}, black and white.`);
    this.luma.weigh(luma);
    if (name !== this.#name) for (const one of [this.canvas, this.before]) one.width = one.height = 0; // of another film
    this.#name = name;
    if (blob !== this.#shown) this.#load(blob);
    this.draw();
  }

  #load(blob) {
    if (this.#shown) URL.revokeObjectURL(this.video.src);
    this.#shown = blob;
    if (blob) this.video.src = URL.createObjectURL(blob);
    else this.video.removeAttribute("src");
    this.video.load();
    if (blob) this.#next(() => this.draw()); // the first frame may be there only after it is said to be
  }

  // Draw each frame that is played.
  #follow() {
    const step = () => {
      this.draw();
      if (!this.video.paused && !this.video.ended) this.#next(step);
    };
    this.#next(step);
  }

  #next(step) {
    if (this.video.requestVideoFrameCallback) this.video.requestVideoFrameCallback(step);
    else requestAnimationFrame(step);
  }

  draw() {
    const ratio = window.devicePixelRatio || 1, { photo, canvas, view } = this;
    const width = Math.round(canvas.clientWidth * ratio), height = Math.round(canvas.clientHeight * ratio);
    if (!width || !height || !this.element.isConnected) return;
    this.line.show();
    if (!photo || this.video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return; // what was there stays until then
    for (const one of [canvas, this.before]) {
      if (one.width !== width || one.height !== height) Object.assign(one, { width, height });
      else one.getContext("2d").clearRect(0, 0, width, height);
    }
    this.frame.style.setProperty("--aspect", photo.width / photo.height);
    canvas.classList.toggle("zoomed", view.zoom > 1);
    view.measure(photo, { width, height });
    const shown = { width: photo.width * view.scale, height: photo.height * view.scale };
    this.after.imageSmoothingEnabled = view.scale < 3;
    this.after.imageSmoothingQuality = "high";
    this.after.drawImage(this.video, width / 2 - view.x * shown.width, height / 2 - view.y * shown.height, shown.width, shown.height);
    const split = this.isColored ? Math.round(view.split * width) : width;
    if (split > 0) this.gray.drawImage(canvas, 0, 0, split, height, 0, 0, split, height);
  }
}
