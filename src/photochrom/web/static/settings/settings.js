// How the shown photograph is colored: saturation, warmth and working size. Each photograph has its own.

import { PLAIN } from "../color.js";

const $ = (id) => document.getElementById(id);
const LOOK = { // each with how its value is written
  saturation: (value) => value.toFixed(2),
  warmth: (value) => `${value > 0 ? "+" : ""}${value.toFixed(2)}`,
};

export class Settings {
  // `page` tells of the page: shown(), photos() and stages(), and has recolor(photo) and say(text).
  constructor(page) {
    this.page = page;
    for (const name of Object.keys(LOOK)) {
      $(name).addEventListener("input", ({ target }) => this.#give([page.shown()], { [name]: Number(target.value) }));
    }
    $("size").addEventListener("change", ({ target }) => this.#see([page.shown()], Number(target.value) || null));
    $("settings-reset").addEventListener("click", () => this.#apply([page.shown()], PLAIN, null));
    $("settings-all").addEventListener("click", () => {
      const { look, size } = page.shown();
      this.#apply(page.photos(), look, size);
      page.say("All photographs have these settings.");
    });
  }

  show() {
    const { look, size } = this.page.shown() ?? { look: PLAIN, size: null };
    for (const [name, written] of Object.entries(LOOK)) {
      $(name).value = look[name];
      $(`${name}-value`).textContent = written(look[name]);
    }
    $("size").value = size ?? "";
    $("settings-all").hidden = this.page.photos().length < 2;
    $("settings-reset").disabled = size === null && Object.keys(PLAIN).every((name) => look[name] === PLAIN[name]);
  }

  #apply(photos, look, size) {
    this.#give(photos, look);
    this.#see(photos, size);
  }

  // A look is given here, at once.
  #give(photos, changes) {
    for (const photo of photos) photo.give({ ...photo.look, ...changes });
    this.show();
    for (const stage of this.page.stages()) stage.give(this.page.shown().look);
    if (this.page.shown().isFilm) this.page.recolor(this.page.shown()); // its colors are in its file
  }

  // Another working size needs the network.
  #see(photos, size) {
    for (const photo of photos) {
      if (photo.size === size) continue;
      photo.size = size;
      this.page.recolor(photo);
    }
    this.show();
  }
}
