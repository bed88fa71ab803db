// Pictures made smaller or larger, as Pillow does it for floats: convolution with a filter that is as wide as the
// pixels of the smaller picture, across first and then down. The tool uses Pillow, and both must see the same.
//
// Numbers may be floats, or levels in a Uint8ClampedArray. As in Pillow, these are rounded after each direction, a half
// up, and their weights are in fixed point.

import { Planes } from "./planes.js";

const FIXED_POINT = 2 ** 22; // of weights for levels

// `support` is the reach of a filter on either side, in pixels; `weight` its value at a distance.
export const BOX = { support: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) };
export const BILINEAR = { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) };
export const BICUBIC = { support: 2, weight: bicubic };

// The cubic convolution of Keys (1981) with a = -0.5.
function bicubic(x) {
  const distance = Math.abs(x);
  if (distance < 1) return (1.5 * distance - 2.5) * distance * distance + 1;
  return distance < 2 ? ((-0.5 * distance + 2.5) * distance - 4) * distance + 2 : 0;
}

// A plane, or whatever has rows, with (`height`, `width`). Where it shrinks to less than a half of 1 / `gap`, boxes of
// pixels are averaged first: that is faster.
export function resized(source, height, width, filter, gap = 4) {
  const across = Math.trunc(source.width / width / gap) || 1, down = Math.trunc(source.height / height / gap) || 1;
  const box = [0, 0, source.width / across, source.height / down];
  const less = across > 1 || down > 1 ? reduced(source, across, down) : source;
  return new Planes(1, height, width, resampled(less, height, width, filter, box, Float32Array));
}

// The means of boxes of `across` by `down` pixels; at the right and the bottom of what is left over.
export function reduced(source, across, down) {
  const small = new Planes(1, Math.ceil(source.height / down), Math.ceil(source.width / across));
  const sums = new Float64Array(small.width);
  for (let y = 0; y < small.height; y++) {
    const bottom = Math.min((y + 1) * down, source.height);
    sums.fill(0);
    for (let from = y * down; from < bottom; from++) addBoxes(source.row(from), across, sums);
    const row = small.row(y), rows = bottom - y * down;
    for (let x = 0; x < row.length; x++) {
      row[x] = sums[x] / (rows * (Math.min((x + 1) * across, source.width) - x * across));
    }
  }
  return small;
}

function addBoxes(row, across, sums) {
  for (let x = 0, start = 0; start < row.length; x++, start += across) {
    const stop = Math.min(start + across, row.length);
    let sum = 0;
    for (let from = start; from < stop; from++) sum += row[from];
    sums[x] += sum;
  }
}

// The part of `source` in `box` (left, top, right, bottom, in its pixels) with (`height`, `width`), in a new `Numbers`,
// which is Float32Array or Uint8ClampedArray.
export function resampled(source, height, width, filter, box, Numbers) {
  const [left, top, right, bottom] = box.map(Math.fround); // as Pillow keeps them
  const isWhole = (start, stop, size, wanted) => start === 0 && stop === size && size === wanted;
  const fixed = Numbers === Uint8ClampedArray, { width: across, height: down } = source;
  const columns = isWhole(left, right, across, width) ? null : columnTaps(across, left, right, width, filter, fixed);
  const rows = isWhole(top, bottom, down, height) ? null : rowTaps(down, top, bottom, height, filter, fixed);
  const first = rows ? rows.starts[0] : 0;
  const last = rows ? rows.starts[height - 1] + rows.counts[height - 1] : down;
  const widened = new Numbers((last - first) * width);
  for (let y = first; y < last; y++) {
    const row = widened.subarray((y - first) * width, (y - first + 1) * width);
    if (columns) convolveRow(source.row(y), columns, row);
    else row.set(source.row(y));
  }
  return rows ? convolveDown(widened, width, first, rows, new Numbers(height * width)) : widened;
}

// Bands of one picture, and its planes, share them.
const columnTaps = remembering(taps), rowTaps = remembering(taps);

function remembering(compute) {
  let last = [], result = null;
  return (...given) => {
    const isNew = !last.length || given.some((value, index) => value !== last[index]);
    if (isNew) [last, result] = [given, compute(...given)];
    return result;
  };
}

// For each of `wanted` pixels: the first pixel that counts, how many do, and their weights, which sum up to 1.
function taps(size, from, to, wanted, filter, fixed) {
  const scale = Math.fround(to - from) / wanted, stretch = Math.max(scale, 1), reach = filter.support * stretch;
  const most = Math.ceil(reach) * 2 + 1;
  const starts = new Int32Array(wanted), counts = new Int32Array(wanted), weights = new Float64Array(wanted * most);
  for (let index = 0; index < wanted; index++) {
    const center = from + (index + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - reach + 0.5));
    const stop = Math.min(size, Math.trunc(center + reach + 0.5));
    starts[index] = start;
    counts[index] = stop - start;
    let sum = 0;
    for (let x = start; x < stop; x++) {
      const weight = filter.weight((x - center + 0.5) / stretch);
      weights[index * most + x - start] = weight;
      sum += weight;
    }
    for (let x = 0; sum && x < stop - start; x++) weights[index * most + x] /= sum;
  }
  if (fixed) weights.forEach((weight, at) => { weights[at] = Math.round(weight * FIXED_POINT) / FIXED_POINT; });
  return { most, starts, counts, weights, fixed };
}

function convolveRow(row, { most, starts, counts, weights, fixed }, out) {
  for (let x = 0; x < out.length; x++) {
    const start = starts[x], count = counts[x], base = x * most;
    let sum = 0;
    for (let tap = 0; tap < count; tap++) sum += row[start + tap] * weights[base + tap];
    out[x] = fixed ? Math.floor(sum + 0.5) : sum;
  }
}

function convolveDown(widened, width, first, { most, starts, counts, weights, fixed }, out) {
  const sums = new Float64Array(width);
  for (let y = 0; y * width < out.length; y++) {
    sums.fill(0);
    for (let tap = 0; tap < counts[y]; tap++) {
      const weight = weights[y * most + tap], offset = (starts[y] + tap - first) * width;
      for (let x = 0; x < width; x++) sums[x] += widened[offset + x] * weight;
    }
    out.set(fixed ? sums.map((sum) => Math.floor(sum + 0.5)) : sums, y * width);
  }
  return out;
}
