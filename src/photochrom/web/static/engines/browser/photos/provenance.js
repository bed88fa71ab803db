// Our note: the text inside a result that says that its colors are guesses, and how they were made. It is the note of
// photochrom/photos/provenance.py, which reads it again. Texts are of one character a byte.

import { textOf } from "./exif.js";

const START = "colors guessed by Photochrom";

// `made` is {version, model, size, saturation, warmth, hints}; `hints` is their digest, empty without any.
export function note({ version, model, size, saturation, warmth, hints }) {
  const parts = [`${START} ${version}`, `model ${escaped(model)}`, `size ${size}`, `saturation ${general(saturation)}`];
  if (warmth) parts.push(`warmth ${general(warmth)}`);
  if (hints) parts.push(`hints ${hints}`);
  return textOf(new TextEncoder().encode(parts.join(", ")));
}

// `programs`, the names of those that a picture went through, with `ours`, the note, as the last.
export function signed(programs, ours) {
  const before = programs.replaceAll(new RegExp(`(; )?${START}[^;\\0\\n]*`, "g"), "").replace(/^; /, "");
  return before ? `${before}; ${ours}` : ours;
}

export const isNote = (text) => text.includes(START);

// What would end a part of the note is written as in addresses.
function escaped(name) {
  const code = (sign) => sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0");
  return name.replace(/[%,;\x00-\x1f\x7f]/g, (sign) => `%${code(sign)}`);
}

const general = (number) => String(Number(number.toPrecision(6)));
