// A model as the numbers around it see it: what its file says of itself, and how it is run.

import { ModelError } from "./errors.js";

export class Model {
  #run;

  // `metadata` are the keys of the file, without "photochrom.", all text. `run(inputs, outputs)` gives, for the Planes
  // `inputs.luma` (1, H, W) and, if the model takes them, `inputs.hints` (3, H, W), a promise of the Planes that
  // `outputs` name: { chroma: Planes, ... }.
  constructor(name, metadata, run) {
    this.name = name;
    this.workingSize = Number(metadata.working_size);
    this.multipleOf = Number(metadata.multiple_of);
    this.takesHints = metadata.hints === "1";
    this.outputs = JSON.parse(metadata.outputs ?? "{}");
    this.#run = run;
  }

  // The names of the maps of the encoder, by which places that look alike are found; the finest first.
  get features() {
    const named = Object.entries(this.outputs).filter(([, told]) => "scale" in told);
    return named.sort(([, first], [, second]) => first.scale - second.scale).map(([name]) => name);
  }

  // Cb and Cr of the bins that `logits` are about, [[Cb, Cr], ...].
  get centers() {
    this.refuseWithoutDistribution();
    return this.outputs.logits.centers;
  }

  // Planes (2, h, w) of chroma, for luma (1, H, W) and `hints` (3, H, W), or null.
  async chroma(luma, hints = null) {
    return (await this.#ask(["chroma"], luma, hints)).chroma;
  }

  // How likely each bin of color is, (K, h, w), before softmax; for the same.
  async logits(luma, hints = null) {
    this.refuseWithoutDistribution();
    return (await this.#ask(["logits"], luma, hints)).logits;
  }

  // What the encoder sees in luma: maps (C, h, w), finest first.
  async maps(luma) {
    const names = this.features;
    if (!names.length) throw new ModelError(`the model ${this.name} has no features to match references by`);
    const found = await this.#ask(names, luma, null);
    return names.map((name) => found[name]);
  }

  refuseWithoutDistribution() {
    if (this.outputs.logits) return;
    throw new ModelError(`the model ${this.name} knows one color a place, not how likely others are; choose another`);
  }

  refuseWithoutAnswers() {
    this.refuseWithoutDistribution();
    if (!this.takesHints) {
      throw new ModelError(`the model ${this.name} takes no hints, by which several answers are made; choose another`);
    }
  }

  #ask(outputs, luma, hints) {
    return this.#run(this.takesHints ? { luma, hints: hints ?? luma.zeros(3) } : { luma }, outputs);
  }
}
