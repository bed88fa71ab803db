// All that is known of a photograph's colors, from whatever source, as planes that a network is given.

import { room } from "../color.js";
import { HintError } from "../errors.js";
import { Planes } from "../planes.js";
import { ChromaField } from "./layers.js";
import { Point } from "./points.js";

const STRETCH = 0.01; // by which the aspect of a layer may differ from the photograph's, beside a pixel of rounding

export class Hints {
  // What is known, in the order in which it was said; the later wins. Each is a Point, a Painting, a ChromaField, or
  // References.
  constructor(known = []) {
    this.known = known;
  }

  get isEmpty() {
    return this.known.length === 0;
  }

  // These and `others`, which lie on top.
  plus(others) {
    return new Hints([...this.known, ...others.known]);
  }

  // What is known of a photograph, `luma` (h, w) of any size: planes (3, h, w) of Cb·m, Cr·m and m. A color keeps its
  // hue, and its saturation as far as the gamut has room at the luma of each pixel.
  planes(luma) {
    const planes = new Planes(3, luma.height, luma.width), { data, area } = planes;
    for (const one of this.known) one.lay(planes, 0, luma.height);
    for (let i = 0; i < area; i++) {
      const confidence = Math.max(data[i + 2 * area], 1e-6);
      const fits = room(luma.data[i], data[i] / confidence, data[i + area] / confidence);
      data[i] *= fits;
      data[i + area] *= fits;
    }
    return planes;
  }

  // What `model` is given beside `luma`, at the working size; null where nothing is known, or it takes no hints.
  told(model, luma) {
    return model.takesHints && !this.isEmpty ? this.planes(luma) : null;
  }

  // The hints for the one photograph `luma` (h, w), with what references know of it in their place.
  async matched(luma) {
    return new Hints(await Promise.all(this.known.map((one) => one.match?.(luma) ?? one)));
  }

  // Lay what is known in full detail over the rows from `top` on of `planes` (3, rows, width): points and paintings, as
  // long as no field of chroma, which is as coarse as its source, lies on them. They are not fitted to a luma.
  layExact(planes, top, height) {
    const last = this.known.findLastIndex((one) => one instanceof ChromaField);
    for (const one of this.known.slice(last + 1)) one.lay(planes, top, height);
  }

  // Throw a HintError for a layer whose aspect is not that of a photograph of `height` by `width` pixels.
  check(height, width) {
    for (const one of this.known) {
      if (one instanceof Point || one.match) continue;
      // How far the layer's height is from what its width asks for, in its own pixels.
      const expected = one.width * height / width;
      if (Math.abs(one.height - expected) <= Math.max(1, height / width) + STRETCH * expected) continue;
      throw new HintError(
        `the layer has ${one.width}x${one.height} pixels and the photograph ${width}x${height}: another aspect; `
        + "paint on a copy of the photograph, and do not crop it",
      );
    }
  }
}
