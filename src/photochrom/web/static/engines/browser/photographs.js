// What the page asks for, of photographs: their chroma for a preview, and results as files.

import { bands } from "./bands.js";
import { planesFile } from "./bmp.js";
import { decode } from "./decoding.js";
import { Hints } from "./hints/hints.js";
import { Painting } from "./hints/layers.js";
import { Point } from "./hints/points.js";
import { paint, prepare } from "./painted.js";
import { PixelLuma } from "./pixels.js";
import { Results } from "./results.js";

const MOST_CHROMA = 4_000_000; // pixels: beyond, chroma is smaller than the photograph, as it is from the server
const TURN = 1 << 19; // pixels between looks whether the result is still wanted

export class Photographs {
  #kept = { photograph: null }; // what was made ready for the photograph that was asked for last, for other hints
  #results;

  constructor(root, version, sessions) {
    this.sessions = sessions;
    this.#results = new Results(root, version);
  }

  async load({ model }) {
    await this.sessions.get(model);
    return null;
  }

  async chroma({ model, ...options }, goOn) {
    const network = await this.sessions.get(model);
    const prepared = await this.#prepared(options, network);
    await goOn();
    const painted = await paint(network, prepared, await known(options));
    await goOn();
    return planesFile(painted.planes());
  }

  async render({ model, size, saturation, warmth, ...options }, goOn) {
    const look = { saturation: saturation ?? 1, warmth: warmth ?? 0 }, hints = await known(options);
    const network = await this.sessions.get(model);
    this.#kept = { photograph: null }; // frees its memory
    const pixels = await decode(options.file);
    const working = size ?? network.workingSize;
    const painted = await paint(network, prepare(new PixelLuma(pixels), working, network.multipleOf), hints);
    let done = 0;
    for (const [top, bottom] of bands(pixels.height, pixels.width)) {
      painted.color(top, bottom, pixels, look);
      done += (bottom - top) * pixels.width;
      if (done > TURN) await goOn(done = 0);
    }
    return this.#results.write(pixels, options, { model, size: working, ...look, hints });
  }

  async #prepared({ photograph, file, size }, network) {
    if (this.#kept.photograph !== photograph) {
      this.#kept = { photograph: null };
      this.#kept = { photograph, luma: new PixelLuma(await decode(file)), prepared: new Map() };
    }
    const { luma, prepared } = this.#kept, { height, width } = luma;
    const working = size ?? network.workingSize, key = `${working} ${network.multipleOf}`;
    if (!prepared.has(key)) {
      const factor = Math.min(1, Math.sqrt(MOST_CHROMA / (height * width)));
      const shape = [height, width].map((side) => Math.max(1, Math.round(side * factor)));
      prepared.set(key, prepare(luma, working, network.multipleOf, factor < 1 ? shape : null));
    }
    return prepared.get(key);
  }
}

// What is known of a photograph's colors: a painted layer, and points on top of it.
async function known({ hints, layer }) {
  const painted = layer ? [new Painting(await decode(layer))] : [];
  return new Hints([...painted, ...(hints ?? []).map((point) => new Point(point))]);
}
