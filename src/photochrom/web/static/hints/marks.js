// What a person knows of a photograph's colors, as marks: each is a color along a path of places. A point is a path of
// one place, a stroke of several. Marks are values: a change makes new ones.
//
// A mark is {color: [red, green, blue], radius, path: [[x, y], ...]}, where x and y are shares of the photograph's width
// and height, and the radius is one of its longer side.

import { Refusal } from "../refusal.js";

export const RADIUS = 0.012; // as in photochrom/hints/points.py
const MOST_PLACES = 1000, MOST_SQUARES = 1; // as in photochrom/web/hint_fields.py: of all places together
const DIGITS = 1e5; // of places; a twentieth of a pixel where a side has 5,000

const rounded = (share) => Math.round(Math.min(1, Math.max(0, share)) * DIGITS) / DIGITS;

export const place = ({ x, y }) => [rounded(x), rounded(y)];

// A place in words.
export function inPercent(x, y) {
  return `${Math.round(100 * x)} % across and ${Math.round(100 * y)} % down`;
}

// How far two places are from each other, in shares of the longer side; `aspect` is width / height.
export function distance([x0, y0], [x1, y1], aspect) {
  const longer = Math.max(aspect, 1);
  return Math.hypot((x1 - x0) * aspect, y1 - y0) / longer;
}

// The path goes on to `to`, with places that are a radius apart, so that their disks are one stroke.
export function extended(mark, to, aspect) {
  const path = [...mark.path];
  const last = path.at(-1), far = distance(last, to, aspect);
  for (let step = 1; step * mark.radius <= far; step++) {
    const share = step * mark.radius / far;
    path.push(place({ x: last[0] + (to[0] - last[0]) * share, y: last[1] + (to[1] - last[1]) * share }));
  }
  return { ...mark, path };
}

// The mark for a photograph of another aspect, where its places are nearer to each other or farther apart.
export function fitted(mark, aspect) {
  return mark.path.slice(1).reduce((made, to) => extended(made, to, aspect), { ...mark, path: mark.path.slice(0, 1) });
}

export function moved(mark, dx, dy) {
  return { ...mark, path: mark.path.map(([x, y]) => place({ x: x + dx, y: y + dy })) };
}

// The marks with another one in the place of the `index`th, or without it.
export const replaced = (marks, index, mark) => marks.map((one, at) => (at === index ? mark : one));
export const without = (marks, index) => marks.filter((_, at) => at !== index);

// Raises a Refusal where there are more than a server takes.
export function check(marks) {
  const places = marks.reduce((sum, mark) => sum + mark.path.length, 0);
  const squares = marks.reduce((sum, mark) => sum + mark.path.length * mark.radius ** 2, 0);
  if (places > MOST_PLACES || squares > MOST_SQUARES) {
    throw new Refusal("These are more strokes than fit. Remove some, or use points: a color spreads from them by itself");
  }
}

// The marks as the points of a file of hints.
export function toPoints(marks) {
  return marks.flatMap(({ color, radius, path }) => path.map(([x, y]) => ({ x, y, color, radius })));
}

// The inverse: points of one color and size that follow each other closely are a stroke.
export function fromPoints(points, aspect) {
  const marks = [];
  for (const { x, y, color, radius } of points) {
    const last = marks.at(-1), here = place({ x, y });
    const goesOn = last && last.radius === radius && String(last.color) === String(color)
      && distance(last.path.at(-1), here, aspect) < 1.1 * radius;
    if (goesOn) last.path.push(here);
    else marks.push({ color, radius, path: [here] });
  }
  return marks;
}
