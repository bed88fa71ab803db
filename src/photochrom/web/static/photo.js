// A photograph on the page: its file, its colors by each model, and how far it has come.

import { PLAIN, paint } from "./color.js";
import * as engine from "./engine.js";
import { fromText, toText } from "./hints/file.js";
import { History } from "./hints/history.js";
import { toPoints } from "./hints/marks.js";
import { keep, keyOf, recall } from "./hints/storage.js";
import { lumaOf } from "./hints/swatches.js";
import { Refusal } from "./refusal.js";

const THUMBNAIL = 176; // pixels of its longer side
const EXACT = { colorSpaceConversion: "none", premultiplyAlpha: "none" }; // chroma is numbers, not a picture

export class Photo {
  chroma = new Map(); // model → Blob, as it was last made
  #madeBy = new Map(); // model → the recipe of that, as text; none for a draft
  look = PLAIN; // what is done to the colors at last
  size = null; // the working size in pixels; by default the model's own
  reference = null; // {id, file, name, picture}: a photograph in color that lends this one its colors
  problem = ""; // why it cannot be shown or colored, in one line
  retry = false; // whether trying again may help
  progress = "Waiting";
  busy = false;
  page = null; // from 1, in a file of several
  opened = null; // what the engine made of the file
  aspect = 1; // width / height
  history = new History(); // of what a person knows of its colors
  live = null; // the marks in place of the history's last ones, while somebody drags them
  #key = null; // under which the browser keeps them
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

  get marks() {
    return this.live ?? this.history.marks;
  }

  // What the engine needs to know for the chroma, beside a model.
  get recipe() {
    return { hints: toPoints(this.marks), size: this.size, reference: this.reference?.file ?? null };
  }

  // And what it needs to know for the file.
  get options() {
    return { ...this.recipe, ...this.look };
  }

