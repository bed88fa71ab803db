// Colors as photochrom/color.py has them: luma and chroma of BT.601 at full range, the gamut, CIELAB. All in [0, 1] or,
// chroma, in [-0.5, 0.5].

import { BLUE, GREEN, RED } from "../../color.js";
import { Planes } from "./planes.js";

// The linear RGB of sRGB (IEC 61966-2-1) to CIE XYZ under D65, each row divided by the white's.
const WHITE = [0.95047, 1, 1.08883];
const TO_XYZ = [
  [0.4124564, 0.3575761, 0.1804375],
  [0.2126729, 0.7151522, 0.0721750],
  [0.0193339, 0.1191920, 0.9503041],
].map((row, index) => row.map((part) => part / WHITE[index]));
const LAB_LINEAR = 216 / 24389; // below this, CIELAB's cube root gives way to a straight line
const GRAY = 4; // levels of chroma

// Cb of a color.
export function cbOf(red, green, blue) {
  return (blue - RED * red - GREEN * green - BLUE * blue) / (2 - 2 * BLUE);
}

// Cr of a color.
export function crOf(red, green, blue) {
  return (red - RED * red - GREEN * green - BLUE * blue) / (2 - 2 * RED);
}

// Whether `pixels`, as an ImageData has them, show no color: 99 % of them hold less chroma than JPEG leaves in gray.
export function isGray({ data }) {
  let colored = 0;
  for (let at = 0; at < data.length; at += 4) {
    const red = data[at], green = data[at + 1], blue = data[at + 2];
    if (Math.abs(cbOf(red, green, blue)) > GRAY || Math.abs(crOf(red, green, blue)) > GRAY) colored += 1;
  }
  return colored < 0.01 * data.length / 4;
}

// How much of `cb` and `cr` the `luma` has room for, at most 1: the smallest factor that brings every channel into
// [0, 1]. To clip the channels instead would change the luma; a common factor keeps luma and hue.
export function room(luma, cb, cr) {
  const red = (2 - 2 * RED) * cr, blue = (2 - 2 * BLUE) * cb, green = -(RED * red + BLUE * blue) / GREEN;
  const high = Math.max(Math.max(red, green), blue), low = Math.min(Math.min(red, green), blue);
  // A channel that hardly moves has room enough; the tiny floor only avoids 0 / 0.
  return Math.min(1, Math.min((1 - luma) / Math.max(high, 1e-12), luma / Math.max(-low, 1e-12)));
}

// Write the colors of `luma` (n) and of the first two of `planes`, fitted to the gamut, into RGBA levels from the
// pixel `start` on. Alpha stays.
export function writeMerged(luma, planes, levels, start) {
  const { data, area } = planes;
  for (let i = 0, at = 4 * start; i < area; i++, at += 4) {
    const gray = luma[i], red = (2 - 2 * RED) * data[i + area], blue = (2 - 2 * BLUE) * data[i];
    const factor = room(gray, data[i], data[i + area]);
    levels[at] = 255 * (gray + factor * red);
    levels[at + 1] = 255 * (gray - factor * (RED * red + BLUE * blue) / GREEN);
    levels[at + 2] = 255 * (gray + factor * blue);
  }
}

// `luma` (h, w) and chroma (2, h, w), fitted to the gamut: red, green and blue (3, h, w).
export function mergeFitted(luma, chroma) {
  const { area } = luma, rgb = new Planes(3, luma.height, luma.width);
  for (let i = 0; i < area; i++) {
    const gray = luma.data[i], cb = chroma.data[i], cr = chroma.data[i + area], factor = room(gray, cb, cr);
    const red = factor * (2 - 2 * RED) * cr, blue = factor * (2 - 2 * BLUE) * cb;
    rgb.data[i] = gray + red;
    rgb.data[i + area] = gray - (RED * red + BLUE * blue) / GREEN;
    rgb.data[i + 2 * area] = gray + blue;
  }
  return rgb;
}

// CIELAB (D65) of red, green and blue (3, h, w): planes (3, h, w) of L*, a* and b*.
export function rgbToLab(rgb) {
  const { area, data } = rgb, lab = new Planes(3, rgb.height, rgb.width);
  for (let i = 0; i < area; i++) {
    const linear = [data[i], data[i + area], data[i + 2 * area]].map(straightened);
    const [x, y, z] = TO_XYZ.map((row) => labCurve(row[0] * linear[0] + row[1] * linear[1] + row[2] * linear[2]));
    lab.data[i] = 116 * y - 16;
    lab.data[i + area] = 500 * (x - y);
    lab.data[i + 2 * area] = 200 * (y - z);
  }
  return lab;
}

function straightened(value) {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function labCurve(value) {
  return value <= LAB_LINEAR ? value * (841 / 108) + 4 / 29 : Math.cbrt(value);
}
