// Hints are obeyed: where a color is known, the result has it, whatever the network made of the hint.

import { Planes, stack } from "../planes.js";
import { BILINEAR, resized } from "../resampling.js";
import { rounded } from "../rounding.js";
import { Bilinear, slopes } from "../upsampling.js";
import { spread } from "./spreading.js";

const WHOLE = 320; // pixels: over a photograph of no more than the square of it, hints are spread pixel by pixel,
const SIDE = 256; // and over a larger one at about the square of this, which is enlarged along its edges

// What `hints` change in a photograph of `height` by `width` pixels. `painted` (2, h, w) is the network's chroma,
// `guide` (h, w) the photograph's luma at its `guideShape`.
export class Obedience {
  #hints;
  #height;
  #change; // a straight line over luma, as the guided filter has it: where it begins (2), and how it rises (2)
  #ends; // beyond which that would overshoot, of Cb and of Cr
  #known;

  constructor(hints, painted, guide, height, width) {
    this.#hints = hints;
    this.#height = height;
    const chroma = painted.map((plane) => resized(plane, guide.height, guide.width, BILINEAR));
    const change = spread(hints.planes(guide), chroma, guide), color = change.slice(0, 2);
    const rises = slopes(color, guide), starts = new Planes(2, guide.height, guide.width);
    for (let i = 0; i < starts.data.length; i++) {
      starts.data[i] = color.data[i] - rises.data[i] * guide.data[i % guide.area];
    }
    this.#change = new Bilinear(stack([starts, rises]), height, width);
    this.#ends = [0, 1].map((index) => endsOf(color.slice(index).data));
    this.#known = new Bilinear(change.slice(2), height, width);
  }

  // Bring the first two of `planes` (3, rows, width), the chroma of the rows from `top` on, which have `luma`, to what
  // is known. The third becomes how far each pixel is known, from 0 to 1.
  obey(top, luma, planes) {
    const bottom = top + planes.height;
    if (!this.#change.isZero(top, bottom)) this.#bend(top, luma, planes);
    for (let y = top, at = 2 * planes.area; y < bottom; y++) {
      const { row, step, share } = this.#known.at(y);
      for (let x = 0; x < planes.width; x++, at++) planes.data[at] = row[x] + share * step[x];
    }
    this.#hints.layExact(planes, top, this.#height);
  }

  #bend(top, luma, { data, area, width, height }) {
    const [[lowCb, highCb], [lowCr, highCr]] = this.#ends;
    for (let y = 0, at = 0; y < height; y++) {
      const { row, step, share } = this.#change.at(top + y);
      for (let i = 0; i < 4 * width; i += 4, at++) {
        const cb = row[i] + share * step[i] + luma[at] * (row[i + 2] + share * step[i + 2]);
        const cr = row[i + 1] + share * step[i + 1] + luma[at] * (row[i + 3] + share * step[i + 3]);
        data[at] += Math.min(Math.max(cb, lowCb), highCb);
        data[at + area] += Math.min(Math.max(cr, lowCr), highCr);
      }
    }
  }
}

// The height and width at which hints are spread over a photograph of `height` by `width` pixels.
export function guideShape(height, width) {
  if (height * width <= WHOLE ** 2) return [height, width];
  const factor = SIDE / Math.sqrt(height * width);
  return [height, width].map((side) => Math.max(1, rounded(side * factor)));
}

function endsOf(values) {
  return [values.reduce((low, value) => Math.min(low, value)), values.reduce((high, value) => Math.max(high, value))];
}
