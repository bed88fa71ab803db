// Results as files: encoded by the browser, named and described as the tool does it.

import { encodeJpeg } from "./jpeg.js";
import { encodePng } from "./png.js";

const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i; // names that Windows keeps for devices
const LONGEST = 120; // bytes

export class Results {
  // Other files of the page are below the URL `root`; `version` is that of Photochrom.
  constructor(root, version) {
    Object.assign(this, { root, version });
  }

  // `pixels` { data, width, height } in color → {name, blob, notes}, with the metadata of the photograph's `file`.
  async write(pixels, { file, name, format }, made) {
    const blob = format === "png" ? await encodePng(pixels) : await encodeJpeg(pixels);
    return { name: resultName(name, format === "png" ? ".png" : ".jpg"), blob, notes: [] };
  }
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
