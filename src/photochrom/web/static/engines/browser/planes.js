// Planes of numbers, as numpy holds them: one Float32Array of (count, height, width).
//
// What is read row by row, and nothing else, may be any object with `height`, `width` and `row(y)`, which gives the
// numbers of one row, to be used before the next row is asked for. So a photograph needs no plane of its own.

export class Planes {
  constructor(count, height, width, data = new Float32Array(count * height * width)) {
    if (data.length !== count * height * width) throw new RangeError(`not ${count} planes of ${height} by ${width}`);
    Object.assign(this, { count, height, width, data });
  }

  get area() {
    return this.height * this.width;
  }

  // Some of them, or one, in the same memory.
  slice(from, to = from + 1) {
    const { height, width, area } = this;
    return new Planes(to - from, height, width, this.data.subarray(from * area, to * area));
  }

  // Other planes of the same size, all zero.
  zeros(count) {
    return new Planes(count, this.height, this.width);
  }

  // A row of the first plane.
  row(y) {
    return this.data.subarray(y * this.width, (y + 1) * this.width);
  }

  // Planes of the same size, each number by `change`.
  each(change) {
    return new Planes(this.count, this.height, this.width, this.data.map(change));
  }

  // Each plane by `change`, which gives a plane of some size.
  map(change) {
    return stack(Array.from({ length: this.count }, (_, index) => change(this.slice(index))));
  }
}

// Planes of one size, one after the other.
export function stack(parts) {
  const [{ height, width }] = parts;
  const all = new Planes(parts.reduce((sum, part) => sum + part.count, 0), height, width);
  let offset = 0;
  for (const part of parts) {
    all.data.set(part.data, offset);
    offset += part.data.length;
  }
  return all;
}
