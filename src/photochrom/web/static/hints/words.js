// A color in words, for those who listen to the page, and for tips.

import { lumaOf } from "./swatches.js";

const HUES = [[14, "red"], [40, "orange"], [66, "yellow"], [165, "green"], [195, "teal"], [255, "blue"], [290, "purple"],
  [335, "pink"], [361, "red"]]; // each up to so many degrees

export function hueOf([red, green, blue]) {
  const most = Math.max(red, green, blue), range = most - Math.min(red, green, blue);
  if (range === 0) return 0;
  const sixth = most === red ? (green - blue) / range : most === green ? 2 + (blue - red) / range : 4 + (red - green) / range;
  return (sixth * 60 + 360) % 360;
}

export function inWords(color) {
  const luma = lumaOf(color), most = Math.max(...color), range = most - Math.min(...color);
  const light = luma < 70 ? "dark " : luma > 185 ? "light " : "";
  if (range < 14) return luma < 25 ? "black" : luma > 240 ? "white" : `${light}gray`;
  const hue = HUES.find(([end]) => hueOf(color) < end)[1];
  if (hue === "orange" && (luma < 140 || range < 90)) return luma > 150 ? "beige" : `${light}brown`;
  return `${range < 45 ? "grayish " : ""}${light}${hue}`;
}
