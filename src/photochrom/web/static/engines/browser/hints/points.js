// A point: somebody clicked on a photograph and said what color is there.

import { cbOf, crOf } from "../color.js";
import { HintError } from "../errors.js";

export const RADIUS = 0.012; // of the longer side: 3 pixels where that is 256

// A disk of one color. `x` and `y` are shares of the photograph's width and height, `radius` of its longer side;
// `color` is [red, green, blue] from 0 to 255. Throws a HintError.
export class Point {
  constructor({ x, y, color, radius = RADIUS }) {
    for (const [name, value] of [["x", x], ["y", y]]) {
      if (!(value >= 0 && value <= 1)) {
        throw new HintError(`a point must lie in the photograph, ${name} from 0 to 1; not ${value}`);
      }
    }
    if (!(radius > 0 && radius <= 1)) {
      throw new HintError(`a point's radius must be above 0 and at most 1; not ${radius}`);
    }
    if (!isColor(color)) {
      throw new HintError(`a color must be three whole numbers from 0 to 255, not ${JSON.stringify(color)}`);
    }
    Object.assign(this, { x, y, radius, rgb: color });
  }

  // As a file of hints has it.
  get row() {
    const { x, y, radius, rgb } = this;
    return { x, y, color: rgb, radius };
  }

  // Lay the disk over the rows from `top` on of `planes` (3, rows, width), for `height` rows in all. At any size, the
  // pixel in which the point lies belongs to it.
  lay(planes, top, height) {
    const { width, data, area } = planes;
    const reach = this.radius * Math.max(height, width), across = this.x * width, down = this.y * height;
    const row = Math.min(Math.trunc(down), height - 1), column = Math.min(Math.trunc(across), width - 1);
    const first = Math.max(top, Math.min(row, Math.floor(down - reach)));
    const last = Math.min(top + planes.height, height, Math.max(row, Math.ceil(down + reach)) + 1);
    const left = Math.max(0, Math.floor(across - reach)), right = Math.min(Math.ceil(across + reach) + 1, width);
    const rgb = this.rgb.map((level) => level / 255), cb = cbOf(...rgb), cr = crOf(...rgb);
    for (let y = first; y < last; y++) {
      for (let x = left, at = (y - top) * width + left; x < right; x++, at++) {
        const inside = (y + 0.5 - down) ** 2 + (x + 0.5 - across) ** 2 <= reach * reach;
        if (!inside && !(y === row && x === column)) continue;
        data[at] = cb;
        data[at + area] = cr;
        data[at + 2 * area] = 1;
      }
    }
  }
}

function isColor(levels) {
  const isLevel = (level) => Number.isInteger(level) && level >= 0 && level <= 255;
  return Array.isArray(levels) && levels.length === 3 && levels.every(isLevel);
}
