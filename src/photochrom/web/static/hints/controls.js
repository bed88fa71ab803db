// The buttons of the color tool, and the list of what a person knows of the shown photograph.

import { save } from "../download.js";
import { fromText, toText } from "./file.js";
import { MarkList } from "./list.js";
import { moved, replaced } from "./marks.js";
import { css } from "./swatches.js";

const $ = (id) => document.getElementById(id);

export class Controls {
  #coming = null; // {photo, file}: hints that came with a photograph that is still being opened

  // `page` tells of the page, as for `Editing`, and has choose(photo).
  constructor(tool, page) {
    Object.assign(this, { tool, page, editing: tool.editing });
    this.list = new MarkList($("marks"), {
      select: (index) => tool.select(index), edit: (index) => this.#edit(index),
      move: (index, dx, dy) => this.#move(index, dx, dy), remove: (index) => this.#remove(index),
    });
    tool.addEventListener("change", () => this.#show());
    this.#listen();
  }

  // Give the shown photograph the hints of a file, once it is opened.
  async load(file) {
    const photo = this.page.current();
    this.#coming = photo && !photo.opened && !photo.problem ? { photo, file } : null;
    if (this.#coming) return;
    if (!photo?.opened) return this.page.warn("Open the photograph first, then its hints.");
    try {
      this.editing.set(fromText(await file.text(), photo.aspect), `The colors of ${file.name} are here.`);
      this.#turn(true);
    } catch (error) {
      this.page.warn(`${file.name}: ${error.message}`);
    }
  }

  #show() {
    const { tool, editing } = this, photo = this.page.current(), { marks } = editing;
    $("color-tool").setAttribute("aria-pressed", String(tool.isOn));
    $("color-tool").disabled = !photo?.opened;
    document.body.classList.toggle("coloring", tool.isOn);
    $("hint-bar").hidden = !tool.isOn;
    $("hint-bar").dataset.mode = tool.mode;
    $("known").hidden = !tool.isOn && !marks.length;
    $("undo").disabled = !photo?.history.canUndo;
    $("redo").disabled = !photo?.history.canRedo;
    $("brush-color").style.background = tool.color ? css(tool.color) : "";
    $("brush-color").classList.toggle("none", !tool.color);
    for (const id of ["hints-save", "hints-clear"]) $(id).disabled = !marks.length;
    $("hints-copy").disabled = !marks.length || !this.#next();
    $("hints-copy").hidden = this.page.photos().length < 2;
    $("marks-none").hidden = marks.length > 0;
    this.list.show(marks, tool.selected);
    if (this.#coming?.photo === photo && (photo.opened || photo.problem)) this.load(this.#coming.file);
  }

  #turn(isOn) {
    if (this.tool.isOn !== isOn) this.tool.turn(isOn);
    this.page.work();
  }

  #edit(index) {
    this.#turn(true);
    this.tool.edit(index);
  }

  #move(index, dx, dy) {
    const { marks } = this.editing, at = marks[index].path[0];
    this.editing.set(replaced(marks, index, moved(marks[index], dx, dy)), "");
    const [x, y] = this.editing.marks[index].path[0];
    if (x === at[0] && y === at[1]) return;
    this.page.say(`${Math.round(100 * x)} % across and ${Math.round(100 * y)} % down`);
  }

  #remove(index) {
    this.tool.remove(index);
    if (this.editing.marks.length) this.list.focus(index);
    else $("color-tool").focus();
  }

  // The photograph after the shown one, in a circle, of those that are opened; null if there is none.
  #next() {
    const photos = this.page.photos(), at = photos.indexOf(this.page.current());
    return [...photos.slice(at + 1), ...photos.slice(0, Math.max(at, 0))].find((photo) => photo.opened) ?? null;
  }

  #copy() {
    const next = this.#next(), { name } = this.page.current();
    try {
      this.editing.copyTo(next);
    } catch (error) {
      return this.page.warn(error.message);
    }
    this.page.choose(next);
    this.page.say(`The colors of ${name} are on ${next.name}, too.`);
  }

  #save() {
    const { name } = this.page.current(), dot = name.lastIndexOf(".");
    save(new Blob([toText(this.editing.marks)], { type: "application/json" }), `${dot > 0 ? name.slice(0, dot) : name}.hints.json`);
  }

  // A step back or forward. What is under way, such as a color that is being chosen, would still change what was there
  // before the step: it is given up.
  #step(name) {
    const { isDragging, palette } = this.tool;
    palette.close();
    if (isDragging) this.tool.cancel();
    else this.editing[name]();
  }

  #listen() {
    const { tool, editing } = this;
    const on = (id, action) => $(id).addEventListener("click", action);
    on("color-tool", () => this.#turn(!tool.isOn));
    on("hints-done", () => this.#turn(false));
    on("undo", () => this.#step("undo"));
    on("redo", () => this.#step("redo"));
    on("brush-color", () => tool.chooseColor());
    on("hints-save", () => this.#save());
    on("hints-copy", () => this.#copy());
    on("hints-clear", () => editing.set([], "All colors are removed; undo brings them back."));
    $("hints-load").addEventListener("change", ({ target }) => {
      if (target.files[0]) this.load(target.files[0]);
      target.value = "";
    });
    for (const input of document.querySelectorAll("input[name=mode]")) {
      input.addEventListener("change", () => {
        tool.mode = input.value;
        tool.show();
      });
    }
    $("radius").addEventListener("input", ({ target }) => {
      tool.radius = Number(target.value);
      target.setAttribute("aria-valuetext", `${(100 * tool.radius).toFixed(1)} % of the longer side`);
    });
    document.addEventListener("keydown", (event) => this.#key(event));
  }

  #key(event) {
    const isText = event.target.matches?.("input:not([type=range], [type=radio], [type=checkbox])");
    if (!(event.ctrlKey || event.metaKey) || event.altKey || isText) return;
    const key = event.key.toLowerCase();
    if (key === "z" && !event.shiftKey) this.#step("undo");
    else if (key === "y" || key === "z") this.#step("redo");
    else return;
    event.preventDefault();
  }
}
