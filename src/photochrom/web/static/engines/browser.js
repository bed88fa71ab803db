// The engine in the browser: a worker runs the network and computes what is around it, so that the page never waits,
// and no photograph leaves the device. See engine.js for what each function gives.

import { Refusal } from "../refusal.js";
import { isolate } from "./browser/isolation.js";
import { refuseUnlessShown, tooLarge } from "./browser/unsupported.js";

const ROOT = new URL("../../", import.meta.url).href; // of the page
const BROKEN = "The memory of this browser does not suffice for this photograph. Close other tabs, or make it smaller.";
const READY = "Ready, also without a connection.";
const MOST_THREADS = 4; // more do not make it faster

const calls = new Map(); // number → what waits for the worker's answer
const numbers = new WeakMap(); // Blob → its number, for each time it is another object in the worker
let worker = null, told = null, number = 0;
let onLoaded = null; // called when a model is there, whichever call it was loaded for

export async function about(signal, onWait) {
  await isolate(new URL("service_worker.js", ROOT), () => document.body.classList.contains("empty")); // of photographs
  told ??= await fetch(new URL("about.json", ROOT), { signal }).then((answer) => answer.json(), () => {
    throw new Refusal("The page is not whole, and there is no connection. Connect once.", { gone: true });
  });
  onLoaded = () => onWait?.(navigator.serviceWorker?.controller ? READY : "");
  const load = call("load", { model: told.models[0].name }, signal, onWait);
  load.then(onLoaded, ({ message }) => onWait?.(message));
  return told;
}

export async function open(file, page, signal) {
  if (file.size === 0) throw new Refusal("This file is empty.");
  const bitmap = await createImageBitmap(file).catch(() => null);
  await refuseUnlessShown(file, bitmap);
  if (told && bitmap.width * bitmap.height > told.limits.pixels) throw tooLarge(file, told.limits.pixels);
  signal?.throwIfAborted();
  return { file, page: null, pages: 1, picture: file, bitmap };
}

export function prepare() {} // the worker keeps what it has seen of the last photograph

export function chroma(opened, options, signal, onWait) {
  return call("chroma", packed(opened, options), signal, onWait);
}

export function suggest(opened, options, x, y, signal, onWait) {
  return call("suggest", { ...packed(opened, options), x, y }, signal, onWait);
}

export function answers(opened, options, signal, onWait) {
  return call("answers", packed(opened, options), signal, onWait);
}

export function render(opened, options, signal, onWait) {
  return call("render", packed(opened, options), signal, onWait);
}

// Options as the worker gets them.
function packed({ file }, { layer, reference, ...options }) {
  const [some, other] = [layer, reference].map((blob) => (blob ? { blob, number: numbered(blob) } : null));
  return { ...options, file, name: file.name, photograph: numbered(file), layer: some, reference: other };
}

function numbered(blob) {
  if (!numbers.has(blob)) numbers.set(blob, ++number);
  return numbers.get(blob);
}

// Ask the worker, which answers one call after the other.
function call(method, options, signal, onWait) {
  if (signal?.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const id = ++number;
    calls.set(id, { resolve, reject, onWait });
    signal?.addEventListener("abort", () => {
      if (!calls.delete(id)) return;
      worker?.postMessage({ id, abort: true });
      reject(signal.reason);
    }, { once: true });
    running().postMessage({ id, method, options });
  });
}

function running() {
  if (worker) return worker;
  worker = new Worker(new URL("browser/worker.js", import.meta.url), { type: "module" });
  worker.addEventListener("message", ({ data }) => settle(data));
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    worker.terminate();
    worker = null; // the next call starts another
    for (const { reject } of calls.values()) reject(new Refusal(BROKEN, { retry: true }));
    calls.clear();
  });
  const threads = crossOriginIsolated ? Math.min(navigator.hardwareConcurrency, MOST_THREADS) : 1;
  worker.postMessage({ start: { root: ROOT, about: told, threads } });
  return worker;
}

function settle({ id, value, refusal, loading }) {
  if (loading !== undefined) {
    for (const { onWait } of calls.values()) onWait?.(loading);
    if (!loading) onLoaded?.();
    return;
  }
  const waiting = calls.get(id);
  calls.delete(id);
  if (refusal) waiting?.reject(new Refusal(refusal.message, { retry: refusal.retry }));
  else waiting?.resolve(value);
}
