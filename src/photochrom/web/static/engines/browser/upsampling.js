// From the working size to the photograph's: the chroma planes are enlarged along the photograph's own edges.
// The method and its source are told in photochrom/upsampling.py.

import { Planes, stack } from "./planes.js";
import { BILINEAR, BOX, resized } from "./resampling.js";

const EPSILON = 5e-4; // variance of luma below which a neighborhood counts as flat, and its slope as noise
const PLANES = 9; // two of color, their slopes, lowest and highest values nearby, and luma

// Chroma (2, h, w), of `luma` (h, w) or larger, for `height` by `width` pixels, made in bands of rows.
export class Enlargement {
  constructor(chroma, luma, height, width) {
    const small = [Math.min(chroma.height, height), Math.min(chroma.width, width)]; // what follows only enlarges
    const colors = chroma.map((plane) => resized(plane, ...small, BILINEAR));
    // A model that paints at half the size means the mean of what each pixel covers: so must its luma be.
    const guide = resized(resized(luma, chroma.height, chroma.width, BOX), ...small, BILINEAR);
    const ends = [Math.min, Math.max].map((choose) => colors.map((plane) => extremes(plane, choose)));
    this.bilinear = new Bilinear(stack([colors, slopes(colors, guide), ...ends, guide]), height, width);
  }

  // Fill the first two of `planes` (2 or more, rows, width) with the chroma of the rows from `top` on, which have
  // `luma` (rows, width).
  fill(top, luma, planes) {
    const { width, height, data: out } = planes;
    for (let y = 0; y < height; y++) {
      const { row, step, share } = this.bilinear.at(top + y);
      let at = y * width, other = at + planes.area;
      for (let i = 0; i < PLANES * width; i += PLANES, at++, other++) {
        const rise = luma[at] - row[i + 8] - share * step[i + 8];
        const cb = row[i] + share * step[i] + rise * (row[i + 2] + share * step[i + 2]);
        const cr = row[i + 1] + share * step[i + 1] + rise * (row[i + 3] + share * step[i + 3]);
        const lowCb = row[i + 4] + share * step[i + 4], lowCr = row[i + 5] + share * step[i + 5];
        const highCb = row[i + 6] + share * step[i + 6], highCr = row[i + 7] + share * step[i + 7];
        out[at] = cb < lowCb ? lowCb : cb > highCb ? highCb : cb;
        out[other] = cr < lowCr ? lowCr : cr > highCr ? highCr : cr;
      }
    }
  }
}

// `planes` (P, h, w), for `height` by `width` pixels, row by row.
export class Bilinear {
  #down;
  #across;
  #index = -1; // of the last row: neighboring rows share it
  #row;
  #next;
  #step;

  constructor(planes, height, width) {
    this.planes = planes;
    this.#down = between(planes.height, height);
    this.#across = between(planes.width, width);
    [this.#row, this.#next, this.#step] = [0, 1, 2].map(() => new Float32Array(planes.count * width));
  }

  // The row `y` is `row` + `share` * `step`, both (width, P): what belongs to a pixel is together.
  at(y) {
    const index = this.#down.before[y];
    if (index !== this.#index) this.#move(index);
    return { row: this.#row, step: this.#step, share: this.#down.shares[y] };
  }

  // Whether all that the rows from `top` to `bottom` are made of is zero.
  isZero(top, bottom) {
    const { count, height, width, area, data } = this.planes;
    const first = this.#down.before[top], last = Math.min(this.#down.before[bottom - 1] + 2, height);
    for (let plane = 0; plane < count; plane++) {
      const part = data.subarray(plane * area + first * width, plane * area + last * width);
      if (part.some((value) => value !== 0)) return false;
    }
    return true;
  }

  #move(index) {
    if (index === this.#index + 1 && index) [this.#row, this.#next] = [this.#next, this.#row];
    else this.#widen(index, this.#row);
    this.#widen(Math.min(index + 1, this.planes.height - 1), this.#next);
    for (let i = 0; i < this.#step.length; i++) this.#step[i] = this.#next[i] - this.#row[i];
    this.#index = index;
  }

  // A row of all planes, enlarged across only: (width, P).
  #widen(index, out) {
    const { count, width, area, data } = this.planes, { before, shares } = this.#across;
    for (let plane = 0; plane < count; plane++) {
      const offset = plane * area + index * width;
      for (let x = 0, at = plane; at < out.length; x++, at += count) {
        const left = offset + before[x], right = offset + Math.min(before[x] + 1, width - 1);
        out[at] = data[left] + shares[x] * (data[right] - data[left]);
      }
    }
  }
}

// How chroma (2, h, w) rises with luma (h, w) around every pixel: slopes (2, h, w), those of least squares, times the
// share of the chroma's variance that the line explains.
export function slopes(chroma, luma) {
  const mean = blurred(luma).data, squares = blurred(product(luma, luma)).data;
  return chroma.map((plane) => {
    const means = blurred(plane).data, theirs = blurred(product(plane, plane)).data;
    const products = blurred(product(luma, plane)).data, rises = new Planes(1, luma.height, luma.width);
    for (let i = 0; i < rises.data.length; i++) {
      const variance = squares[i] - mean[i] * mean[i], variances = theirs[i] - means[i] * means[i];
      const together = products[i] - mean[i] * means[i];
      const explained = together * together / ((variance + 1e-5) * (variances + 1e-6));
      rises.data[i] = together / (variance + EPSILON) * Math.min(Math.max(explained, 0), 1);
    }
    return new Planes(1, luma.height, luma.width, Float32Array.from(blurred(rises).data));
  });
}

function product(first, second) {
  return { ...first, data: Float64Array.from(first.data, (value, i) => value * second.data[i]) };
}

// Of each pixel's neighborhood in a plane, the weighted mean, 1 2 1 down and across, in Float64Array: from it, squares
// are subtracted.
function blurred({ data, height, width }) {
  const across = new Float64Array(data.length), mean = new Float64Array(data.length);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      across[i] = (data[x ? i - 1 : i] + 2 * data[i] + data[x < width - 1 ? i + 1 : i]) / 4;
    }
  }
  for (let y = 0, i = 0; y < height; y++) {
    const above = y ? -width : 0, below = y < height - 1 ? width : 0;
    for (let x = 0; x < width; x++, i++) mean[i] = (across[i + above] + 2 * across[i] + across[i + below]) / 4;
  }
  return { data: mean, height, width };
}

// The lowest or the highest of each pixel and its eight neighbors, as `choose` says.
function extremes({ data, height, width }, choose) {
  const across = new Float32Array(data.length), out = new Planes(1, height, width);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      across[i] = choose(data[x ? i - 1 : i], data[i], data[x < width - 1 ? i + 1 : i]);
    }
  }
  for (let y = 0, i = 0; y < height; y++) {
    const above = y ? -width : 0, below = y < height - 1 ? width : 0;
    for (let x = 0; x < width; x++, i++) out.data[i] = choose(across[i + above], across[i], across[i + below]);
  }
  return out;
}

// For each of `many` pixels in the place of `few`: the pixel before it, and how far it is on to the next.
function between(few, many) {
  const before = new Int32Array(many), shares = new Float32Array(many);
  for (let index = 0; index < many; index++) {
    const place = Math.min(Math.max((index + 0.5) * (few / many) - 0.5, 0), few - 1);
    before[index] = Math.trunc(place);
    shares[index] = place - before[index];
  }
  return { before, shares };
}
