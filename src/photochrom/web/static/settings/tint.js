// Whether a picture shows color, by the rule of `is_gray` in photochrom/color.py.

import { BLUE, GREEN, RED } from "../color.js";

const SIDE = 256; // pixels at which that is looked at
const TOLERANCE = 4; // levels of chroma that the compression of a gray picture leaves
const SHARE = 0.01; // of the pixels

export function isInColor(bitmap) {
  const canvas = new OffscreenCanvas(SIDE, SIDE), context = canvas.getContext("2d");
  context.drawImage(bitmap, 0, 0, SIDE, SIDE);
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  let colored = 0;
  for (let i = 0; i < data.length; i += 4) {
    const luma = RED * data[i] + GREEN * data[i + 1] + BLUE * data[i + 2];
    const cb = (data[i + 2] - luma) / (2 - 2 * BLUE), cr = (data[i] - luma) / (2 - 2 * RED);
    if (Math.max(Math.abs(cb), Math.abs(cr)) > TOLERANCE) colored++;
  }
  return colored >= SHARE * SIDE * SIDE;
}
