// Files of hints, as `photochrom colorize --hints` takes and writes them: see photochrom/hints/files.py.

import { Refusal } from "../refusal.js";
import { RADIUS, fromPoints, toPoints } from "./marks.js";

const VERSION = 1;
const isShare = (number) => typeof number === "number" && number >= 0 && number <= 1;

export function toText(marks) {
  const lines = toPoints(marks).map((point) => `    ${JSON.stringify(point)}`);
  return `{\n  "version": ${VERSION},\n  "hints": [\n${lines.join(",\n")}\n  ]\n}\n`;
}

// The marks that a text holds for a photograph of that aspect, width / height. Raises a Refusal.
export function fromText(text, aspect) {
  let content;
  try {
    content = JSON.parse(text);
  } catch {
    throw new Refusal("This is no file of hints: it is no JSON");
  }
  if (content?.version === undefined) throw new Refusal('These are no hints: they begin with {"version": 1, "hints": [');
  if (content.version !== VERSION) throw new Refusal(`These are hints of version ${content.version}; this page knows ${VERSION}`);
  if (!Array.isArray(content.hints)) throw new Refusal('Beside "version" there must be a list "hints"');
  return fromPoints(content.hints.map(point), aspect);
}

function point(row, index) {
  const wrong = (what) => new Refusal(`Hint ${index + 1}: ${what}`);
  if (row?.layer ?? row?.chroma) {
    throw wrong("it is a painted layer, which this page does not show; give the file to photochrom colorize --hints");
  }
  const { x, y, color, radius = RADIUS } = row ?? {};
  if (!isShare(x) || !isShare(y)) throw wrong("a point has x and y from 0 to 1");
  if (!isShare(radius) || radius === 0) throw wrong("a radius is above 0, and at most 1");
  const levels = typeof color === "string" ? parsed(color) : color;
  if (!isColor(levels)) throw wrong(`${JSON.stringify(color)} is no color`);
  return { x, y, color: levels, radius };
}

function isColor(levels) {
  return Array.isArray(levels) && levels.length === 3
    && levels.every((level) => Number.isInteger(level) && level >= 0 && level <= 255);
}

// Red, green and blue of a color as CSS writes it, or null. "currentcolor" is none, as there is no text around it.
export function parsed(text) {
  if (/currentcolor/i.test(text)) return null;
  const context = new OffscreenCanvas(1, 1).getContext("2d");
  context.fillStyle = "transparent"; // it stays where the text is no color
  context.fillStyle = text;
  const levels = /^#(..)(..)(..)$/.exec(context.fillStyle);
  return levels && levels.slice(1).map((level) => parseInt(level, 16));
}
