// A photograph on the page: its file, what the server makes of it, and how far that has come.

import { Refusal, ask, send } from "./api.js";
import { paint } from "./color.js";

const THUMBNAIL = 176; // pixels of its longer side
const EXACT = { colorSpaceConversion: "none", premultiplyAlpha: "none" }; // chroma is numbers, not a picture
const UNKNOWN = "This is not a picture that can be read. Check the file.";

let count = 0;

export class Photo {
  id = ++count;
  chroma = new Map(); // model → Blob
  problem = ""; // why it cannot be shown or colored, in one line
  retry = false; // whether trying again may help
  said = "Waiting";
  busy = false;
  #preview = null; // Blob from the server, for formats that browsers do not know
  #bitmaps = new Map(); // "photo" or a model → Promise of an ImageBitmap, while the photograph is on the stage

  constructor(file, name = file.name) {
    this.file = file;
    this.name = name;
    this.thumbnail = document.createElement("canvas");
    this.thumbnail.width = this.thumbnail.height = 0;
  }

  // Get what is missing for `models`; `changed` is called whenever there is something new to show.
  async color(models, limits, changed) {
    this.busy = true;
    this.problem = "";
    try {
      if (limits && this.file.size > limits.bytes) {
        throw new Refusal(413, `The file has more than ${limits.bytes / 1e6} MB. Save it smaller, or as JPEG.`);
      }
      await this.#see(changed);
      for (const model of models.filter((model) => !this.chroma.has(model))) {
        this.#say("Coloring…", changed);
        const answer = await send("/api/v1/chroma", this, { model }, (seconds) => this.#wait(seconds, changed));
        this.chroma.set(model, await answer.blob());
        if (model === models[0]) await this.#drawThumbnail(model);
      }
      this.#say("", changed);
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

  // Free what only the stage needs: a large photograph takes 4 bytes a pixel.
  forget() {
    for (const bitmap of this.#bitmaps.values()) bitmap.then((decoded) => decoded.close(), () => {});
    this.#bitmaps.clear();
  }

  async #see(changed) {
    if (this.thumbnail.width) return;
    this.#say("Opening…", changed);
    try {
      await this.#drawThumbnail();
    } catch {
      this.#bitmaps.clear();
      if (this.file.size === 0) throw new Refusal(415, "This file is empty.");
      const answer = await send("/api/v1/preview", this, {}, (seconds) => this.#wait(seconds, changed));
      this.#preview = await answer.blob();
      await this.#drawThumbnail().catch(() => { throw new Refusal(415, UNKNOWN); });
    }
    changed();
  }

  async #drawThumbnail(model) {
    const whole = await createImageBitmap(this.#preview ?? this.file);
    const factor = Math.min(1, THUMBNAIL / Math.max(whole.width, whole.height));
    const width = Math.max(1, Math.round(whole.width * factor)), height = Math.max(1, Math.round(whole.height * factor));
    const before = pixels(whole, width, height);
    whole.close();
    if (model) {
      const chroma = await createImageBitmap(this.chroma.get(model), EXACT);
      paint(before.data, pixels(chroma, width, height).data, 1, before.data);
      chroma.close();
    }
    this.thumbnail.width = width;
    this.thumbnail.height = height;
    this.thumbnail.getContext("2d").putImageData(before, 0, 0);
  }

  #wait(seconds, changed) {
    this.#say(`The server is busy; trying again in ${seconds} s`, changed);
  }

  #say(text, changed) {
    this.said = text;
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
