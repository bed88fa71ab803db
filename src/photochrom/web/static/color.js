// The colors of a preview: luma from the photograph, chroma from the engine, saturation and warmth from here.
// The same arithmetic as photochrom/color.py (BT.601 at full range) and look.py, and a test compares them.

export const RED = 0.299, GREEN = 0.587, BLUE = 0.114;
export const PLAIN = { saturation: 1, warmth: 0 }; // the look that changes nothing
export const WARM = [-0.079, 0.0585]; // Cb and Cr that daylight of 4000 K gives to a middle gray

// How much of an offset of one channel fits above or below the luma, at most all of it.
export function room(luma, offset) {
  if (offset > 0) return Math.min(1, (255 - luma) / offset);
  return offset < 0 ? Math.min(1, luma / -offset) : 1;
}

// Color `before` (RGBA bytes) into `after` with `chroma` (RGBA bytes whose red and green hold Cb and Cr, 128 for
// none and 254 levels for the whole range, and whose blue is how far a pixel is hinted). As far as it is not hinted, it
// is scaled by `saturation` and shifted by `warmth`. It is pulled towards gray by the smallest factor that brings every
// channel into its range.
export function paint(before, chroma, { saturation = 1, warmth = 0 }, after) {
  for (let i = 0; i < before.length; i += 4) {
    const luma = RED * before[i] + GREEN * before[i + 1] + BLUE * before[i + 2];
    const guessed = 1 - chroma[i + 2] / 255;
    const scale = (1 + (saturation - 1) * guessed) * 255 / 254;
    const light = 4 * warmth * guessed * luma * (1 - luma / 255);
    const red = (2 - 2 * RED) * ((chroma[i + 1] - 128) * scale + WARM[1] * light);
    const blue = (2 - 2 * BLUE) * ((chroma[i] - 128) * scale + WARM[0] * light);
    const green = -(RED * red + BLUE * blue) / GREEN;
    const factor = Math.min(room(luma, red), room(luma, green), room(luma, blue));
    after[i] = luma + factor * red;
    after[i + 1] = luma + factor * green;
    after[i + 2] = luma + factor * blue;
    after[i + 3] = before[i + 3];
  }
}
