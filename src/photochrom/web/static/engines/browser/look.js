// How colors are to look, whatever the model painted: how strong, and how warm. Not what was hinted: that is known.

import { WARM } from "../../color.js";

// Give a look to `planes` (3, rows, width) of `luma`: Cb, Cr, and how far they are hinted, where they get less of it.
// `saturation` scales colors, from 0 (gray) to 10; `warmth` shifts them towards blue (-1) or orange (1).
export function give({ saturation = 1, warmth = 0 }, { data, area }, luma) {
  if (saturation === 1 && warmth === 0) return;
  for (let i = 0; i < area; i++) {
    const guessed = 1 - data[i + 2 * area], strength = 1 + (saturation - 1) * guessed;
    const light = 4 * warmth * guessed * luma[i] * (1 - luma[i]);
    data[i] = data[i] * strength + WARM[0] * light;
    data[i + area] = data[i + area] * strength + WARM[1] * light;
  }
}
