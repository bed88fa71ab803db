// What a model paints for a photograph, in bands of rows: this is the door to all the numbers around the network.
//
//   const luma = new PixelLuma(imageData);                          // or Planes (1, H, W) of luma in [0, 1]
//   const prepared = prepare(luma, size, model.multipleOf);         // once for a photograph, size and shape
//   const painted = await paint(model, prepared, hints);            // as often as hints change; null for none
//   for (const [top, bottom] of bands(luma.height, luma.width)) painted.color(top, bottom, imageData, look);
//
// `color` may write into the pixels that luma is read from. Between bands, whoever waits can be let in.
// The order is: enlarge the chroma, obey hints, saturate and warm what was not hinted, fit the gamut, round.

import { WARM } from "../../color.js";
import { bands } from "./bands.js";
import { writeMerged } from "./color.js";
import { Planes } from "./planes.js";
import { BICUBIC, resized } from "./resampling.js";
import { Enlargement } from "./upsampling.js";
import { workingShape } from "./working_size.js";

// A photograph made ready to be painted, once or again and again with other hints. `luma` has `height`, `width` and
// `row(y)`; `shape` [height, width] is what is painted, by default the photograph's own.
export function prepare(luma, size, multipleOf, shape = null) {
  const shrunk = clipped(resized(luma, ...workingShape(luma.height, luma.width, size, multipleOf), BICUBIC));
  const gray = shape ? clipped(resized(luma, ...shape, BICUBIC)) : luma;
  return { luma, gray, shrunk };
}

// What `model` makes of a photograph.
export async function paint(model, prepared, hints = null) {
  const { gray, shrunk } = prepared;
  const chroma = await model.chroma(shrunk, null);
  return new Painted(gray, new Enlargement(chroma, shrunk, gray.height, gray.width));
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

// Give a look to `planes` (3, rows, width) of `luma`, less where the third says that they are hinted, as
// photochrom/look.py does.
function give({ saturation = 1, warmth = 0 }, { data, area }, luma) {
  if (saturation === 1 && warmth === 0) return;
  for (let i = 0; i < area; i++) {
    const guessed = 1 - data[i + 2 * area], strength = 1 + (saturation - 1) * guessed;
    const light = 4 * warmth * guessed * luma[i] * (1 - luma[i]);
    data[i] = data[i] * strength + WARM[0] * light;
    data[i + area] = data[i + area] * strength + WARM[1] * light;
  }
}

function clipped(plane) {
  const { data } = plane;
  for (let i = 0; i < data.length; i++) data[i] = Math.min(Math.max(data[i], 0), 1);
  return plane;
}
