// Hints as files of hints have them: rows of JSON. Each is a point {x, y, color, radius}, a painted {layer}, a PNG in
// base64, or {chroma}, a PNG in base64 whose red, green and blue are Cb and Cr, and the confidence.

import { HintError } from "../errors.js";
import { Painting, fieldOf } from "./layers.js";
import { Point } from "./points.js";

const VERSION = 1;

// The rows in the text of a file.
export function rowsOf(text) {
  let content;
  try {
    content = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch (error) {
    throw new HintError(`broken JSON (${error.message})`);
  }
  if (content?.version === undefined) throw new HintError('no hints: they begin with {"version": 1, "hints": [');
  if (content.version !== VERSION) {
    throw new HintError(`hints of version ${content.version}, and this Photochrom knows ${VERSION}; update it`);
  }
  if (!Array.isArray(content.hints) || Object.keys(content).length !== 2) {
    throw new HintError('beside "version" there must be a list "hints", and nothing else');
  }
  return content.hints;
}

// What `rows` know. `decode(bytes)` gives a promise of the pixels of a PNG file, as an ImageData has them.
export function knownOf(rows, decode) {
  return Promise.all(rows.map(async (row, index) => {
    try {
      return await known(row, decode);
    } catch (error) {
      throw new HintError(`hint ${index + 1}: ${error.message}`);
    }
  }));
}

async function known(row, decode) {
  const keys = row && typeof row === "object" ? Object.keys(row) : [];
  if (["x", "y", "color"].every((key) => keys.includes(key))) return new Point(row);
  if (keys.length !== 1 || !["layer", "chroma"].includes(keys[0])) {
    throw new HintError(`a point has x, y, color and perhaps radius; this has ${keys.join(", ") || "nothing"}`);
  }
  const bytes = bytesOf(row[keys[0]]);
  const pixels = await decode(bytes).catch(() => { throw new HintError("its picture is no whole PNG"); });
  return keys[0] === "layer" ? new Painting(pixels) : fieldOf(pixels);
}

function bytesOf(text) {
  try {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch {
    throw new HintError("its picture is not base64");
  }
}
