// A photograph's pixels, red, green, blue and alpha from 0 to 255, as luma in [0, 1], row by row.

import { BLUE, GREEN, RED } from "../../color.js";

export class PixelLuma {
  #row;

  // `pixels` is an ImageData, or any { data, width, height } like it.
  constructor(pixels) {
    const { data, width, height } = pixels;
    Object.assign(this, { data, width, height });
    this.#row = new Float32Array(width);
  }

  row(y) {
    const { data, width } = this, row = this.#row;
    for (let x = 0, at = 4 * y * width; x < width; x++, at += 4) {
      row[x] = (RED * data[at] + GREEN * data[at + 1] + BLUE * data[at + 2]) / 255;
    }
    return row;
  }
}
