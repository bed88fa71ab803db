// What a photograph's file says beside its pixels, and how a result carries it on: EXIF, XMP, IPTC, the resolution,
// comments and texts. What is left out is told: photochrom/photos/metadata.py and embedding.py keep more.

import { edited, resolution, software, textOf } from "./exif.js";
import { viewOf } from "./ifd.js";
import * as jpegSegments from "./jpeg_segments.js";
import { kept } from "./photoshop.js";
import * as pngChunks from "./png_chunks.js";
import { isNote, signed } from "./provenance.js";

const DEFAULT = [72, 72]; // pixels per inch of a JPEG file whose EXIF says nothing of them (CIPA DC-008)
const NONE = new Uint8Array(0);
const NOTHING = {
  exif: NONE, xmp: "", photoshop: NONE, dpi: null, comments: [], chunks: [], others: new Set(), depth: 8,
};
const FRAMES = new Set(["all frames but the first"]);
// What XMP says of the pixels, where it says it at all; 1 is sRGB, as in EXIF.
const WIDTHS = "tiff:ImageWidth|exif:PixelXDimension", HEIGHTS = "tiff:ImageLength|exif:PixelYDimension";
const PICTURES = /<(xmp|xap):Thumbnails\b[^]*?<\/\1:Thumbnails>/g;

// { exif, xmp, photoshop, dpi, comments, chunks, others, depth } of a photograph's file, `bytes`.
export function extract(bytes) {
  const start = textOf(bytes.subarray(0, 12));
  const found = { ...NOTHING, ...parts(bytes, start) };
  const silent = start.startsWith("\xff\xd8") ? DEFAULT : null;
  return { ...found, dpi: sensible(found.dpi) ?? sensible(resolution(found.exif, silent)) };
}

function parts(bytes, start) {
  if (start.startsWith("\xff\xd8")) return jpegSegments.read(bytes);
  if (start.startsWith("\x89PNG")) return pngChunks.read(bytes);
  if (start.startsWith("RIFF") && start.endsWith("WEBP")) return ofWebp(bytes);
  if (start.startsWith("GIF89a") && textOf(bytes.subarray(0, 1000)).includes("NETSCAPE2.0")) return { others: FRAMES };
  return start.startsWith("ftyp", 4) ? { others: new Set(["what an AVIF file says of itself"]) } : {};
}

// The same as it is true of a result of `size` [width, height], with our `note`.
export function trueOf(found, note, size) {
  const comments = found.comments.filter((comment) => !isNote(textOf(comment)));
  const exif = edited(found.exif, signed(software(found.exif), note), size);
  const { resources: photoshop, isIptc } = kept(found.photoshop);
  return { ...found, comments, exif, xmp: xmpOf(found.xmp, size), photoshop, isIptc };
}

// XMP as true of an upright sRGB result, without small pictures.
function xmpOf(xmp, [width, height]) {
  let changed = xmp.replace(/(tiff:Orientation(?:\s*=\s*["']|>))[0-9]/g, "$11").replace(/\0+$/, "");
  for (const [names, value] of [[WIDTHS, width], [HEIGHTS, height], ["exif:ColorSpace", 1]]) {
    const said = new RegExp(`(\\b(?:${names})(?:\\s*=\\s*["']|>))[0-9]+`, "g");
    changed = changed.replace(said, (_, before) => before + value);
  }
  return changed.replace(PICTURES, "");
}

// The chunks of WebP that hold metadata (RFC 9649).
function ofWebp(bytes) {
  const view = viewOf(bytes), found = {};
  for (let place = 12; place + 8 <= bytes.length;) {
    const name = textOf(bytes.subarray(place, place + 4)), size = view.getUint32(place + 4, true);
    const body = bytes.subarray(place + 8, place + 8 + size);
    if (name === "EXIF") found.exif = textOf(body.subarray(0, 6)) === "Exif\0\0" ? body.slice(6) : body.slice();
    if (name === "XMP ") found.xmp = textOf(body);
    if (name === "ANIM") found.others = FRAMES;
    place += 8 + size + size % 2;
  }
  return found;
}

// A resolution that every format can hold, or null.
const sensible = (dpi) => (dpi?.every((value) => value > 0 && value < 65536) ? dpi : null);
