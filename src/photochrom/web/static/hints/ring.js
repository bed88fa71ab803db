// The ring around a place: inside, colors that are likely there and those that were used; outside, families of things,
// any other color, a color of a photograph, and gray. A family's shades take the place of the inner ones.

import { shape } from "./icons.js";
import { css, lumaOf } from "./swatches.js";
import { inWords } from "./words.js";

const INNER = 58, OUTER = 106; // radii in CSS pixels
export const SUGGESTIONS = "What color is this?";
const TAP = 300; // milliseconds
const HALF = 132; // of the whole ring

export class Ring {
  #buttons = { inner: [], outer: [] };
  #close = null;
  #opened = 0;

  constructor(parent) {
    this.element = document.createElement("div");
    Object.assign(this.element, { className: "ring", hidden: true, tabIndex: -1 });
    this.element.setAttribute("role", "dialog");
    this.element.innerHTML = `<div role="group" class="outer" aria-label="More colors"></div>
      <div role="group" class="inner"></div><p class="tip" aria-hidden="true"></p><i class="place" aria-hidden="true"></i>`;
    [this.outer, this.inner, this.tip, this.place] = this.element.children;
    parent.append(this.element);
    this.element.addEventListener("keydown", (event) => this.#key(event));
    // The tap that opened the ring becomes a click, perhaps on what is under the finger now; and of a double click, the
    // first one opened it.
    this.element.addEventListener("click", (event) => {
      const isTap = event.pointerType === "touch" && performance.now() - this.#opened < TAP;
      if (isTap || event.detail > 1) event.stopPropagation();
    }, true);
    for (const kind of ["pointerover", "focusin"]) this.element.addEventListener(kind, (event) => this.#point(event.target));
  }

  get isOpen() {
    return !this.element.hidden;
  }

  // Open around a spot of the parent, in CSS pixels. `actions` are {label, icon, fill, run}; `onClose` is called in any case.
  open({ left, top }, { label, swatches, actions, onClose }) {
    this.close();
    this.#close = onClose;
    this.#opened = performance.now();
    this.element.hidden = false;
    this.element.setAttribute("aria-label", label);
    const { clientWidth } = this.element.parentElement;
    const x = Math.min(Math.max(left, HALF - 6), Math.max(HALF - 6, clientWidth - HALF + 6));
    const y = Math.max(top, HALF - 6);
    this.element.style.left = `${x}px`;
    this.element.style.top = `${y}px`;
    // The hole shows the place; where the ring had to move away from the edge, a mark does.
    this.element.classList.toggle("shifted", Math.hypot(x - left, y - top) > 20);
    this.place.style.left = `${HALF + left - x}px`;
    this.place.style.top = `${HALF + top - y}px`;
    this.#fill("outer", OUTER, actions);
    this.suggest(SUGGESTIONS, swatches);
    this.element.focus({ preventScroll: true });
  }

  // Fill the inner circle with `swatches`: {label, fill, run, isQuiet}; null where one is on its way, and undefined
  // where none is, so that the others stay in their places.
  suggest(label, swatches, focus = false) {
    this.inner.setAttribute("aria-label", label);
    const had = this.inner.contains(document.activeElement);
    this.#fill("inner", INNER, swatches);
    if (had || focus) (this.#buttons.inner[0] ?? this.element).focus({ preventScroll: true });
  }

  close() {
    if (!this.isOpen) return;
    this.element.hidden = true;
    this.#close?.();
    this.#close = null;
  }

  #fill(circle, radius, entries) {
    const made = entries.map((entry, index) => {
      if (entry === undefined) return "";
      const angle = (index / entries.length) * 2 * Math.PI - Math.PI / 2;
      const one = entry ? button(entry) : Object.assign(document.createElement("span"), { className: "swatch ghost" });
      one.style.left = `${HALF + radius * Math.cos(angle)}px`;
      one.style.top = `${HALF + radius * Math.sin(angle)}px`;
      return one;
    });
    this.#buttons[circle] = made.filter((one) => one.tagName === "BUTTON");
    this[circle].replaceChildren(...made);
    this.tip.textContent = this.inner.getAttribute("aria-label");
  }

  #point(target) {
    this.tip.textContent = target.closest("button")?.getAttribute("aria-label") ?? this.inner.getAttribute("aria-label");
  }

  #key(event) {
    const { inner, outer } = this.#buttons;
    const all = [...inner, ...outer], at = all.indexOf(document.activeElement);
    const other = inner.includes(all[at]) ? outer : inner;
    const next = {
      ArrowRight: all[(at + 1) % all.length], ArrowLeft: all.at(at <= 0 ? -1 : at - 1),
      ArrowDown: other[0], ArrowUp: other[0], Home: all[0], End: all.at(-1),
    }[event.key];
    if (event.key === "Escape") this.close();
    else if (event.key === "Tab" && !all.length) return;
    else if (event.key === "Tab") all.at((at + (event.shiftKey ? -1 : 1) + all.length) % all.length).focus();
    else if (next) next.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

function button({ label, fill, icon, run, isQuiet = false, isCurrent = false }) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = `swatch${isQuiet ? " used" : ""}`;
  made.setAttribute("aria-label", label);
  if (isCurrent) made.setAttribute("aria-current", "true");
  if (fill) made.style.background = css(fill);
  if (icon) made.append(shape(icon, fill && lumaOf(fill) < 120 ? "on-dark" : fill ? "on-light" : ""));
  made.addEventListener("click", run);
  return made;
}

// A swatch of the ring for a color that looks like `shown`.
export function swatch(shown, said, run, more = {}) {
  const words = inWords(shown);
  return { label: `${words[0].toUpperCase()}${words.slice(1)}, ${said}`, fill: shown, run, ...more };
}
