// The working size: what the network sees of a photograph of any size.

import { rounded } from "./rounding.js";

export const SMALLEST = 32; // pixels; below this a deep network sees nothing

// The height and width at which the network sees a photograph: about `size` squared in area and near its aspect, as
// far as sides that are multiples of `multipleOf` and at least 32 allow.
export function workingShape(height, width, size, multipleOf) {
  const smallest = Math.ceil(SMALLEST / multipleOf) * multipleOf;
  const largest = Math.max(smallest, Math.floor(Math.floor(size * size / smallest) / multipleOf) * multipleOf);
  const aspect = Math.sqrt(height / width);
  const sides = [size * aspect, size / aspect].map((side) => rounded(side / multipleOf) * multipleOf);
  return sides.map((side) => Math.min(Math.max(side, smallest), largest));
}
