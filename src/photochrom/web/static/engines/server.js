// The engine on the server: every function is a request to its API. See engine.js for what each gives.

import { Refusal } from "../refusal.js";
import { ask, resultName, send } from "./server/requests.js";

export { colorFilm } from "./server/films.js";

const UNKNOWN = "This is not a picture that can be read. Check the file.";
const DRAFT = 1200; // pixels of the longer side of what is sent for quick previews
const copies = new WeakMap(); // opened → Promise of its small copy, as it is sent
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

export function prepare(opened) {
  smallCopy(opened).catch(() => {}); // whoever needs it is told what is wrong
}

export async function chroma(opened, { draft, ...options }, signal, onWait) {
  const sent = draft ? [await smallCopy(opened), { ...await quick(options), format: "jpeg" }] : [opened, options];
  return (await post("/api/v1/chroma", ...sent, signal, onWait)).blob();
}

export async function suggest(opened, options, x, y, signal, onWait) {
  const answer = await post("/api/v1/suggest", await smallCopy(opened), { ...await quick(options), x, y }, signal, onWait);
  return (await answer.json()).colors;
}

export async function answers(opened, options, signal, onWait) {
  const answer = await post("/api/v1/answers", await smallCopy(opened), await quick(options), signal, onWait);
  return (await answer.json()).answers.map((one) => one.hints);
}

export async function render(opened, options, signal, onWait) {
  const answer = await post("/api/v1/colorize", opened, options, signal, onWait);
  const note = decodeURIComponent(answer.headers.get("X-Photochrom-Notes") ?? "");
  return { name: resultName(answer), blob: await answer.blob(), notes: note ? [note] : [] };
}

// The options of a preview: its reference is small, too, where the browser can decode it.
async function quick({ reference, ...options }) {
  if (!reference) return options;
  if (!copies.has(reference)) copies.set(reference, shrunk(reference).catch(() => ({ file: reference })));
  return { ...options, reference: (await copies.get(reference)).file };
}

// A photograph, small enough to be sent again and again; the network sees it smaller still.
function smallCopy(opened) {
  if (!copies.has(opened)) copies.set(opened, shrunk(opened.picture));
  return copies.get(opened);
}

async function shrunk(picture) {
  const whole = await createImageBitmap(picture), factor = Math.min(1, DRAFT / Math.max(whole.width, whole.height));
  const canvas = new OffscreenCanvas(...[whole.width, whole.height].map((side) => Math.max(1, Math.round(side * factor))));
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(whole, 0, 0, canvas.width, canvas.height);
  whole.close();
  const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
  return { file: new File([blob], "copy.jpg"), page: null };
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
