// Photoshop's image resources, in which JPEG and PNG hold IPTC and much else (Adobe, Photoshop File Formats).

import { textOf } from "./exif.js";
import { joined, viewOf } from "./ifd.js";

const IPTC = 0x0404;
// What is not true of a result: small pictures of the source, its color profile and table, and copies of its EXIF.
const NOT_TRUE = [0x0409, 0x040c, 0x040f, 0x0411, 0x0416, 0x0417, 0x0422, 0x0423];
const HEADS = ["8BIM", "PHUT", "AgHg", "DCSR", "MeSa"];

// What is true of a result of the resources in `bytes`, IPTC first; `isIptc` says whether that is all.
export function kept(bytes) {
  const found = [...resources(bytes)], iptc = found.find(({ code }) => code === IPTC);
  const rest = found.filter((one) => one !== iptc && !NOT_TRUE.includes(one.code));
  return { resources: joined(...[iptc, ...rest].filter(Boolean).map(({ raw }) => raw)), isIptc: !rest.length };
}

function* resources(bytes) {
  const view = viewOf(bytes);
  for (let place = 0; place + 8 <= bytes.length && HEADS.includes(textOf(bytes.subarray(place, place + 4)));) {
    const start = place + 6 + Math.floor((bytes[place + 6] + 2) / 2) * 2; // its name and length fill an even number
    if (start + 4 > bytes.length) return;
    const end = start + 4 + view.getUint32(start);
    if (end > bytes.length) return;
    const raw = bytes.slice(place, end);
    yield { code: view.getUint16(place + 4), raw: raw.length % 2 ? joined(raw, new Uint8Array(1)) : raw };
    place = end + (end - start) % 2;
  }
}
