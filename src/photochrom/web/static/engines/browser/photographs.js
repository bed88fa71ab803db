// What the page asks for, of photographs: chroma for a preview, what is possible, and results as files.

import { addedHints } from "./answers.js";
import { bands } from "./bands.js";
import { Distribution } from "./distribution.js";
import { digestOf } from "./hints/digest.js";
import { Known } from "./known.js";
import { paint, prepare } from "./painted.js";
import { planesFile } from "./photos/bmp.js";
import { decode } from "./photos/decoding.js";
import { refuseDeep, write } from "./photos/writing.js";
import { PixelLuma } from "./pixels.js";

const MOST_CHROMA = 4_000_000; // pixels: beyond, chroma is smaller than the photograph, as it is from the server
const DRAFT = 600; // pixels of the longer side of a quick preview's chroma, as it is from the server
const MOST_ANSWERS = 4;
const TURN = 1 << 19; // pixels between looks whether the result is still wanted

export class Photographs {
  #kept = { photograph: null }; // what was made ready for the photograph that was asked for last, for other hints
  #known = new Known();
  #profile = null; // promise of the bytes of sRGB's

  // Other files of the page are below the URL `root`; `version` is that of Photochrom.
  constructor(root, version, sessions) {
    Object.assign(this, { root, version, sessions });
  }

  async load({ model }) {
    await this.sessions.get(model);
    return null;
  }

  async chroma(options, goOn) {
    const { network, prepared, hints } = await this.#seen(options, goOn);
    const painted = await paint(network, prepared, hints);
    await goOn();
    return planesFile(painted.planes());
  }

  async suggest({ x, y, ...options }, goOn) {
    const { network, prepared, hints } = await this.#seen(options, goOn);
    return (await Distribution.predict(network, prepared.shrunk, hints)).colors(x, y);
  }

  async answers({ count, ...options }, goOn) {
    const { network, prepared, hints } = await this.#seen(options, goOn);
    const answers = await addedHints(network, prepared.shrunk, count ?? MOST_ANSWERS, hints, goOn);
    return answers.map(({ known }) => known.map(({ row }) => row));
  }

  async render({ model, size, saturation, warmth, ...options }, goOn) {
    await refuseDeep(options);
    const network = await this.sessions.get(model), hints = await this.#known.read(options, network);
    this.#kept = { photograph: null }; // frees its memory
    const pixels = await decode(options.file);
    const look = { saturation: saturation ?? 1, warmth: warmth ?? 0 }, working = size ?? network.workingSize;
    const painted = await paint(network, prepare(new PixelLuma(pixels), working, network.multipleOf), hints);
    let done = 0;
    for (const [top, bottom] of bands(pixels.height, pixels.width)) {
      painted.color(top, bottom, pixels, look);
      done += (bottom - top) * pixels.width;
      if (done > TURN) await goOn(done = 0);
    }
    const made = { version: this.version, model, size: working, ...look, hints: await digestOf(hints) };
    return write(pixels, options, made, await this.#sRgb());
  }

  // What the functions that compute need of a photograph, at the size of its preview.
  async #seen({ model, photograph, file, size, draft = false, ...known }, goOn) {
    const network = await this.sessions.get(model), hints = await this.#known.read(known, network);
    if (this.#kept.photograph !== photograph) {
      this.#kept = { photograph: null };
      this.#kept = { photograph, luma: new PixelLuma(await decode(file)), prepared: new Map() };
    }
    const { luma, prepared } = this.#kept, { height, width } = luma;
    hints.check(height, width);
    const working = size ?? network.workingSize, key = `${working} ${network.multipleOf} ${draft}`;
    if (!prepared.has(key)) {
      const factor = Math.min(1, draft ? DRAFT / Math.max(height, width) : Math.sqrt(MOST_CHROMA / (height * width)));
      const shape = [height, width].map((side) => Math.max(1, Math.round(side * factor)));
      prepared.set(key, prepare(luma, working, network.multipleOf, factor < 1 ? shape : null));
    }
    await goOn();
    return { network, prepared: prepared.get(key), hints };
  }

  #sRgb() {
    this.#profile ??= fetch(new URL("static/srgb.icc", this.root)).then((answer) => answer.arrayBuffer());
    return this.#profile.then((bytes) => new Uint8Array(bytes));
  }
}
