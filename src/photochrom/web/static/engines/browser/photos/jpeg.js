// JPEG files, encoded by the browser.

import { Refusal } from "../../../refusal.js";

// Below this, Chromium halves the colors' resolution. The file is up to a third larger than the tool's, whose quality
// is 98 at full resolution, and nearer to the colors.
const QUALITY = 1;
const STRIP = 1 << 20; // pixels

// `pixels` { data, width, height }, RGBA, whose alpha is lost → a Blob.
export async function encodeJpeg(pixels) {
  const { data, width, height } = pixels, rows = Math.max(1, Math.floor(STRIP / width));
  const canvas = new OffscreenCanvas(width, height), context = canvas.getContext("2d", { alpha: false });
  for (let at = 3; at < data.length; at += 4) data[at] = 255;
  for (let top = 0; top < height; top += rows) {
    const some = Math.min(rows, height - top);
    const strip = new ImageData(data.subarray(4 * top * width, 4 * (top + some) * width), width, some);
    context.putImageData(strip, 0, top);
  }
  return canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY }).catch(() => {
    throw new Refusal("this browser makes no JPEG of this size; choose PNG");
  });
}
