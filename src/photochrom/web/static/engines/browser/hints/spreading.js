// What a picture lacks of its hints, spread to the places that belong to them, by kriging.
// The method and its sources are told in photochrom/hints/spreading.py.

import { Planes } from "../planes.js";
import { rounded } from "../rounding.js";

const REACH = 0.6; // of the longer side; from there on, a hint has no influence
const LUMA = 0.17, CHROMA = 0.2; // differences that make two places unlike
const FARTHEST = 2.93; // distance, in such differences, of a place that has nothing to do with another
const LOWEST = (1 + Math.sqrt(3) * FARTHEST) * Math.exp(-Math.sqrt(3) * FARTHEST);
const NOISE = 0.03; // variance of a hint that is certain, where that of what is lacking is 1
const BLOCK = 7 / 256; // of the longer side: hinted pixels nearer to each other than that are taken together
const MOST = 192; // hints that are told apart; of a painted layer, blocks are as large as that needs
const STEPS = 1024; // of `TABLE`, for each 1 of a squared distance
const AXES = 5; // that tell places apart: down, across, luma, Cb, Cr

// How `chroma` (2, h, w) of `luma` (h, w) is to change for the hints `known` (3, h, w): planes (3, h, w) of what to add
// to Cb and Cr, and from 0 to 1 how far each pixel is known by then. At a hint of confidence 1, the sum is the hint.
export function spread(known, chroma, luma) {
  const change = new Planes(3, luma.height, luma.width), { data, area } = change;
  const places = placesOf(chroma, luma), samples = samplesOf(known, chroma, places);
  if (samples.length) estimate(places, samples, weightsOf(samples), change);
  for (let i = 0; i < area; i++) {
    const near = Math.min(Math.max(data[i + 2 * area], 0), 1), there = known.data[i + 2 * area];
    const left = Math.max(0, 1 - there / Math.max(near, 1e-6)); // a pixel's own hint comes first
    for (const at of [i, i + area]) data[at] = data[at] * left + known.data[at] - chroma.data[at] * there;
    data[i + 2 * area] = Math.max(near, there);
  }
  return change;
}

// What tells pixels apart, (h, w, AXES): where they are, their luma and their chroma, each in what makes unlike.
function placesOf(chroma, { height, width, area, data }) {
  const places = new Float32Array(AXES * area), scale = FARTHEST / (REACH * Math.max(height, width));
  for (let i = 0, at = 0; i < area; i++, at += AXES) {
    places[at] = Math.floor(i / width) * scale;
    places[at + 1] = i % width * scale;
    places[at + 2] = data[i] / LUMA;
    places[at + 3] = chroma.data[i] / CHROMA;
    places[at + 4] = chroma.data[i + area] / CHROMA;
  }
  return places;
}

// The hints in `known`, block by block: [{place: (AXES), lacking: [Cb, Cr], confidence}].
function samplesOf(known, chroma, places) {
  const { height, width, area, data } = known;
  const hinted = Uint8Array.from(data.subarray(2 * area), (confidence) => (confidence > 0.01 ? 1 : 0));
  const count = hinted.reduce((sum, one) => sum + one, 0);
  let side = Math.max(1, rounded(BLOCK * Math.max(height, width)), Math.trunc(Math.sqrt(count / MOST)));
  for (;;) {
    const blocks = blocksOf(hinted.slice(), height, width, side);
    if (blocks) return blocks.map((pixels) => sampleOf(pixels, known, chroma, places));
    side += 1 + Math.floor(side / 4);
  }
}

// Squares of `side` pixels that cover all that is `left` of the hinted pixels, each as the numbers of its own; null if
// they are too many. Each begins at the top and the left of what is left over there: a hint of that size is one.
function blocksOf(left, height, width, side) {
  const blocks = [];
  for (let next = left.indexOf(1); next >= 0; next = left.indexOf(1, next)) {
    if (blocks.length === MOST) return null;
    const top = Math.floor(next / width), middle = next % width, bottom = Math.min(top + side, height);
    const hasAny = (x) => {
      for (let y = top; y < bottom; y++) if (left[y * width + x]) return true;
      return false;
    };
    let start = Math.max(0, middle - side + 1);
    while (start < middle && !hasAny(start)) start++;
    const pixels = [];
    for (let y = top; y < bottom; y++) {
      for (let x = start; x < Math.min(start + side, width); x++) {
        if (!left[y * width + x]) continue;
        pixels.push(y * width + x);
        left[y * width + x] = 0;
      }
    }
    blocks.push(pixels);
  }
  return blocks;
}

