// A point: somebody clicked on a photograph and said what color is there.

import { cbOf, crOf } from "../color.js";
import { HintError } from "../errors.js";

export const RADIUS = 0.012; // of the longer side: 3 pixels where that is 256

// A disk of one color. `x` and `y` are shares of the photograph's width and height, `radius` of its longer side;
// `color` is a CSS color, or [red, green, blue] from 0 to 255.
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
    const rgb = typeof color === "string" ? parsed(color) : checked(color);
    Object.assign(this, { x, y, radius, rgb });
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

function checked(color) {
  const levels = Array.isArray(color) ? color : [];
  const areLevels = levels.every((level) => Number.isInteger(level) && level >= 0 && level <= 255);
  if (levels.length === 3 && areLevels) return levels;
  throw new HintError(`a color must be a CSS color or three whole numbers from 0 to 255, not ${JSON.stringify(color)}`);
}

// Red, green and blue of a CSS color, which the browser knows best.
function parsed(text) {
  const paper = new OffscreenCanvas(1, 1).getContext("2d");
  const seen = ["#000001", "#000002"].map((before) => { // what is no color leaves the one before
    paper.fillStyle = before;
    paper.fillStyle = text;
    return paper.fillStyle;
  });
  if (seen[0] !== seen[1]) throw new HintError(`'${text}' is no color; write one as CSS does: firebrick, #b22222`);
  if (!seen[0].startsWith("#")) {
    throw new HintError(`'${text}' lets what is below shine through; a hint's color must be opaque`);
  }
  return [1, 3, 5].map((at) => parseInt(seen[0].slice(at, at + 2), 16));
}
