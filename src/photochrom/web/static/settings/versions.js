// Other versions of the shown photograph: what the model thinks possible, too, as a strip to choose from. The one that
// is chosen adds its hints to what a person knows, as a step that can be undone.

import * as engine from "../engine.js";
import { fromPoints, toPoints } from "../hints/marks.js";

const COUNT = 4;
const SEARCH = "Looking for other versions…";
const SURE = "The model is sure of the colors: it has no other version.";
const CHOOSE = "Which one is right? You can choose again at any time.";
const $ = (id) => document.getElementById(id);

export class Versions {
  #found = null; // {photo, added: the marks that each version adds}
  #asking = null; // AbortController

  // `page` tells of the page: current() and models(), and has say and warn; `editing` changes marks.
  constructor(page, editing) {
    Object.assign(this, { page, editing, list: $("versions") });
    $("versions-find").addEventListener("click", () => this.#find());
    $("versions-close").addEventListener("click", () => {
      this.#leave();
      $("versions-find").focus();
    });
  }

  show() {
    const photo = this.page.current();
    if (this.#found && this.#found.photo !== photo) this.#leave();
    $("versions-find").disabled = !photo?.opened || Boolean(this.#asking);
    $("versions-box").hidden = !this.#found;
    if (!this.#found) return;
    const chosen = this.#found.added.findLastIndex((marks) => marks.every((mark) => isAmong(mark, photo.marks)));
    this.list.querySelectorAll("button").forEach((button, index) => {
      button.setAttribute("aria-pressed", String(index === chosen));
    });
  }

  async #find() {
    const photo = this.page.current(), [model] = this.page.models(), options = { ...photo.recipe, model };
    this.#leave();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    this.#found = { photo, added: [] };
    this.#note(SEARCH);
    try {
      const answers = await engine.answers(photo.opened, { ...options, count: COUNT }, signal);
      const added = answers.map((hints) => fromPoints(hints, photo.aspect));
      const isSure = added.length < 2;
      const pictures = isSure ? [] : added.map((marks) => this.#picture(photo, marks, options, signal));
      await Promise.all(pictures).then((drawn) => signal.aborted || this.#offer(photo, added, drawn));
    } catch (error) {
      if (signal.aborted) return;
      this.#leave();
      this.page.warn(error.message);
    } finally {
      if (this.#asking?.signal === signal) this.#asking = null;
      this.show();
    }
  }

  async #picture(photo, added, options, signal) {
    const hints = toPoints([...added, ...photo.marks]);
    return photo.withChroma(await engine.chroma(photo.opened, { ...options, hints, draft: true }, signal));
  }

  #offer(photo, added, pictures) {
    if (!pictures.length) return this.#note(SURE);
    this.#found = { photo, added };
    this.list.replaceChildren(...pictures.map((picture, index) => this.#choice(picture, index)));
    this.#note(CHOOSE);
    this.list.querySelector("button").focus({ preventScroll: true });
  }

  #choice(picture, index) {
    const item = document.createElement("li");
    const button = Object.assign(document.createElement("button"), { type: "button" });
    const textContent = index ? `Version ${index + 1}` : "As it is";
    const name = Object.assign(document.createElement("span"), { textContent });
    picture.setAttribute("aria-hidden", "true");
    button.append(picture, name);
    button.addEventListener("click", () => this.#choose(index, textContent));
    item.append(button);
    return item;
  }

  // One version takes the place of another; what a person has said stays, and wins.
  #choose(index, name) {
    if (this.list.children[index].firstChild.getAttribute("aria-pressed") === "true") return;
    const { added } = this.#found, own = this.editing.marks.filter((mark) => !isAmong(mark, added.flat()));
    this.editing.set([...added[index], ...own], `${name} is chosen.`);
    this.show();
  }

  #leave() {
    this.#asking?.abort();
    this.#asking = this.#found = null;
    this.list.replaceChildren();
    this.show();
  }

  #note(text) {
    $("versions-note").textContent = text;
    this.page.say(text);
    this.show();
  }
}

function isAmong(mark, marks) {
  const text = JSON.stringify(mark);
  return marks.some((other) => JSON.stringify(other) === text);
}
