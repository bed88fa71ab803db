// References: photographs in color, whose colors the places of another photograph take that look like theirs.
// The method and its source are told in photochrom/hints/reference.py.

import { cbOf, crOf, isGray } from "../color.js";
import { HintError } from "../errors.js";
import { PixelLuma } from "../pixels.js";
import { Planes } from "../planes.js";
import { BICUBIC, BILINEAR, BOX, reduced, resized } from "../resampling.js";
import { rounded } from "../rounding.js";
import { workingShape } from "../working_size.js";
import { shortName } from "./digest.js";
import { ChromaField } from "./layers.js";
import { matched } from "./matching.js";

const LARGEST = 512; // working size at which photographs are compared: a model's own may have too many places

// Photographs in color as `model` sees them, to be matched to any number of others. Keep them: to read them, and to
// match them to a photograph for the first time, takes longer than to paint it.
export class References {
  #fields = new WeakMap(); // luma → promise of a ChromaField: a click on the same photograph changes nothing of it

  // Each of `places` is how its n places look, (n, C) of unit length, and their chroma, (2, n). `digest` is a short
  // name of the photographs.
  constructor(model, places, digest) {
    Object.assign(this, { model, places, digest });
  }

  // Those in `pictures`, pixels as an ImageData has them. Throws a HintError for one that is gray, and a ModelError for
  // a model without features.
  static async read(model, pictures) {
    const small = pictures.map((pixels) => reducedPixels(pixels, model.workingSize)), places = [];
    for (const pixels of small) places.push(await placesOf(model, pixels));
    return new References(model, places, await shortName(small.flatMap(partsOf)));
  }

  // What the references know of a photograph, luma (H, W) of any size: a promise of a ChromaField.
  match(luma) {
    if (!this.#fields.has(luma)) this.#fields.set(luma, this.#compare(luma));
    return this.#fields.get(luma);
  }

  async #compare(luma) {
    const { looks, height, width } = await looksOf(this.model, luma);
    const known = matched(looks, height, width, this.places);
    // In the photograph's own aspect, which the working size only comes near to.
    const side = Math.max(height, width) / Math.max(luma.height, luma.width);
    const shape = [luma.height, luma.width].map((pixels) => Math.max(1, rounded(pixels * side)));
    return new ChromaField(known.map((plane) => resized(plane, ...shape, BILINEAR)));
  }
}

async function placesOf(model, pixels) {
  if (isGray(pixels)) {
    throw new HintError("the reference is gray, and a reference lends its colors; name a photograph in color");
  }
  const { looks, height, width } = await looksOf(model, new PixelLuma(pixels));
  const chroma = chromaPlanes(pixels).map((plane) => resized(plane, height, width, BOX));
  return { looks, chroma };
}

// How each place of a photograph, luma (H, W), looks to the model: { looks: (h, w, C) of unit length, height, width }.
async function looksOf(model, luma) {
  const shape = workingShape(luma.height, luma.width, Math.min(model.workingSize, LARGEST), model.multipleOf);
  const maps = await model.maps(resized(luma, ...shape, BICUBIC).each((value) => Math.min(Math.max(value, 0), 1)));
  const [{ height, width, area }] = maps, channels = maps.reduce((sum, { count }) => sum + count, 0);
  const looks = new Float32Array(area * channels);
  let first = 0;
  for (const map of maps) {
    const fine = map.map((plane) => resized(plane, height, width, BILINEAR));
    for (let i = 0; i < area; i++) {
      let squares = 0;
      for (let at = i; at < fine.data.length; at += area) squares += fine.data[at] ** 2;
      const scale = 1 / (Math.max(Math.sqrt(squares), 1e-6) * Math.sqrt(maps.length));
      for (let channel = 0; channel < map.count; channel++) {
        looks[i * channels + first + channel] = fine.data[i + channel * area] * scale;
      }
    }
    first += map.count;
  }
  return { looks, height, width };
}

// `pixels`, made smaller where they are far more than `size` squared.
function reducedPixels({ data, width, height }, size) {
  const factor = Math.min(Math.trunc(Math.sqrt(height * width) / (2 * size)), height, width);
  if (factor < 2) return { data, width, height };
  const small = [0, 1, 2].map((channel) => {
    const row = new Float32Array(width);
    return reduced({
      width,
      height,
      row: (y) => {
        for (let x = 0, at = 4 * y * width + channel; x < width; x++, at += 4) row[x] = data[at];
        return row;
      },
    }, factor, factor);
  });
  const made = new Uint8ClampedArray(4 * small[0].area).fill(255);
  small.forEach((plane, channel) => {
    plane.data.forEach((value, i) => { made[4 * i + channel] = Math.floor(value + 0.5); });
  });
  return { data: made, width: small[0].width, height: small[0].height };
}

// What tells these pixels from others: their shape, and all red, all green, all blue ones.
function partsOf({ data, width, height }) {
  const channels = [0, 1, 2].map((channel) => data.filter((_, at) => at % 4 === channel));
  return [`(3, ${height}, ${width})`, ...channels];
}

function chromaPlanes({ data, width, height }) {
  const chroma = new Planes(2, height, width);
  for (let i = 0, at = 0; i < chroma.area; i++, at += 4) {
    const red = data[at] / 255, green = data[at + 1] / 255, blue = data[at + 2] / 255;
    chroma.data[i] = cbOf(red, green, blue);
    chroma.data[i + chroma.area] = crOf(red, green, blue);
  }
  return chroma;
}
