// The marks of a photograph, drawn over a stage: points as dots, strokes as dashed lines, and a cross for the keyboard.

import { css } from "./swatches.js";

const SVG = "http://www.w3.org/2000/svg";
const DOT = 8, NEAR = 14, NEAR_FINGER = 24; // CSS pixels

function shape(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

export class Overlay {
  #marks = [];
  #extras = {};

  constructor(stage) {
    this.stage = stage;
    this.svg = shape("svg", { class: "marks", "aria-hidden": "true" });
    stage.canvas.after(this.svg);
    this.redraw = () => this.#draw();
    stage.view.addEventListener("change", this.redraw);
    this.resized = new ResizeObserver(this.redraw);
    this.resized.observe(stage.frame);
  }

  remove() {
    this.stage.view.removeEventListener("change", this.redraw);
    this.resized.disconnect();
    this.svg.remove();
  }

  // `selected` is the index of a mark; `cross` a place, and `brush` another with a radius, or null.
  show(marks, { selected = -1, cross = null, brush = null } = {}) {
    this.#marks = marks;
    this.#extras = { selected, cross, brush };
    this.#draw();
  }

  // The uppermost mark under a pointer, or -1.
  at({ clientX, clientY, pointerType }) {
    const box = this.stage.frame.getBoundingClientRect();
    const here = { left: clientX - box.left, top: clientY - box.top };
    const near = pointerType === "touch" ? NEAR_FINGER : NEAR;
    const isNear = (place) => {
      const { left, top } = this.#screen(place);
      return Math.hypot(left - here.left, top - here.top) <= near;
    };
    return this.#marks.findLastIndex((mark) => mark.path.some(isNear));
  }

  #screen([x, y]) {
    return this.stage.screenOf({ x, y });
  }

  #draw() {
    if (!this.stage.photo?.width) return this.svg.replaceChildren();
    const { selected, cross, brush } = this.#extras;
    const shapes = this.#marks.flatMap((mark, index) => this.#mark(mark, index === selected));
    if (brush) shapes.push(this.#brush(brush));
    if (cross) shapes.push(...this.#cross(cross));
    this.svg.replaceChildren(...shapes);
  }

  #mark(mark, isSelected) {
    const places = mark.path.map((place) => this.#screen(place));
    const { left, top } = places[0];
    const dot = { cx: left, cy: top, r: isSelected ? DOT + 3 : DOT };
    const shapes = [shape("circle", { ...dot, class: "rim" }), shape("circle", { ...dot, class: "dot", fill: css(mark.color) })];
    if (places.length === 1) return shapes;
    const points = places.map((place) => `${place.left},${place.top}`).join(" ");
    return [shape("polyline", { points, class: "rim" }), shape("polyline", { points, class: "path" }), ...shapes];
  }

  #brush({ place, radius }) {
    const { left, top } = this.stage.screenOf(place);
    return shape("circle", { cx: left, cy: top, r: this.reach(radius), class: "brush" });
  }

  // A radius, a share of the photograph's longer side, in CSS pixels.
  reach(radius) {
    const [one, other] = [this.#screen([0, 0]), this.#screen([1, 1])];
    return radius * Math.max(other.left - one.left, other.top - one.top);
  }

  #cross(place) {
    const { left, top } = this.stage.screenOf(place);
    const d = `M${left - 16} ${top}h11m10 0h11M${left} ${top - 16}v11m0 10v11`;
    return [shape("path", { d, class: "rim" }), shape("path", { d, class: "cross" })];
  }
}
