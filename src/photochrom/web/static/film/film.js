// A film on the page: its file, its result, and how far it has come. In the reel, it stands beside the photographs.

import { PLAIN } from "../color.js";
import * as engine from "../engine.js";
import { Refusal } from "../refusal.js";
import { firstFrame } from "./first_frame.js";
import { inWords } from "./words.js";

const MATROSKA = 'video/x-matroska; codecs="avc1.640028"';
const MP4 = /\.(mp4|m4v|mov)$/i; // what becomes MP4 anyway

export class Film {
  isFilm = true;
  look = PLAIN;
  size = null; // the working size in pixels; by default the model's own
  reference = null; // as a photograph's
  problem = ""; // why there is no result, in one line
  retry = false; // whether trying again may help
  isWanted = true; // whether it is to be colored; not after somebody has cancelled it
  moved = null; // how far it is, as the engine tells
  first = null; // {width, height, seconds, canvas} of the file, where the browser can show it
  result = null; // {name, blob, notes, luma, isShown}
  opened = null; // nothing of it can be lent or colored by hand
  #madeBy = ""; // the recipe of the result, as text
  #abort = null;

  constructor(file) {
    this.file = file;
    this.thumbnail = document.createElement("canvas");
    this.thumbnail.width = this.thumbnail.height = 0;
  }

  get name() { return this.file.name; }

  get busy() { return this.#abort !== null; }

  get progress() {
    if (this.busy) return inWords(this.moved);
    return this.result ? "" : this.isWanted ? "Waiting" : "Not colored";
  }

  // Whether its result is what the settings say now.
  isFresh(model) {
    return this.result !== null && this.#madeBy === this.#recipe(model);
  }

  give(look) {
    this.look = look;
  }

  forget() {}

  // What a stage needs to know of it for zooming.
  bitmap() {
    return this.first ? Promise.resolve(this.first) : Promise.reject(new Error("It cannot be shown."));
  }

  // See what the browser can show of the file.
  async open() {
    this.first = await firstFrame(this.file);
    this.#draw(this.first);
  }

  // Have it colored by `model`; `changed` is called whenever there is something new to show.
  async color(model, limits, changed) {
    const abort = this.#abort = new AbortController();
    this.problem = "";
    this.moved = { state: "sending" };
    const recipe = this.#recipe(model);
    try {
      if (this.file.size > limits.bytes) {
        throw new Refusal(`The film has more than ${Math.round(limits.bytes / 1e6)} MB. Cut it, or color it with the command line.`);
      }
      const made = await engine.colorFilm(this.file, this.#options(model), abort.signal, (moved) => {
        this.moved = moved;
        changed();
      });
      const first = await firstFrame(made.blob);
      this.result = { ...made, isShown: first !== null };
      this.#madeBy = recipe;
      if (first) this.first = first;
      this.#draw(first);
    } catch (error) {
      if (abort.signal.aborted) return; // somebody has cancelled it
      this.problem = error.message;
      this.retry = error instanceof Refusal && error.retry;
      if (error.gone) throw error;
    } finally {
      if (this.#abort === abort) {
        this.#abort = null;
        this.isWanted = false;
      }
      changed();
    }
  }

  cancel() {
    this.isWanted = false;
    this.#abort?.abort();
    this.#abort = null;
  }

  #options(model) {
    const { size, look, reference } = this;
    const format = MP4.test(this.name) || document.createElement("video").canPlayType(MATROSKA) ? null : "mp4";
    return { model, size, ...look, reference: reference?.file ?? null, format };
  }

  #recipe(model) {
    return JSON.stringify({ model, size: this.size, look: this.look, reference: this.reference?.id });
  }

  #draw(first) {
    if (!first) return;
    this.thumbnail.width = first.canvas.width;
    this.thumbnail.height = first.canvas.height;
    this.thumbnail.getContext("2d").drawImage(first.canvas, 0, 0);
  }
}
