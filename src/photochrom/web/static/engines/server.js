// The engine on the server: every function is a request to its API. See engine.js for what each gives.

import { Refusal } from "../refusal.js";
import { ask, resultName, send } from "./server/requests.js";

const UNKNOWN = "This is not a picture that can be read. Check the file.";
const TIFF = [[0x49, 0x49, 0x2a, 0], [0x4d, 0x4d, 0, 0x2a], [0x49, 0x49, 0x2b, 0], [0x4d, 0x4d, 0, 0x2b]];

export async function about(signal) {
  return (await ask("/api/v1/models", { signal })).json();
}

export async function open(file, page, signal, onWait) {
  if (file.size === 0) throw new Refusal("This file is empty.");
  if (!await mayHavePages(file)) {
    const bitmap = await createImageBitmap(file).catch(() => null);
    if (bitmap) return { file, page, pages: 1, picture: file, bitmap };
  }
  const answer = await send("/api/v1/preview", file, { page }, signal, onWait);
  const pages = Number(answer.headers.get("X-Photochrom-Pages")) || 1;
  const picture = await answer.blob();
  const bitmap = await createImageBitmap(picture).catch(() => { throw new Refusal(UNKNOWN); });
  return { file, page: page ?? (pages > 1 ? 1 : null), pages, picture, bitmap };
}

export async function chroma(opened, options, signal, onWait) {
  return (await post("/api/v1/chroma", opened, options, signal, onWait)).blob();
}

export async function suggest(opened, options, x, y, signal, onWait) {
  const answer = await post("/api/v1/suggest", opened, { ...options, x, y }, signal, onWait);
  return (await answer.json()).colors;
}

export async function answers(opened, options, signal, onWait) {
  const answer = await post("/api/v1/answers", opened, options, signal, onWait);
  return (await answer.json()).answers.map((one) => one.hints);
}

export async function render(opened, options, signal, onWait) {
  const answer = await post("/api/v1/colorize", opened, options, signal, onWait);
  const note = decodeURIComponent(answer.headers.get("X-Photochrom-Notes") ?? "");
  return { name: resultName(answer), blob: await answer.blob(), notes: note ? [note] : [] };
}

function post(path, { file, page }, { hints, ...options }, signal, onWait) {
  const known = hints?.length ? JSON.stringify({ version: 1, hints }) : null;
  return send(path, file, { ...options, page, hints: known }, signal, onWait);
}

// Browsers that know TIFF know its first page, and do not say that there are more.
async function mayHavePages(file) {
  const start = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  return TIFF.some((mark) => mark.every((byte, index) => start[index] === byte));
}
