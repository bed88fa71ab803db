// The list of a photograph's marks: each can be walked to, moved with the arrow keys, changed and removed.

import { inPercent } from "./marks.js";
import { css } from "./swatches.js";
import { inWords } from "./words.js";

const STEP = 0.01, FINE = 0.002; // shares of a side

export class MarkList {
  #rows = [];

  // `on` are {select(index), edit(index), move(index, dx, dy), remove(index)}.
  constructor(list, on) {
    this.list = list;
    this.on = on;
  }

  show(marks, selected) {
    while (this.#rows.length > marks.length) this.#rows.pop().row.remove();
    while (this.#rows.length < marks.length) this.#rows.push(this.#row(this.#rows.length));
    marks.forEach((mark, index) => this.#fill(this.#rows[index], mark, index, marks.length, index === selected));
  }

  focus(index) {
    this.#rows[Math.min(index, this.#rows.length - 1)]?.edit.focus({ preventScroll: true });
  }

  #row(index) {
    const row = document.createElement("li");
    row.innerHTML = `<button type="button" class="mark"><span class="chip"></span><span class="said"></span></button>
      <button type="button" class="quiet">Remove</button>`;
    const [edit, remove] = row.children;
    edit.addEventListener("click", () => this.on.edit(index));
    edit.addEventListener("focus", () => this.on.select(index));
    edit.addEventListener("keydown", (event) => this.#key(event, index));
    remove.addEventListener("click", () => this.on.remove(index));
    this.list.append(row);
    return { row, edit, remove, chip: row.querySelector(".chip"), said: row.querySelector(".said") };
  }

  #fill({ edit, remove, chip, said }, { color, path }, index, total, isSelected) {
    const kind = path.length > 1 ? "stroke" : "point", words = inWords(color), [x, y] = path[0];
    chip.style.background = css(color);
    said.textContent = `${words[0].toUpperCase()}${words.slice(1)} ${kind}`;
    edit.setAttribute("aria-current", String(isSelected));
    edit.setAttribute("aria-label", `${kind} ${index + 1} of ${total}, ${words}, ${inPercent(x, y)}`);
    edit.title = "Enter changes the color, arrow keys move it, Delete removes it";
    remove.setAttribute("aria-label", `Remove ${kind} ${index + 1}, ${words}`);
  }

  #key(event, index) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = event.shiftKey ? FINE : STEP;
    const move = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
    if (move) this.on.move(index, ...move);
    else if (event.key === "Delete" || event.key === "Backspace") this.on.remove(index);
    else return;
    event.preventDefault();
  }
}
