// Choosing a color for a place: the ring with its suggestions, the picker and the eyedropper, one at a time.

import * as engine from "../engine.js";
import { Eyedropper } from "./eyedropper.js";
import { distinct, familiesAt } from "./families.js";
import { ICONS } from "./icons.js";
import { Picker } from "./picker.js";
import { Ring, SUGGESTIONS, swatch } from "./ring.js";
import { atLuma, chromaOf } from "./swatches.js";

export const GRAY = [128, 128, 128];
const NONE = "This model suggests nothing";
const LIKELY = 5, USED = 4; // colors in the inner circle
const SAID = 2; // of the likely ones, to those who listen

export class Palette {
  #asking = null; // for suggestions
  #suggesting = null; // the choice that they are for, as long as the ring shows no family
  #isChosen = false; // or its ring made way for another way to choose

  constructor(page) {
    this.page = page;
    this.parent = document.getElementById("stages").parentElement;
    this.ring = new Ring(this.parent);
    this.picker = new Picker(this.parent);
    this.eyedropper = new Eyedropper();
  }

  get isOpen() {
    return this.ring.isOpen || this.picker.isOpen;
  }

  contains(element) {
    return this.ring.element.contains(element) || this.picker.element.contains(element);
  }

  close() {
    this.ring.close();
    this.picker.close();
  }

  // Let a color be chosen for a place of a stage. `on` has color(color, isDragging), closed() at the end, and perhaps
  // remove(). `others` are the hints without those of this place, and `color` the one that it has.
  async open(stage, place, { label, color = null, others, on }) {
    this.close();
    const photo = this.page.current(), luma = await photo.lumaAt(place).catch(() => null); // one that cannot be shown
    if (luma === null || photo !== this.page.current()) return on.closed();
    const box = stage.frame.getBoundingClientRect(), outside = this.parent.getBoundingClientRect(), spot = stage.screenOf(place);
    const at = { left: box.left - outside.left + spot.left, top: box.top - outside.top + spot.top };
    const choice = { photo, stage, place, luma, color, others, on, at };
    this.#isChosen = false;
    this.#suggesting = choice;
    const used = this.#used(choice);
    this.ring.open(at, {
      label, swatches: [...Array(LIKELY).fill(null), ...used], actions: this.#actions(choice),
      onClose: () => {
        this.#asking?.abort();
        if (!this.#isChosen) on.closed();
      },
    });
    const likely = await this.#likely(choice);
    if (!this.ring.isOpen || this.#suggesting !== choice) return;
    this.ring.suggest(likely.length ? SUGGESTIONS : NONE, [...likely, ...used]);
    this.page.say(likely.filter(Boolean).slice(0, SAID).map(({ label }) => label).join("; ") || NONE);
  }

  async #likely({ photo, stage, place, others, on }) {
    this.#asking = new AbortController();
    const options = { ...photo.recipe, hints: others, model: stage.model };
    try {
      const found = await engine.suggest(photo.opened, options, place.x, place.y, this.#asking.signal);
      const likely = distinct(found.map((one) => ({ ...one, shown: one.color }))).slice(0, LIKELY).map(({ color, probability }) => (
        swatch(color, `likely, ${Math.round(100 * probability)} %`, () => this.#choose(on, color))));
      return Array.from({ length: LIKELY }, (_, index) => likely[index]);
    } catch (error) {
      if (error.gone) this.page.gone(error);
      return []; // it knows one answer only; the other colors are there all the same
    }
  }

  #used({ photo, luma, on, color }) {
    const newest = photo.marks.map((mark) => mark.color).toReversed();
    const colors = distinct(newest.map((one) => ({ color: one, shown: atLuma(luma, chromaOf(one)) })));
    return colors.slice(0, USED).map((one) => swatch(one.shown, "used here", () => this.#choose(on, one.color), {
      isQuiet: true, isCurrent: String(one.color) === String(color),
    }));
  }

  #actions(choice) {
    const { luma, on } = choice;
    const actions = familiesAt(luma).map(({ name, icon, shades }) => ({
      label: name, icon, fill: shades[0].shown, run: () => this.#showShades(name, shades, on),
    }));
    actions.push({ label: "Gray", icon: ICONS.gray, fill: atLuma(luma, [0, 0]), run: () => this.#choose(on, GRAY) });
    actions.push({ label: "Any color", icon: ICONS.wheel, run: () => this.#pick(choice) });
    actions.push({ label: "Take a color from a photograph", icon: ICONS.dropper, run: () => this.#drop(choice) });
    if (on.remove) actions.push({ label: "Remove this color", icon: ICONS.remove, run: () => this.#choose({ color: on.remove, closed: on.closed }) });
    return actions;
  }

  #showShades(name, shades, on) {
    this.#suggesting = null;
    this.ring.suggest(name, shades.map(({ color, shown }) => (
      swatch(shown, name.toLowerCase(), () => this.#choose(on, color)))), true);
  }

  #choose(on, color) {
    this.#isChosen = true;
    this.ring.close();
    on.color(color, false);
    setTimeout(() => on.closed()); // the preview is asked for first
  }

  #pick({ luma, color, on, at }) {
    this.#isChosen = true;
    this.ring.close();
    this.picker.open({ left: at.left + 24, top: at.top - 40 }, luma, color ?? atLuma(luma, [-12, 18]), {
      onChange: on.color, onClose: on.closed,
    });
  }

  async #drop({ photo, on }) {
    this.#isChosen = true;
    this.ring.close();
    const color = await this.eyedropper.take(this.page.photos(), photo);
    if (color) on.color(color, false);
    on.closed();
  }
}
