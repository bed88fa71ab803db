// Several answers for one photograph, where the model is unsure of its colors: hints that are tried where it is unsure.
// The method is told in photochrom/answers.py.

import { mergeFitted, rgbToLab } from "./color.js";
import { Distribution } from "./distribution.js";
import { Hints } from "./hints/hints.js";
import { Point } from "./hints/points.js";
import { BILINEAR, BOX, resized } from "./resampling.js";
import { rounded } from "./rounding.js";

const PLACES = 3; // where colors are tried
const COLORS = 4; // that are tried at a place
const POSSIBLE = 0.05; // probability of a color that is tried
const APART = 0.2; // of the longer side: places are about as far from each other
const ROUGH = 0.05; // deviation of luma nearby, from which on a place counts as half as good
const CELLS = 12; // regions along the longer side, in which answers are compared
const DIFFERENT = 14; // of CIELAB, by which an answer differs from each other in some region

// What each answer adds to `hints`, a list of Hints, for `luma` (h, w) at the working size; at most `count`. The first
// adds nothing. Where the model is sure, there are fewer. Throws a ModelError for a model that cannot do it. The
// network runs a dozen times, and each time `goOn()` is waited for, which may throw.
export async function addedHints(model, luma, count, hints, goOn = async () => {}) {
  model.refuseWithoutAnswers();
  if (count === 1) return [new Hints()];
  const known = await hints.matched(luma);
  const tries = triesOf(await Distribution.predict(model, luma, known));
  const added = [new Hints(), ...tries.map(({ hint }) => new Hints([hint]))];
  const pictures = [];
  for (const more of added) {
    await goOn();
    pictures.push(await pictureOf(model, luma, more.plus(known)));
  }
  return chosen(pictures, tries, count).map((index) => added[index]);
}

// The colors that are possible at places where the model is unsure: hints, and how probable each is at its place.
function triesOf(distribution) {
  return placesOf(distribution).flatMap(([x, y]) => {
    const colors = distribution.colors(x, y).slice(0, COLORS).filter(({ probability }) => probability > POSSIBLE);
    const total = colors.reduce((sum, { probability }) => sum + probability, 0);
    return colors.map(({ color, probability }) => {
      return { hint: new Point({ x, y, color }), probability: probability / total };
    });
  });
}

// Where the model is least sure, places apart from each other, [x, y] in shares of width and height.
function placesOf(distribution) {
  const uncertain = distribution.uncertainty(), { height, width } = uncertain;
  const luma = resized(distribution.luma, height, width, BOX), unsure = blurred(uncertain);
  const means = blurred(luma), squares = blurred(luma.each((value) => value * value));
  for (let i = 0; i < unsure.data.length; i++) {
    const gray = luma.data[i], rough = Math.sqrt(Math.max(0, squares.data[i] - means.data[i] ** 2));
    // Black and white have no room for color; and a hint at an edge would be one for both sides of it.
    unsure.data[i] *= gray * (1 - gray) / (rough + ROUGH);
  }
  const near = (APART * Math.max(height, width)) ** 2;
  return Array.from({ length: PLACES }, () => {
    const best = unsure.data.reduce((most, value, i, all) => (value > all[most] ? i : most), 0);
    const row = Math.floor(best / width), column = best % width;
    for (let i = 0; i < unsure.data.length; i++) {
      const distance = (Math.floor(i / width) - row) ** 2 + (i % width - column) ** 2;
      unsure.data[i] *= 1 - Math.exp(-distance / near / 2);
    }
    return [(column + 0.5) / width, (row + 0.5) / height];
  });
}

// A plane (h, w) without its details: means of 8 by 8 pixels, enlarged.
function blurred(plane) {
  const { height, width } = plane;
  return resized(resized(plane, Math.ceil(height / 8), Math.ceil(width / 8), BOX), height, width, BILINEAR);
}

// What the model paints, given `hints`: red, green and blue (3, h, w), of the size of its chroma.
async function pictureOf(model, luma, hints) {
  const chroma = await model.chroma(luma, hints.told(model, luma));
  return mergeFitted(resized(luma, chroma.height, chroma.width, BOX), chroma);
}

// The answers among `pictures`, by their numbers; the first, which is no try, is the first of them. Each further one is
// that which brings the answers nearest to the tries, in squared error by their probability, among those that differ
// from all others; and so on, until `count` are there or none is left.
function chosen(pictures, tries, count) {
  const errors = pictures.map((picture) => pictures.slice(1).map((other) => squaredError(picture, other)));
  const labs = pictures.map(rgbToLab), found = [0];
  let left = pictures.map((_, index) => index).slice(1);
  while (found.length < count) {
    left = left.filter((index) => differ(labs[index], labs[found.at(-1)]));
    if (!left.length) break;
    const nearest = tries.map((_, at) => Math.min(...found.map((index) => errors[index][at])));
    const remaining = (index) => tries.reduce(
      (sum, { probability }, at) => sum + probability * Math.min(nearest[at], errors[index][at]), 0,
    );
    found.push(left.reduce((best, index) => (remaining(index) < remaining(best) ? index : best)));
  }
  return found;
}

function squaredError(first, second) {
  return first.data.reduce((sum, value, i) => sum + (value - second.data[i]) ** 2, 0) / first.data.length;
}

// Whether two pictures in CIELAB (3, h, w) are of different color in some region.
function differ(first, second) {
  const { height, width, area, data } = first, side = Math.max(height, width) / CELLS;
  const difference = first.zeros(1);
  for (let i = 0; i < area; i++) {
    const squares = [i, i + area, i + 2 * area].map((at) => (data[at] - second.data[at]) ** 2);
    difference.data[i] = Math.sqrt(squares[0] + squares[1] + squares[2]);
  }
  const cells = resized(difference, Math.max(1, rounded(height / side)), Math.max(1, rounded(width / side)), BOX);
  return cells.data.some((cell) => cell > DIFFERENT);
}
