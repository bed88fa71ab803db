// What a model paints for a photograph, in bands of rows: this is the door to all the numbers around the network.
//
//   const luma = new PixelLuma(imageData);                          // or Planes (1, H, W) of luma in [0, 1]
//   const prepared = prepare(luma, size, model.multipleOf);         // once for a photograph, size and shape
//   const painted = await paint(model, prepared, hints);            // as often as the Hints change; null for none
//   for (const [top, bottom] of bands(luma.height, luma.width)) painted.color(top, bottom, imageData, look);
//
// `color` may write into the pixels that luma is read from. Between bands, whoever waits can be let in.
// The order is: enlarge the chroma, obey hints, saturate and warm what was not hinted, fit the gamut, round.

import { bands } from "./bands.js";
import { writeMerged } from "./color.js";
import { Obedience, guideShape } from "./hints/obeying.js";
import { give } from "./look.js";
import { Planes } from "./planes.js";
import { BICUBIC, BOX, resized } from "./resampling.js";
import { Enlargement } from "./upsampling.js";
import { workingShape } from "./working_size.js";

// A photograph made ready to be painted, once or again and again with other hints. `luma` has `height`, `width` and
// `row(y)`; `shape` [height, width] is what is painted, by default the photograph's own.
export function prepare(luma, size, multipleOf, shape = null) {
  const shrunk = clipped(resized(luma, ...workingShape(luma.height, luma.width, size, multipleOf), BICUBIC));
  const gray = shape ? clipped(resized(luma, ...shape, BICUBIC)) : luma;
  return new Prepared(luma, gray, shrunk);
}

class Prepared {
  #guide = null;

  // `luma` is the photograph's own, `gray` (H, W) that of what is painted, `shrunk` (h, w) what the network sees.
  constructor(luma, gray, shrunk) {
    Object.assign(this, { luma, gray, shrunk });
  }

  // Along this luma, hints are spread. It is made when it is first asked for.
  get guide() {
    const { luma, gray } = this, shape = guideShape(gray.height, gray.width);
    const isWhole = shape[0] === gray.height && shape[1] === gray.width;
    this.#guide ??= resized(isWhole ? gray : luma, ...shape, BOX, 1);
    return this.#guide;
  }
}

// What `model` makes of a photograph. Throws a HintError for `hints` that do not fit it.
export async function paint(model, prepared, hints = null) {
  const { luma, gray, shrunk } = prepared;
  hints?.check(luma.height, luma.width);
  const known = hints?.isEmpty === false ? await hints.matched(shrunk) : null;
  const chroma = await model.chroma(shrunk, known?.told(model, shrunk));
  const enlargement = new Enlargement(chroma, shrunk, gray.height, gray.width);
  return new Painted(gray, enlargement, known && new Obedience(known, chroma, prepared.guide, gray.height, gray.width));
}

export class Painted {
  #luma = new Float32Array(0); // memory for one band, and for what is made of it
  #memory = new Float32Array(0);

  constructor(gray, enlargement, obedience = null) {
    Object.assign(this, { gray, enlargement, obedience });
  }

  // Color the rows from `top` to `bottom` of `pixels`, RGBA levels of the whole picture, inside the gamut and rounded.
  // `look` is {saturation, warmth}.
  color(top, bottom, pixels, look = {}) {
    const { luma, planes } = this.#band(top, bottom);
    give(look, planes, luma);
    writeMerged(luma, planes, pixels.data, top * this.gray.width);
  }

  // The whole picture as planes (3, H, W): Cb and Cr in [-0.5, 0.5], and how far each pixel is hinted.
  planes() {
    const { height, width } = this.gray, whole = new Planes(3, height, width);
    for (const [top, bottom] of bands(height, width)) {
      const { planes } = this.#band(top, bottom);
      if (this.obedience) clipped(planes.slice(0, 2), -0.5, 0.5); // a hint may be stronger than any model paints
      for (let plane = 0; plane < 3; plane++) whole.slice(plane).data.set(planes.slice(plane).data, top * width);
    }
    return whole;
  }

  #band(top, bottom) {
    const { width } = this.gray, rows = bottom - top, area = rows * width;
    if (this.#luma.length < area) [this.#luma, this.#memory] = [new Float32Array(area), new Float32Array(3 * area)];
    const luma = this.#luma.subarray(0, area), planes = new Planes(3, rows, width, this.#memory.subarray(0, 3 * area));
    for (let y = 0; y < rows; y++) luma.set(this.gray.row(top + y), y * width);
    this.enlargement.fill(top, luma, planes);
    if (this.obedience) this.obedience.obey(top, luma, planes);
    else planes.slice(2).data.fill(0);
    return { luma, planes };
  }
}

function clipped(planes, lowest = 0, highest = 1) {
  const { data } = planes;
  for (let i = 0; i < data.length; i++) data[i] = Math.min(Math.max(data[i], lowest), highest);
  return planes;
}
