// What a model thinks possible: at each place of a photograph, how likely each color is.
//
//   const distribution = await Distribution.predict(model, prepared.shrunk, hints);
//   distribution.colors(x, y);                                      // [{ color: [red, green, blue], probability }]

import { mergeFitted } from "./color.js";
import { Point } from "./hints/points.js";
import { Planes } from "./planes.js";
import { rounded } from "./rounding.js";

const ALIKE = 0.06; // of chroma: bins that are nearer to the most likely one than that are one color with it
const RARE = 0.02; // probability of all that is left over, which is given to the colors that were found

export class Distribution {
  // The `probabilities` (K, h, w) of K bins of chroma, whose `centers` are [[Cb, Cr], ...], for `luma` (H, W).
  constructor(probabilities, centers, luma) {
    Object.assign(this, { probabilities, centers, luma });
  }

  // That of `model` for `luma` at the working size, given `hints`. Throws a ModelError if it has none.
  static async predict(model, luma, hints) {
    const known = await hints.matched(luma);
    return new Distribution(softmax(await model.logits(luma, known.told(model, luma))), model.centers, luma);
  }

  // The variance of the chroma at each place, (h, w).
  uncertainty() {
    const { count, area, data } = this.probabilities, variance = this.probabilities.zeros(1);
    for (let i = 0; i < area; i++) {
      let cb = 0, cr = 0, squares = 0;
      for (let bin = 0; bin < count; bin++) {
        const probability = data[i + bin * area], [centerCb, centerCr] = this.centers[bin];
        cb += probability * centerCb;
        cr += probability * centerCr;
        squares += probability * (centerCb * centerCb + centerCr * centerCr);
      }
      variance.data[i] = squares - cb * cb - cr * cr;
    }
    return variance;
  }

  // The colors that are possible at a place, shares of width and height, the most likely first. Their probabilities sum
  // up to 1. They are shown at the luma of the place, where several may look the same.
  colors(x, y) {
    const { probabilities, centers } = this, here = disk(x, y, probabilities);
    const luma = new Planes(1, 1, 1, Float32Array.of(meanAt(this.luma, disk(x, y, this.luma))));
    const likely = centers.map((_, bin) => meanAt(probabilities.slice(bin), here));
    const found = new Map();
    for (const { chroma, probability } of merged(likely, centers)) {
      const rgb = mergeFitted(luma, new Planes(2, 1, 1, Float32Array.from(chroma)));
      const color = Array.from(rgb.data, (value) => rounded(255 * value));
      const before = found.get(color.join())?.probability ?? 0;
      found.set(color.join(), { color, probability: before + probability });
    }
    return [...found.values()].sort((first, second) => second.probability - first.probability);
  }
}

function softmax({ count, height, width, area, data }) {
  const likely = new Planes(count, height, width);
  for (let i = 0; i < area; i++) {
    let highest = -Infinity, sum = 0;
    for (let at = i; at < data.length; at += area) highest = Math.max(highest, data[at]);
    for (let at = i; at < data.length; at += area) sum += likely.data[at] = Math.exp(data[at] - highest);
    for (let at = i; at < data.length; at += area) likely.data[at] /= sum;
  }
  return likely;
}

// The numbers of the pixels that belong to a point there.
function disk(x, y, { height, width }) {
  const planes = new Planes(3, height, width);
  new Point({ x, y, color: [128, 128, 128] }).lay(planes, 0, height);
  const inside = planes.slice(2).data;
  return [...inside.keys()].filter((i) => inside[i] > 0);
}

function meanAt({ data }, pixels) {
  return pixels.reduce((sum, i) => sum + data[i], 0) / pixels.length;
}

// Colors, each the mean `chroma` [Cb, Cr] of the bins that are one with it, and their `probability`.
function merged(probabilities, centers) {
  const distances = centers.map(([cb, cr]) => centers.map((other) => Math.hypot(cb - other[0], cr - other[1])));
  const near = distances.map((row) => row.map((distance) => Math.exp(-2 * (distance / ALIKE) ** 2)));
  const left = [...probabilities], peaks = [];
  while (!peaks.length || left.reduce((sum, one) => sum + one, 0) > RARE) {
    const support = near.map((row) => row.reduce((sum, weight, bin) => sum + weight * left[bin], 0));
    const peak = support.indexOf(Math.max(...support));
    peaks.push({ peak, probability: 0, sums: [0, 0] });
    distances[peak].forEach((distance, bin) => { if (distance < ALIKE) left[bin] = 0; });
  }
  probabilities.forEach((probability, bin) => {
    const nearest = (best, one) => (distances[bin][one.peak] < distances[bin][best.peak] ? one : best);
    const owner = peaks.reduce(nearest);
    owner.probability += probability;
    centers[bin].forEach((value, index) => { owner.sums[index] += probability * value; });
  });
  const some = peaks.filter(({ probability }) => probability > 0);
  return some.map(({ sums, probability }) => ({ chroma: sums.map((sum) => sum / probability), probability }));
}
