// Layers: what is known of a whole photograph at once, painted on it or carried over from another picture.

import { cbOf, crOf } from "../color.js";
import { HintError } from "../errors.js";
import { BILINEAR, BOX, resampled } from "../resampling.js";

// A picture of the photograph's aspect, `pixels` as an ImageData has them, transparent where nothing is known.
export class Painting {
  #channels; // red, green, blue and alpha, each a plane of levels; the colors times alpha
  #box; // left, upper, right, lower: what is painted of it

  constructor(pixels) {
    this.pixels = pixels;
    this.#channels = premultiplied(pixels);
    this.#box = boxOf(this.#channels[3]);
  }

  get width() {
    return this.pixels.width;
  }

  get height() {
    return this.pixels.height;
  }

  // Lay it over the rows from `top` on of `planes` (3, rows, width), for `height` rows in all.
  lay(planes, top, height) {
    const { width } = planes, across = this.width / width, down = this.height / height;
    const [left, upper, right, lower] = this.#box;
    // A pixel more each way, into which an enlarged edge fades.
    const x0 = Math.max(0, Math.trunc(left / across) - 1), x1 = Math.min(width, Math.ceil(right / across) + 1);
    const y0 = Math.max(top, Math.trunc(upper / down) - 1);
    const y1 = Math.min(top + planes.height, height, Math.ceil(lower / down) + 1);
    if (x0 >= x1 || y0 >= y1 || left === right) return;
    const box = [x0 * across, y0 * down, x1 * across, y1 * down];
    const filter = across > 1 && down > 1 ? BOX : BILINEAR;
    const levels = this.#channels.map((plane) => resampled(plane, y1 - y0, x1 - x0, filter, box, Uint8ClampedArray));
    const above = new Float32Array(3);
    for (let y = y0, from = 0; y < y1; y++) {
      for (let x = x0, at = (y - top) * width + x0; x < x1; x++, from++, at++) {
        if (levels[3][from] === 0) continue;
        const red = levels[0][from] / 255, green = levels[1][from] / 255, blue = levels[2][from] / 255;
        above[0] = cbOf(red, green, blue);
        above[1] = crOf(red, green, blue);
        above[2] = levels[3][from] / 255;
        over(planes, at, above);
      }
    }
  }
}

// Chroma with a confidence: `planes` (3, h, w) are Cb·m, Cr·m and m in [0, 1], of any size.
export class ChromaField {
  constructor(planes) {
    this.planes = planes;
  }

  get width() {
    return this.planes.width;
  }

  get height() {
    return this.planes.height;
  }

  // Lay it over the rows from `top` on of `planes` (3, rows, width), for `height` rows in all.
  lay(planes, top, height) {
    const down = this.height / height, filter = down > 1 && this.width > planes.width ? BOX : BILINEAR;
    const box = [0, top * down, this.width, (top + planes.height) * down];
    const parts = [0, 1, 2].map((index) => {
      return resampled(this.planes.slice(index), planes.height, planes.width, filter, box, Float32Array);
    });
    const above = new Float32Array(3);
    for (let at = 0; at < planes.area; at++) {
      for (let index = 0; index < 3; index++) above[index] = parts[index][at];
      over(planes, at, above);
    }
  }
}

// The layer in `pixels`, refused where the photograph was saved with what was painted on it: its grays are no hints.
export function readLayer(pixels) {
  const { data } = pixels;
  let gray = 0, opaque = 0;
  for (let at = 0; at < data.length; at += 4) {
    gray += data[at] === data[at + 1] && data[at + 1] === data[at + 2] ? 1 : 0;
    opaque += data[at + 3] === 255 ? 1 : 0;
  }
  const count = data.length / 4;
  if (opaque === count && gray > count / 2) {
    throw new HintError("the layer is opaque, and mostly gray; save it without the photograph");
  }
  return new Painting(pixels);
}

// Lay `above` (Cb·m, Cr·m, m) over one pixel of `planes`.
function over({ data, area }, at, above) {
  const left = 1 - above[2];
  for (let index = 0; index < 3; index++, at += area) data[at] = data[at] * left + above[index];
}

function premultiplied({ data, width, height }) {
  const channels = [0, 1, 2, 3].map(() => new Uint8ClampedArray(width * height));
  for (let i = 0, at = 0; at < data.length; i++, at += 4) {
    const alpha = data[at + 3];
    for (let channel = 0; channel < 3; channel++) channels[channel][i] = data[at + channel] * alpha / 255;
    channels[3][i] = alpha;
  }
  return channels.map((levels) => ({
    width, height, levels, row: (y) => levels.subarray(y * width, (y + 1) * width),
  }));
}

function boxOf({ width, height, levels }) {
  let left = width, upper = height, right = 0, lower = 0;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (levels[i] === 0) continue;
      left = Math.min(left, x);
      right = Math.max(right, x + 1);
      upper = Math.min(upper, y);
      lower = y + 1;
    }
  }
  return right ? [left, upper, right, lower] : [0, 0, 0, 0];
}
