// Where all stages look: the zoom, the center and the place of the slider, shared so that models can be compared.

const CLOSEST = 16; // screen pixels for one of the photograph's
const PAN = 60; // screen pixels by which a key moves it

export class View extends EventTarget {
  split = 0.5; // the slider, from 0 (all colored) to 1 (all black and white)
  zoom = 1; // 1 shows the whole photograph
  x = 0.5; // the photograph's point in the middle of a stage, in shares of its width and height
  y = 0.5;
  fit = 1; // screen pixels for one of the photograph's when all of it is shown

  get scale() {
    return this.fit * this.zoom;
  }

  reset() {
    this.zoom = 1;
    this.x = this.y = 0.5;
    this.changed();
  }

  // The photograph (width, height) in a stage (width, height), both in pixels.
  measure(photo, stage) {
    this.fit = Math.min(stage.width / photo.width, stage.height / photo.height);
    this.#clamp();
  }

  // Zoom by `factor`, keeping in place what is `dx`, `dy` screen pixels from the middle.
  zoomBy(factor, photo, dx = 0, dy = 0) {
    const before = this.scale;
    this.zoom *= factor;
    this.#clamp();
    this.pan(dx - dx * this.scale / before, dy - dy * this.scale / before, photo);
  }

  zoomTo(scale, photo) {
    this.zoomBy(scale / this.scale, photo);
  }

  // Move the photograph by screen pixels.
  pan(dx, dy, photo) {
    this.x -= dx / (photo.width * this.scale);
    this.y -= dy / (photo.height * this.scale);
    this.#clamp();
    this.changed();
  }

  slide(split) {
    this.split = Math.min(1, Math.max(0, split));
    this.changed();
  }

  // What keys do on a stage: arrows move the photograph, + and − zoom. Returns whether the key was one of them.
  key({ key }, photo) {
    const move = { ArrowLeft: [PAN, 0], ArrowRight: [-PAN, 0], ArrowUp: [0, PAN], ArrowDown: [0, -PAN] }[key];
    if (move && this.zoom > 1) this.pan(...move, photo);
    else if (key === "+" || key === "=") this.zoomBy(1.25, photo);
    else if (key === "-") this.zoomBy(0.8, photo);
    else if (key === "0") this.reset();
    else if (key === "1") this.zoomTo(1, photo);
    else return false;
    return true;
  }

  changed() {
    this.dispatchEvent(new Event("change"));
  }

  #clamp() {
    this.zoom = Math.min(Math.max(this.zoom, 1), Math.max(1, CLOSEST / this.fit));
    const half = 0.5 / this.zoom;
    this.x = Math.min(1 - half, Math.max(half, this.x));
    this.y = Math.min(1 - half, Math.max(half, this.y));
  }
}