function sampleOf(pixels, known, chroma, places) {
  const { area, data } = known, place = new Float64Array(AXES), lacking = [0, 0];
  let total = 0;
  for (const i of pixels) {
    const confidence = data[i + 2 * area];
    total += confidence;
    for (let axis = 0; axis < AXES; axis++) place[axis] += places[i * AXES + axis] * confidence;
    for (const plane of [0, 1]) lacking[plane] += data[i + plane * area] - chroma.data[i + plane * area] * confidence;
  }
  return {
    place: place.map((sum) => sum / total),
    lacking: lacking.map((sum) => sum / total),
    confidence: Math.min(1, total / pixels.length),
  };
}

// How much each of `samples` counts, for Cb, for Cr and for how far a pixel is known: (n, 3).
function weightsOf(samples) {
  const count = samples.length, matrix = new Float64Array(count * count);
  samples.forEach((sample, row) => {
    let sum = 0;
    for (let column = 0; column < count; column++) {
      sum += matrix[row * count + column] = alike(squaredDistance(sample.place, samples[column].place));
    }
    // Hints that are uncertain do not become certain by being many of one thing.
    matrix[row * count + row] += NOISE + (1 / sample.confidence - 1) * sum;
  });
  const given = [0, 1, 2].map((plane) => Float64Array.from(samples, ({ lacking }) => (plane < 2 ? lacking[plane] : 1)));
  const solved = given.map((column) => solve(matrix, column));
  return Float64Array.from({ length: 3 * count }, (_, at) => solved[at % 3][Math.floor(at / 3)]);
}

// The solution of `matrix` (n, n), positive definite, for `given` (n), by conjugate gradients.
function solve(matrix, given) {
  const count = given.length, dot = (first, second) => first.reduce((sum, value, i) => sum + value * second[i], 0);
  const scale = Float64Array.from(given, (_, i) => matrix[i * count + i] ** -0.5);
  const solution = new Float64Array(count), left = given.map((value, i) => value * scale[i]), step = left.slice();
  let rest = dot(left, left);
  for (let round = 0; round < 2 * count && rest >= 1e-10; round++) {
    const scaled = step.map((value, i) => value * scale[i]);
    const moved = scaled.map((_, i) => scale[i] * dot(scaled, matrix.subarray(i * count, (i + 1) * count)));
    const length = rest / Math.max(dot(step, moved), 1e-30), before = rest;
    for (let i = 0; i < count; i++) {
      solution[i] += length * step[i];
      left[i] -= length * moved[i];
    }
    rest = dot(left, left);
    for (let i = 0; i < count; i++) step[i] = left[i] + rest / Math.max(before, 1e-30) * step[i];
  }
  return solution.map((value, i) => value * scale[i]);
}

// Fill `change` (3, h, w) with the sums of `weights` (n, 3) over all samples, by how alike they are to each pixel.
function estimate(places, samples, weights, { data, area }) {
  const centers = Float64Array.from(samples.flatMap(({ place }) => [...place]));
  for (let i = 0, at = 0; i < area; i++, at += AXES) {
    const down = places[at], across = places[at + 1], gray = places[at + 2], cbHere = places[at + 3];
    const crHere = places[at + 4];
    let cb = 0, cr = 0, near = 0;
    for (let center = 0, weight = 0; center < centers.length; center += AXES, weight += 3) {
      const squares = (down - centers[center]) ** 2 + (across - centers[center + 1]) ** 2
        + (gray - centers[center + 2]) ** 2 + (cbHere - centers[center + 3]) ** 2 + (crHere - centers[center + 4]) ** 2;
      if (squares >= FARTHEST * FARTHEST) continue;
      const place = squares * STEPS, before = Math.trunc(place);
      const share = TABLE[before] + (place - before) * (TABLE[before + 1] - TABLE[before]);
      cb += share * weights[weight];
      cr += share * weights[weight + 1];
      near += share * weights[weight + 2];
    }
    data[i] = cb;
    data[i + area] = cr;
    data[i + 2 * area] = near;
  }
}

function squaredDistance(first, second) {
  return first.reduce((sum, value, axis) => sum + (value - second[axis]) ** 2, 0);
}

// How much two places have to do with each other, from 0 to 1: Matérn's function of smoothness 3/2, lowered so that it
// is 0 where they are `FARTHEST` apart.
function alike(squares) {
  const distance = Math.sqrt(3 * squares);
  return Math.max(0, ((1 + distance) * Math.exp(-distance) - LOWEST) / (1 - LOWEST));
}

// `alike` between pixels and hints, of which there are millions: between two entries it is off by less than 1e-5.
const TABLE = Float64Array.from({ length: Math.ceil(FARTHEST ** 2 * STEPS) + 2 }, (_, index) => alike(index / STEPS));
