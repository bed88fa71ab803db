// A photograph on the page: its file, its colors by each model, and how far it has come.

import { Refusal, ask, send } from "./api.js";
import { paint } from "./color.js";

const THUMBNAIL = 176; // pixels of its longer side
const EXACT = { colorSpaceConversion: "none", premultiplyAlpha: "none" }; // chroma is numbers, not a picture
const UNKNOWN = "This is not a picture that can be read. Check the file.";

export class Photo {
  chroma = new Map(); // model → Blob
  saturation = 1;
  problem = ""; // why it cannot be shown or colored, in one line
  retry = false; // whether trying again may help
  progress = "Waiting";
  busy = false;
  page = null; // from 1, in a file of several
  #pages = 1; // of the file, as far as the server has said
  #preview = null; // Blob from the server, for formats that browsers do not know
  #bitmaps = new Map(); // "photo" or a model → Promise of an ImageBitmap, while the photograph is on the stage
  #small = null; // ImageData of the thumbnail in gray, and of its chroma
  #smallChroma = null;

  constructor(file, page = null) {
    this.file = file;
    this.page = page;
    this.thumbnail = document.createElement("canvas");
    this.thumbnail.width = this.thumbnail.height = 0;
  }

  get name() {
    return this.page ? `${this.file.name}, page ${this.page}` : this.file.name;
  }

  // The options that choose this page.
  get options() {
    return this.page ? { page: this.page } : {};
  }

  // The photographs on the other pages of the file, once it turns out to have them.
  otherPages() {
    if (this.page || this.#pages === 1) return [];
    this.page = 1;
    return Array.from({ length: this.#pages - 1 }, (_, index) => new Photo(this.file, index + 2));
  }

  // Get the photograph and its colors by `model`; `changed` is called whenever there is something new to show.
  async color(model, limits, changed) {
    this.busy = true;
    this.problem = "";
    try {
      if (limits && this.file.size > limits.bytes) {
        throw new Refusal(413, `The file has more than ${limits.bytes / 1e6} MB. Save it smaller, or as JPEG.`);
      }
      await this.#open(changed);
      this.#report("Coloring…", changed);
      this.chroma.set(model, await this.#ask("/api/v1/chroma", { model }, changed));
      if (!this.#smallChroma) await this.#shrinkChroma(model);
      this.#report("", changed);
    } catch (error) {
      this.problem = error.message;
      this.retry = error instanceof Refusal && [0, 408, 503].includes(error.status);
      if (error.status === 0) throw error;
    } finally {
      this.busy = false;
      changed();
    }
  }

  // The photograph, or its chroma by a model, decoded; kept until `forget`.
  bitmap(model = "photo") {
    if (!this.#bitmaps.has(model)) {
      const decoded = model === "photo"
        ? createImageBitmap(this.#preview ?? this.file) : createImageBitmap(this.chroma.get(model), EXACT);
      this.#bitmaps.set(model, decoded);
    }
    return this.#bitmaps.get(model);
  }

  // Free the bitmaps, which only the stage needs: a large photograph takes 4 bytes a pixel.
  forget() {
    for (const bitmap of this.#bitmaps.values()) bitmap.then((decoded) => decoded.close(), () => {});
    this.#bitmaps.clear();
  }

  saturate(saturation) {
    this.saturation = saturation;
    this.#paintThumbnail();
  }

  async #open(changed) {
    if (this.#small) return;
    this.#report("Opening…", changed);
    // Browsers that know TIFF know its first page.
    const isShown = !(this.page > 1) && await this.#shrink().then(() => true, () => false);
    if (!isShown) {
      this.#bitmaps.clear();
      if (this.file.size === 0) throw new Refusal(415, "This file is empty.");
      this.#preview = await this.#ask("/api/v1/preview", {}, changed);
      await this.#shrink().catch(() => { throw new Refusal(415, UNKNOWN); });
    }
    changed();
  }

  async #ask(path, options, changed) {
    const wait = (seconds) => this.#report(`The server is busy; trying again in ${seconds} s`, changed);
    const answer = await send(path, this.file, { ...options, ...this.options }, wait);
    this.#pages = Number(answer.headers.get("X-Photochrom-Pages")) || 1;
    return answer.blob();
  }

  async #shrink() {
    const whole = await createImageBitmap(this.#preview ?? this.file);
    const factor = Math.min(1, THUMBNAIL / Math.max(whole.width, whole.height));
    const [width, height] = [whole.width, whole.height].map((side) => Math.max(1, Math.round(side * factor)));
    this.#small = pixels(whole, width, height);
    whole.close();
    this.#paintThumbnail();
  }

  async #shrinkChroma(model) {
    const chroma = await createImageBitmap(this.chroma.get(model), EXACT);
    this.#smallChroma = pixels(chroma, this.#small.width, this.#small.height);
    chroma.close();
    this.#paintThumbnail();
  }

  #paintThumbnail() {
    if (!this.#small) return;
    const { width, height, data } = this.#small;
    const shown = new ImageData(data.slice(), width, height);
    if (this.#smallChroma) paint(data, this.#smallChroma.data, this.saturation, shown.data);
    this.thumbnail.width = width;
    this.thumbnail.height = height;
    this.thumbnail.getContext("2d").putImageData(shown, 0, 0);
  }

  #report(text, changed) {
    this.progress = text;
    changed();
  }
}

function pixels(bitmap, width, height) {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}

// One of the photographs that the server brings along.
export async function example(path) {
  const answer = await ask(path);
  return new Photo(new File([await answer.blob()], path.split("/").pop(), { type: "image/jpeg" }));
}
