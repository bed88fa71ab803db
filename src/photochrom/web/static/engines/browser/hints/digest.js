// A short name of what is known, the same wherever it is: notes in results say it.

import { ChromaField } from "./layers.js";
import { Point } from "./points.js";

const LENGTH = 12; // of a short name: the beginning of a sha256 in hexadecimal

// That of Hints; empty where nothing is known, and where browsers compute no sha256: on a page that is not on https.
export async function digestOf({ known }) {
  return known.length ? shortName((await Promise.all(known.map(partsOf))).flat()) : "";
}

// That of `parts`, texts and typed arrays.
export async function shortName(parts) {
  return (await sha256(parts)).toString().slice(0, LENGTH);
}

async function partsOf(one) {
  if (one instanceof Point) {
    const { x, y, radius, rgb } = one;
    return [`(${written(x)}, ${written(y)}, (${rgb.join(", ")}), ${written(radius)})`];
  }
  if (one.digest !== undefined) return [one.digest]; // of References
  const size = `(${one.width}, ${one.height})`;
  return one instanceof ChromaField ? [size, one.planes.data] : [size, (await sha256([one.pixels.data])).bytes];
}

// A number from 0 to 1, as Python writes it.
function written(number) {
  if (Number.isInteger(number)) return `${number}.0`;
  return number < 1e-4 ? number.toExponential().replace(/e-(\d)$/, "e-0$1") : String(number);
}

async function sha256(parts) {
  if (!globalThis.crypto?.subtle) return { bytes: new Uint8Array(), toString: () => "" };
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await new Blob(parts).arrayBuffer()));
  return { bytes, toString: () => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("") };
}
