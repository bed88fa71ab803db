// ONNX Runtime Web, and the models, each loaded once: of all that the page loads, these are large.

import * as ort from "../../onnxruntime/ort.wasm.bundle.min.mjs";
import { Model } from "./model.js";
import { Planes } from "./planes.js";

const REPORT_EVERY = 200; // milliseconds

export class Sessions {
  #models = new Map(); // name → promise of a Model
  #runtime = null; // promise of the WebAssembly

  // `about` is what about.json says; files are below the URL `root`; `onLoad` is told in one line what is on its way.
  constructor(root, about, threads, onLoad) {
    Object.assign(this, { root, about, onLoad });
    ort.env.wasm.numThreads = threads;
    ort.env.logLevel = "error";
  }

  // The model `name`, loaded if it is not there yet.
  get(name) {
    if (!this.#models.has(name)) {
      const opening = this.#open(this.about.models.find((card) => card.name === name));
      opening.catch(() => this.#models.delete(name)); // to be tried again
      this.#models.set(name, opening);
    }
    return this.#models.get(name);
  }

  async #open(card) {
    const parts = this.#runtime ? [card] : [card, this.about.runtime];
    const report = progress(parts.reduce((sum, { bytes }) => sum + bytes, 0), this.onLoad);
    this.#runtime ??= this.#load(this.about.runtime.file, report).then(uncompressed);
    const [model, wasm] = await Promise.all([this.#load(card.file, report), this.#runtime.catch((error) => {
      this.#runtime = null;
      throw error;
    })]);
    ort.env.wasm.wasmBinary ??= wasm;
    this.onLoad("Starting the network…");
    const asleep = { session: { intra_op: { allow_spinning: "0" } } }; // threads that wait leave the cores to others
    const options = { executionProviders: ["wasm"], enableCpuMemArena: false, extra: asleep };
    const session = await ort.InferenceSession.create(model, options);
    this.onLoad("");
    return new Model(card.name, card.metadata, (inputs, outputs) => run(session, inputs, outputs));
  }

  async #load(file, report) {
    const answer = await fetch(new URL(file, this.root)).catch(() => null);
    if (!answer?.ok) throw new LoadError("the network does not arrive; check the connection, and try again");
    const chunks = [];
    for (const reader = answer.body.getReader();;) {
      const { done, value } = await reader.read().catch(() => {
        throw new LoadError("the network does not arrive whole; check the connection, and try again");
      });
      if (done) return new Uint8Array(await new Blob(chunks).arrayBuffer());
      chunks.push(value);
      report(value.length);
    }
  }
}

export class LoadError extends Error {}

async function run(session, inputs, outputs) {
  const feeds = Object.fromEntries(Object.entries(inputs).map(([name, { data, count, height, width }]) => (
    [name, new ort.Tensor("float32", data, [1, count, height, width])])));
  const results = await session.run(feeds, outputs);
  return Object.fromEntries(outputs.map((name) => {
    const { dims, data } = results[name];
    return [name, new Planes(...dims.slice(1), data)];
  }));
}

// A function that is told of bytes as they come, and tells `onLoad` now and then how many of the `total` there are.
function progress(total, onLoad) {
  const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
  let loaded = 0, last = 0;
  return (bytes) => {
    loaded += bytes;
    const now = performance.now();
    if (now - last < REPORT_EVERY) return;
    last = now;
    onLoad(`Loading the network, once: ${megabytes(Math.min(loaded, total))} of ${megabytes(total)} MB`);
  };
}

// Some hosts say of a compressed file that it is compressed, and then the browser has undone it already.
async function uncompressed(bytes) {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes.buffer;
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}
