// Single colors, as [red, green, blue] from 0 to 255: their luma and chroma, and how they look at another luma.

import { BLUE, GREEN, RED, room } from "../color.js";

export const lumaOf = ([red, green, blue]) => RED * red + GREEN * green + BLUE * blue;

// Cb and Cr, in levels from -127.5 to 127.5.
export function chromaOf(color) {
  const luma = lumaOf(color);
  return [(color[2] - luma) / (2 - 2 * BLUE), (color[0] - luma) / (2 - 2 * RED)];
}

function offsets([cb, cr]) {
  const red = (2 - 2 * RED) * cr, blue = (2 - 2 * BLUE) * cb;
  return [red, -(RED * red + BLUE * blue) / GREEN, blue];
}

// The color of that chroma at a luma, as strong as there is room for.
export function atLuma(luma, chroma) {
  const added = offsets(chroma), factor = Math.min(...added.map((offset) => room(luma, offset)));
  return added.map((offset) => Math.min(255, Math.max(0, Math.round(luma + factor * offset))));
}

// How strong a color of that hue can be at a luma; the hue is an angle in the plane of Cb and Cr.
export function strongest(luma, hue) {
  const far = 1000;
  return far * Math.min(...offsets([far * Math.cos(hue), far * Math.sin(hue)]).map((offset) => room(luma, offset)));
}

export const css = ([red, green, blue]) => `rgb(${red} ${green} ${blue})`;
export const hex = (color) => `#${color.map((level) => level.toString(16).padStart(2, "0")).join("")}`;
