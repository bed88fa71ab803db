// A few families of things whose colors people know, with typical shades. Which of them fit depends on the luma of the
// place, at which they are shown.

import { atLuma, chromaOf, lumaOf } from "./swatches.js";

const UNLIKE = 7; // levels of chroma between two shades that are both worth showing
const FAR = 90; // levels of luma between a shade and a place at which it is not typical

// Each with the path of its icon, in a box of 24 by 24.
const FAMILIES = [
  { name: "Skin", icon: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16M8.8 14c1.6 2.2 4.8 2.2 6.4 0M9.4 10v.6M14.6 10v.6",
    shades: [[246, 214, 195], [236, 188, 160], [212, 160, 125], [180, 125, 92], [140, 92, 66], [92, 60, 45]] },
  { name: "Hair", icon: "M5.5 20c-2-9 1-15.5 6.5-15.5S20.5 11 18.5 20M8.5 20v-7c4 0 6.5-1.5 7-4v11",
    shades: [[222, 192, 140], [182, 140, 90], [150, 84, 52], [112, 78, 54], [70, 50, 40], [52, 48, 48]] },
  { name: "Cloth", icon: "M8.5 4.5 3.5 7l2 4.5 2.5-1V20h8v-9.5l2.5 1 2-4.5-5-2.5c-1 2-6 2-7 0z",
    shades: [[150, 35, 42], [44, 66, 120], [92, 98, 62], [176, 150, 104], [110, 62, 120], [40, 112, 110], [206, 120, 140]] },
  { name: "Wood", icon: "M12 4.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15M12 8.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7M12 12v.1",
    shades: [[206, 168, 120], [172, 124, 78], [132, 84, 52], [96, 58, 38], [140, 132, 120]] },
  { name: "Foliage", icon: "M5 19C4.5 9.5 10 5 19 5c0 9-4.5 14.5-14 14zM5 19l8-8",
    shades: [[160, 176, 90], [112, 142, 66], [74, 108, 56], [52, 82, 60], [190, 160, 62], [176, 96, 44]] },
  { name: "Sky", icon: "M7.5 18h9.5a3.8 3.8 0 0 0 .4-7.6A5.5 5.5 0 0 0 6.9 9.2 4.4 4.4 0 0 0 7.5 18z",
    shades: [[200, 220, 238], [160, 196, 228], [116, 162, 208], [76, 122, 178], [232, 190, 150], [206, 208, 212]] },
  { name: "Brick", icon: "M4 6h16v12H4zM4 12h16M12 6v6M8 12v6M16 12v6",
    shades: [[196, 120, 92], [172, 88, 66], [142, 66, 50], [204, 150, 120], [186, 160, 140]] },
];

// The families as they look at a luma: {name, icon, shades: [{color, shown}]}, the most typical first.
export function familiesAt(luma) {
  return FAMILIES.map(({ name, icon, shades }) => {
    const near = shades.toSorted((one, other) => Math.abs(lumaOf(one) - luma) - Math.abs(lumaOf(other) - luma));
    const fitting = near.filter((shade, index) => index < 3 || Math.abs(lumaOf(shade) - luma) < FAR);
    return { name, icon, shades: distinct(fitting.map((color) => ({ color, shown: atLuma(luma, chromaOf(color)) }))) };
  });
}

// Without those that look like one before.
export function distinct(swatches) {
  const differ = (one, other) => {
    const [a, b] = [chromaOf(one.shown), chromaOf(other.shown)];
    return Math.hypot(a[0] - b[0], a[1] - b[1]) >= UNLIKE;
  };
  return swatches.filter((swatch, index) => swatches.slice(0, index).every((before) => differ(swatch, before)));
}
