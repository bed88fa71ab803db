// Results as files: encoded by the browser, named and described as the tool does it.

import { Refusal } from "../../../refusal.js";
import { command } from "../unsupported.js";
import { edited } from "./exif.js";
import { encodeJpeg } from "./jpeg.js";
import * as jpegSegments from "./jpeg_segments.js";
import { extract, trueOf } from "./metadata.js";
import { encodePng } from "./png.js";
import * as pngChunks from "./png_chunks.js";
import { note } from "./provenance.js";

const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i; // names that Windows keeps for devices
const LONGEST = 120; // bytes

// Throw a Refusal where a browser's result in this `format` would be less than the photograph `file`, called `name`.
export async function refuseDeep({ file, name, format }) {
  if (format !== "png" || extract(new Uint8Array(await file.slice(0, 64).arrayBuffer())).depth !== 16) return;
  throw new Refusal(`PNG of 16 bit is for the tool: ${command(name)}; or choose JPEG`);
}

// `pixels` { data, width, height } in color → {name, blob, notes}, with the metadata of the photograph `file`, called
// `name`. `made` is how they were made, as `note` has it; `profile` that of sRGB.
export async function write(pixels, { file, name, format }, made, profile) {
  const found = extract(new Uint8Array(await file.arrayBuffer())), size = [pixels.width, pixels.height];
  const told = { ...trueOf(found, note(made), size), profile };
  const keeps = `, which the tool keeps: ${command(name)}`;
  const notes = [...found.others].map((what) => `Without ${what}${keeps}`);
  if (format === "png") {
    return { name: resultName(name, ".png"), blob: await encodePng(pixels, await pngChunks.described(told)), notes };
  }
  if (told.chunks.length) notes.push(`Without the texts of PNG${keeps}`);
  if (!jpegSegments.fits(told.exif.length)) {
    told.exif = edited(new Uint8Array(0), note(made), size);
    notes.push(`Without its EXIF of more than 64 KB${keeps}`);
  }
  if (!jpegSegments.fits(told.xmp.length)) {
    told.xmp = "";
    notes.push(`Without its XMP of more than 64 KB${keeps}`);
  }
  const encoded = new Uint8Array(await (await encodeJpeg(pixels)).arrayBuffer());
  const blob = new Blob(jpegSegments.described(encoded, told), { type: "image/jpeg" });
  return { name: resultName(name, ".jpg"), blob, notes };
}

// A name for the result of the photograph called `name`: safe on every system.
export function resultName(name, suffix) {
  const last = name.normalize("NFC").replaceAll("\\", "/").split("/").pop();
  const stem = /^.+\.[^.]*$/.test(last) ? last.slice(0, last.lastIndexOf(".")) : last;
  const plain = shortened(trimmed(stem.replace(/[<>:"|?*\p{C}]|[^\S ]/gu, "_"))) || "photograph";
  return `${RESERVED.test(plain) ? "_" : ""}${plain}-color${suffix}`;
}

function shortened(text) {
  const bytes = new TextEncoder().encode(text).subarray(0, LONGEST);
  return trimmed(new TextDecoder().decode(bytes).replace(/\uFFFD+$/, ""));
}

const trimmed = (text) => text.replace(/^[. ]+|[. ]+$/g, "");
