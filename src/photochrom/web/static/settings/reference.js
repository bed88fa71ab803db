// The reference of the shown photograph: another one in color, whose colors it takes where it looks like it. It comes
// as a file, or is another photograph of the page.

import { render } from "../engine.js";
import { PHOTOGRAPH } from "../reel.js";
import { isInColor } from "./tint.js";

const $ = (id) => document.getElementById(id);
const GRAY = "is black and white, and a reference lends its colors. Choose one in color, or color it on this page first.";
let lent = 0; // references so far

export class ReferenceSlot {
  // `page` tells of the page: shown(), photos() and models(), and has recolor(photo), say and warn.
  constructor(page) {
    this.page = page;
    this.slot = $("reference");
    $("reference-file").addEventListener("change", ({ target }) => {
      if (target.files[0]) this.#take(page.shown(), target.files[0]);
      target.value = "";
    });
    $("reference-from").addEventListener("change", ({ target }) => {
      const photo = page.photos()[Number(target.value)];
      target.value = "";
      if (photo) this.#borrow(photo);
    });
    $("reference-remove").addEventListener("click", () => {
      this.#set([page.shown()], null);
      page.say("The reference is removed.");
      $("reference-file").focus();
    });
    $("reference-all").addEventListener("click", () => {
      this.#set(page.photos(), page.shown().reference);
      page.say("All photographs have this reference.");
    });
    this.#listenToDrops();
  }

  show() {
    this.page.photos().forEach((photo) => this.#dropRefused(photo));
    const photo = this.page.shown(), reference = photo?.reference ?? null;
    this.slot.classList.toggle("filled", Boolean(reference));
    $("reference-name").textContent = reference?.name ?? "";
    $("reference-picture").replaceChildren(...(reference?.picture ? [reference.picture] : []));
    for (const id of ["reference-chosen", "reference-remove"]) $(id).hidden = !reference;
    for (const id of ["reference-empty", "reference-choose"]) $(id).hidden = Boolean(reference);
    $("reference-all").hidden = !reference || this.page.photos().length < 2;
    this.#showOthers(photo, reference);
  }

  // What the engine refuses is no reference: else nothing more could be done with the photograph.
  #dropRefused(photo) {
    const { reference, problem } = photo;
    if (!reference || !problem || photo.retry || photo.busy) return;
    photo.reference = null;
    photo.problem = "";
    this.page.warn(`${reference.name}: ${problem}`);
    this.page.recolor(photo);
  }

  // The other photographs of the page, to choose from.
  #showOthers(photo, reference) {
    const list = $("reference-from"), photos = this.page.photos();
    const others = photos.map((other, index) => [other, index]).filter(([other]) => other !== photo && other.opened);
    list.hidden = Boolean(reference) || !others.length;
    const wanted = others.map(([other, index]) => `${index} ${other.name}`).join("\n");
    if (list.dataset.shown === wanted) return; // a list that is open would close
    list.dataset.shown = wanted;
    list.replaceChildren(list.options[0], ...others.map(([other, index]) => new Option(other.name, index)));
  }

  // A file lends a photograph its colors.
  async #take(photo, file, name = file.name) {
    const picture = await createImageBitmap(file).catch(() => null); // not all that an engine reads, a browser can show
    if (picture && !isInColor(picture)) return this.page.warn(`${name} ${GRAY}`);
    this.#set([photo], { id: ++lent, file, name, picture: picture && thumbnail(picture) });
    this.page.warn(""); // of one before
    this.page.say(`${name} lends its colors.`);
  }

  // Another photograph lends the colors that its file has or, if that is black and white, those that it has here.
  async #borrow(other) {
    const photo = this.page.shown(), [model] = other.chroma.keys();
    const picture = await createImageBitmap(other.file).catch(() => null), hasColors = picture && isInColor(picture);
    picture?.close();
    if (hasColors) return this.#take(photo, other.file, other.name);
    if (!model) return this.page.warn(`${other.name} ${GRAY}`);
    this.page.say(`${other.name} is rendered, to lend its colors…`);
    try {
      const { blob, name } = await render(other.opened, { ...other.options, model, format: "jpeg" });
      await this.#take(photo, new File([blob], name, { type: blob.type }), other.name);
    } catch (error) {
      this.page.warn(`${other.name}: ${error.message}`);
    }
  }

  #set(photos, reference) {
    for (const photo of photos) {
      if (photo.reference === reference) continue;
      photo.reference = reference;
      photo.problem = ""; // which may have been the last reference
      this.page.recolor(photo);
    }
    this.show();
  }

  // A file that is dropped here, or a photograph of the reel.
  #listenToDrops() {
    const { slot } = this;
    slot.addEventListener("dragover", () => slot.classList.add("over"));
    slot.addEventListener("dragleave", (event) => {
      if (!slot.contains(event.relatedTarget)) slot.classList.remove("over");
    });
    slot.addEventListener("drop", (event) => {
      event.preventDefault();
      event.stopPropagation(); // it is none of the photographs to color
      slot.classList.remove("over");
      document.body.classList.remove("dragging");
      const [file] = event.dataTransfer.files, index = event.dataTransfer.getData(PHOTOGRAPH);
      const other = index && this.page.photos()[Number(index)];
      if (file) this.#take(this.page.shown(), file);
      else if (other && other !== this.page.shown()) this.#borrow(other);
    });
  }
}

function thumbnail(bitmap) {
  const factor = Math.min(1, 176 / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(side * factor)));
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  canvas.getContext("2d").drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  return canvas;
}
