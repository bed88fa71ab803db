// What browsers cannot color, and the command that can.

import { Refusal } from "../../refusal.js";
import { orientation } from "./photos/exif.js";
import { extract } from "./photos/metadata.js";

const KINDS = [
  { name: "TIFF", marks: ["II*\0", "MM\0*", "II+\0", "MM\0+"] }, { name: "PSD", marks: ["8BPS"] },
  { name: "HEIC", at: 4, marks: ["ftyphei", "ftyphev", "ftypmif1", "ftypmsf1"] },
  { name: "JPEG 2000", at: 4, marks: ["jP  "] }, { name: "camera raw", marks: ["FUJIFILMCCD-RAW"] },
  { name: "PGM or PPM", marks: ["P2", "P3", "P5", "P6"] },
];

// What to type for the file `name`, which is in quotes where it holds anything but letters, digits, - . and _. Quotes
// around all of it show where it ends.
export function command(name) {
  const quoted = `'${name.replaceAll("'", `'\\''`)}'`;
  return `“photochrom colorize ${/^[\p{L}\p{N}._-]+$/u.test(name) ? name : quoted}”`;
}

// Raise a Refusal for a file that is of a kind for the tool alone, or that the browser could not decode to a `bitmap`.
export async function refuseUnlessShown(file, bitmap) {
  const start = new TextDecoder("latin1").decode(await file.slice(0, 24).arrayBuffer());
  const kind = KINDS.find(({ at = 0, marks }) => marks.some((mark) => start.startsWith(mark, at)));
  const isTurned = start.startsWith("WEBP", 8) && orientation(extract(new Uint8Array(await file.arrayBuffer())).exif) > 1;
  if (bitmap && kind?.name !== "TIFF" && !isTurned) return; // of TIFF, some browsers show the first page
  bitmap?.close();
  if (isTurned) throw new Refusal(`WebP that lies on its side is for the tool: ${command(file.name)}`);
  if (!kind) throw new Refusal("This is not a picture that this browser can read. Check the file.");
  throw new Refusal(`${kind.name} is for the tool: ${command(file.name)}`);
}

export function tooLarge(file, pixels) {
  return new Refusal(`More than ${Math.round(pixels / 1e6)} million pixels are for the tool: ${command(file.name)}`);
}
