// The chunks of PNG files that hold metadata (W3C, Portable Network Graphics, third edition).

import { bytesOf, textOf } from "./exif.js";
import { joined, viewOf } from "./ifd.js";
import { deflated } from "./png.js";

const XMP = "XML:com.adobe.xmp", RAW_PROFILE = "Raw profile type ";
const TEXTS = ["tEXt", "zTXt", "iTXt"];
const METERS = 1, INCH = 0.0254;

function* chunks(bytes) {
  const view = viewOf(bytes);
  for (let place = 8; place + 12 <= bytes.length;) {
    const length = view.getUint32(place), name = textOf(bytes.subarray(place + 4, place + 8)), end = place + 8 + length;
    if (name === "IEND" || end + 4 > bytes.length) return;
    yield [name, bytes.subarray(place + 8, end)];
    place = end + 4; // after the checksum
  }
}

// What the file says: { exif, xmp, dpi, chunks, others, depth }; `chunks` are those that a PNG takes over as they are,
// and `others` names of what is for the tool alone.
export function read(bytes) {
  const found = { exif: new Uint8Array(0), xmp: "", dpi: null, chunks: [], others: new Set(), depth: bytes[24] };
  for (const [name, data] of chunks(bytes)) {
    const keyword = TEXTS.includes(name) ? textOf(data.subarray(0, data.indexOf(0))) : "";
    if (name === "acTL") found.others.add("all frames but the first");
    else if (name === "eXIf") found.exif = data.slice();
    else if (name === "pHYs" && data.length === 9 && data[8] === METERS) {
      found.dpi = [0, 4].map((at) => viewOf(data).getUint32(at) * INCH);
    } else if (keyword === XMP) {
      const text = /^[^\0]*\0\0.[^\0]*\0[^\0]*\0([^]*)$/.exec(textOf(data));
      if (text) found.xmp ||= text[1];
      else found.others.add("compressed XMP");
    } else if (keyword.startsWith(RAW_PROFILE)) found.others.add(keyword.slice(RAW_PROFILE.length));
    else if (keyword || name === "tIME" || isSafe(name)) found.chunks.push([name, data.slice()]);
  }
  return found;
}

// Chunks whose first and last letters are small may be copied by anybody; those that are read above are no such.
const isSafe = (name) => /^[a-z]..[a-z]$/.test(name) && !["pHYs", "eXIf"].includes(name);

// The chunks that say what is known of a result.
export async function described({ exif, xmp, photoshop, isIptc, dpi, chunks: kept, comments, profile }) {
  const found = [["iCCP", joined(bytesOf("ICC Profile\0\0"), await compressed(profile))]];
  if (dpi) found.push(["pHYs", physical(dpi)]);
  found.push(["eXIf", exif]);
  if (xmp) found.push(["iTXt", bytesOf(`${XMP}\0\0\0\0\0${xmp}`)]);
  if (photoshop.length) found.push(["zTXt", await rawProfile(isIptc ? "iptc" : "8bim", photoshop)]);
  return [...found, ...kept, ...comments.map(comment)];
}

// `bytes` as ImageMagick and ExifTool put into a text what PNG has no place for.
async function rawProfile(kind, bytes) {
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const text = `\n${kind}\n${String(bytes.length).padStart(8)}\n${digits}\n`;
  return joined(bytesOf(`${RAW_PROFILE}${kind}\0\0`), await compressed(bytesOf(text)));
}

async function compressed(bytes) {
  const packed = [];
  for await (const piece of deflated([bytes])) packed.push(piece);
  return joined(...packed);
}

function physical(dpi) {
  const data = new Uint8Array(9), view = viewOf(data);
  dpi.forEach((value, index) => view.setUint32(4 * index, Math.floor(value / INCH + 0.5)));
  data[8] = METERS;
  return data;
}

function comment(bytes) {
  const text = textOf(bytes).replace(/\0+$/, "").replaceAll("\0", " ");
  const isUtf8 = /[\x80-\xff]/.test(text) && new TextDecoder().decode(bytes).includes("\ufffd") === false;
  return isUtf8 ? ["iTXt", bytesOf(`Comment\0\0\0\0\0${text}`)] : ["tEXt", bytesOf(`Comment\0${text}`)];
}
