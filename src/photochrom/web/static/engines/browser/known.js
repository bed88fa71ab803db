// What is known of a photograph's colors, as the page sends it: a reference, a painted layer on it, and points on top.

import { HintError } from "./errors.js";
import { Hints } from "./hints/hints.js";
import { readLayer } from "./hints/layers.js";
import { Point } from "./hints/points.js";
import { References } from "./hints/reference.js";
import { decode } from "./photos/decoding.js";

export class Known {
  #kept = {}; // what was read last as "layer" and as "reference", for what is asked next will mostly be of the same

  // The Hints for `network`. `hints` are points; `layer` and `reference` are {blob, number}, and told apart by that.
  async read({ hints, layer, reference }, network) {
    const references = reference && await this.#once("reference", `${reference.number} ${network.name}`, async () => (
      References.read(network, [await decode(reference.blob)])));
    const painting = layer && await this.#once("layer", layer.number, async () => (
      readLayer(await decode(layer.blob))));
    try {
      const points = (hints ?? []).map((point) => new Point(point));
      return new Hints([references, painting, ...points].filter(Boolean));
    } catch (error) {
      throw error instanceof HintError ? new HintError(`hints: ${error.message}`) : error;
    }
  }

  async #once(kind, key, read) {
    if (this.#kept[kind]?.key !== key) this.#kept[kind] = { key, value: await read() };
    return this.#kept[kind].value;
  }
}