  get #text() {
    return JSON.stringify({ ...this.recipe, reference: this.reference?.id });
  }

  // Whether the chroma by a model is of the recipe as it is now.
  isFresh(model) {
    return this.#madeBy.get(model) === this.#text;
  }

  // The photographs on the other pages of the file, once it turns out to have them.
  otherPages() {
    if (this.page || !(this.opened?.pages > 1)) return [];
    this.page = 1;
    return Array.from({ length: this.opened.pages - 1 }, (_, index) => new Photo(this.file, index + 2));
  }

  // Get the photograph and its colors by `model`; `changed` is called whenever there is something new to show.
  async color(model, limits, changed) {
    const wait = (text) => this.#report(text, changed);
    this.busy = true;
    this.problem = "";
    try {
      if (limits && this.file.size > limits.bytes) {
        throw new Refusal(`The file has more than ${limits.bytes / 1e6} MB. Save it smaller, or as JPEG.`);
      }
      await this.#open(changed, wait);
      this.#report("Coloring…", changed);
      const recipe = this.recipe, text = this.#text;
      const blob = await engine.chroma(this.opened, { ...recipe, model }, undefined, wait);
      const isStale = text !== this.#text && this.chroma.has(model);
      if (!isStale) { // else a draft of newer marks is there already
        await this.#show(model, blob);
        this.#madeBy.set(model, text);
      }
      this.#report("", changed);
    } catch (error) {
      this.problem = error.message;
      this.retry = error instanceof Refusal && error.retry;
      if (error.gone) throw error;
    } finally {
      this.busy = false;
      changed();
    }
  }

  // Show a quick preview by `model`. Returns false where it has become stale on its way.
  async draft(model, signal) {
    const blob = await engine.chroma(this.opened, { ...this.recipe, model, draft: true }, signal);
    if (signal.aborted) return false;
    this.#madeBy.delete(model);
    await this.#show(model, blob);
    return true;
  }

  // Keep the marks in this browser, for when the file comes again. Returns whether there is room.
  keepMarks() {
    return !this.#key || keep(this.#key, this.history.marks.length ? toText(this.history.marks) : null);
  }

  // Take what another tab has kept under a key, as a step. Returns whether it is this file's, and new here.
  follow(key, text) {
    if (key !== this.#key || !text || text === toText(this.history.marks)) return false;
    this.history.set(fromText(text, this.aspect));
    return true;
  }

  async #recallMarks() {
    this.#key = await keyOf(this.file, this.page);
    const text = this.#key && recall(this.#key);
    try {
      if (text) this.history.marks = fromText(text, this.aspect);
    } catch {
      // another version of the page wrote it; the photograph is there all the same
    }
  }

  // The luma of a place, from 0 to 255.
  async lumaAt({ x, y }) {
    const bitmap = await this.bitmap();
    const at = (share, size) => Math.min(size - 1, Math.max(0, Math.floor(share * size)));
    const { data } = pixels(bitmap, 1, 1, [at(x, bitmap.width), at(y, bitmap.height), 1, 1]);
    return lumaOf(data);
  }

  // The whole photograph in color, as an ImageData that fits into `width` by `height`.
  async inColor(width, height) {
    const isShown = this.#bitmaps.has("photo"), [model] = this.chroma.keys();
    const [photo, chroma] = await Promise.all([this.bitmap(), this.bitmap(model)]);
    const factor = Math.min(1, width / photo.width, height / photo.height);
    const size = [photo.width, photo.height].map((side) => Math.max(1, Math.round(side * factor)));
    const image = pixels(photo, ...size);
    paint(image.data, pixels(chroma, ...size).data, this.look, image.data);
    if (!isShown) this.forget();
    return image;
  }

  // The photograph, or its chroma by a model, decoded; kept until `forget`.
  bitmap(model = "photo") {
    if (!this.#bitmaps.has(model)) {
      const decoded = model === "photo"
        ? createImageBitmap(this.opened.picture) : createImageBitmap(this.chroma.get(model), EXACT);
      this.#bitmaps.set(model, decoded);
    }
    return this.#bitmaps.get(model);
  }

  // Free the bitmaps, which only the stage needs: a large photograph takes 4 bytes a pixel.
  forget() {
    for (const bitmap of this.#bitmaps.values()) bitmap.then((decoded) => decoded.close(), () => {});
    this.#bitmaps.clear();
  }

  give(look) {
    this.look = look;
    this.#paintThumbnail();
  }

  // A small picture of it, with other chroma: a canvas.
  async withChroma(blob) {
    const { width, height, data } = this.#small, bitmap = await createImageBitmap(blob, EXACT);
    const canvas = Object.assign(document.createElement("canvas"), { width, height }), shown = new ImageData(width, height);
    paint(data, pixels(bitmap, width, height).data, this.look, shown.data);
    bitmap.close();
    canvas.getContext("2d").putImageData(shown, 0, 0);
    return canvas;
  }

  async #open(changed, wait) {
    if (this.opened) return;
    this.#report("Opening…", changed);
    const opened = await engine.open(this.file, this.page, undefined, wait);
    this.aspect = opened.bitmap.width / opened.bitmap.height;
    await this.#recallMarks();
    this.opened = opened; // before it is shown
    this.#shrink(opened.bitmap);
    opened.bitmap.close();
    changed();
  }

  #shrink(whole) {
    const factor = Math.min(1, THUMBNAIL / Math.max(whole.width, whole.height));
    const [width, height] = [whole.width, whole.height].map((side) => Math.max(1, Math.round(side * factor)));
    this.#small = pixels(whole, width, height);
    this.#paintThumbnail();
  }

  // Have the chroma by a model shown, from now on.
  async #show(model, blob) {
    const bitmap = await createImageBitmap(blob, EXACT);
    if (model === (this.chroma.keys().next().value ?? model)) { // the thumbnail is by the first one
      this.#smallChroma = pixels(bitmap, this.#small.width, this.#small.height);
      this.#paintThumbnail();
    }
    this.chroma.set(model, blob);
    this.#bitmaps.get(model)?.then((old) => old.close(), () => {});
    this.#bitmaps.delete(model);
    if (this.#bitmaps.has("photo")) this.#bitmaps.set(model, Promise.resolve(bitmap)); // it is on the stage
    else bitmap.close();
  }

  #paintThumbnail() {
    if (!this.#small) return;
    const { width, height, data } = this.#small;
    const shown = new ImageData(data.slice(), width, height);
    if (this.#smallChroma) paint(data, this.#smallChroma.data, this.look, shown.data);
    this.thumbnail.width = width;
    this.thumbnail.height = height;
    this.thumbnail.getContext("2d").putImageData(shown, 0, 0);
  }

  #report(text, changed) {
    this.progress = text;
    changed();
  }
}

// The pixels of a bitmap, or of a `part` [x, y, width, height] of it, brought to a size.
function pixels(bitmap, width, height, part = [0, 0, bitmap.width, bitmap.height]) {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, ...part, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}

// One of the photographs that come with the page.
export async function example(path) {
  const answer = await fetch(path).catch(() => null);
  if (!answer?.ok) throw new Refusal("The example does not arrive. Nothing is lost on this page.", { gone: true });
  return new Photo(new File([await answer.blob()], path.split("/").pop(), { type: "image/jpeg" }));
}
