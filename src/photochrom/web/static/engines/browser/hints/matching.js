// Places of a photograph, and those of others that look like them: each takes the mean color of the most alike.

import { Planes } from "../planes.js";

const SHARPNESS = 0.03; // by how much less alike a place may be to count 1/e as much
const LEAST = 20 * SHARPNESS; // from there on, it counts nothing
// Likeness up to which nothing is known, and from which all is: of the whole photographs, and of a place.
const SCENE = [0.57, 0.62], PLACE = [0.5, 0.7];

// Chroma for the places of a photograph, and how clear it is: planes (3, `height`, `width`) of Cb·m, Cr·m and m.
// `looks` (h, w, C) are how they look; each reference is { looks: (n, C), chroma: Planes of Cb and Cr, n in all }. All
// looks are of unit length.
export function matched(looks, height, width, references) {
  const planes = new Planes(3, height, width), { area } = planes;
  const [best, weights, cb, cr] = [0, 1, 2, 3].map(() => new Float64Array(area));
  for (const reference of references) {
    const { alike, means, scene } = vote(looks, area, reference);
    const oneScene = smoothstep(scene, ...SCENE), around = meanOfNeighbors(alike, height, width);
    for (let i = 0; i < area; i++) {
      const clear = oneScene * smoothstep(around[i], ...PLACE), weight = clear * Math.exp((alike[i] - 1) / SHARPNESS);
      best[i] = Math.max(best[i], clear);
      weights[i] += weight;
      cb[i] += weight * means[2 * i];
      cr[i] += weight * means[2 * i + 1];
    }
  }
  for (let i = 0; i < area; i++) {
    const total = Math.max(weights[i], 1e-30);
    planes.data[i] = cb[i] / total * best[i];
    planes.data[i + area] = cr[i] / total * best[i];
    planes.data[i + 2 * area] = best[i];
  }
  return planes;
}

// How alike the place is that is most alike to each of `looks`, (N), and the mean chroma of such, (N, 2). `scene` is
// how alike, on average, the places of both photographs are to the best of the other.
function vote(looks, count, { looks: others, chroma }) {
  const channels = looks.length / count, number = chroma.area, cosines = new Float32Array(number);
  const alike = new Float32Array(count), back = new Float32Array(number).fill(-1), means = new Float32Array(2 * count);
  for (let i = 0; i < count; i++) {
    let best = -1;
    for (let j = 0; j < number; j++) {
      const cosine = dot(looks, i * channels, others, j * channels, channels);
      cosines[j] = cosine;
      if (cosine > best) best = cosine;
      if (cosine > back[j]) back[j] = cosine;
    }
    let sum = 0, cb = 0, cr = 0;
    for (let j = 0; j < number; j++) {
      if (cosines[j] < best - LEAST) continue;
      const weight = Math.exp((cosines[j] - best) / SHARPNESS);
      sum += weight;
      cb += weight * chroma.data[j];
      cr += weight * chroma.data[j + number];
    }
    alike[i] = best;
    means[2 * i] = cb / sum;
    means[2 * i + 1] = cr / sum;
  }
  return { alike, means, scene: (mean(alike) + mean(back)) / 2 };
}

// In four sums, which a core adds up side by side.
function dot(first, start, second, other, count) {
  let a = 0, b = 0, c = 0, d = 0, at = 0;
  for (; at + 3 < count; at += 4) {
    a += first[start + at] * second[other + at];
    b += first[start + at + 1] * second[other + at + 1];
    c += first[start + at + 2] * second[other + at + 2];
    d += first[start + at + 3] * second[other + at + 3];
  }
  for (; at < count; at++) a += first[start + at] * second[other + at];
  return a + b + c + d;
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

// 0 up to `lowest`, 1 from `highest` on, and smooth between them.
function smoothstep(value, lowest, highest) {
  const share = Math.min(Math.max((value - lowest) / (highest - lowest), 0), 1);
  return share * share * (3 - 2 * share);
}

// Of each place (h, w) and its eight neighbors.
function meanOfNeighbors(values, height, width) {
  return values.map((_, i) => {
    const y = Math.floor(i / width), x = i % width;
    let sum = 0;
    for (const row of [Math.max(y - 1, 0), y, Math.min(y + 1, height - 1)]) {
      for (const column of [Math.max(x - 1, 0), x, Math.min(x + 1, width - 1)]) sum += values[row * width + column];
    }
    return sum / 9;
  });
}
