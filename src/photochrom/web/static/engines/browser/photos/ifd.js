// TIFF structures: directories of tags, as EXIF blocks store them (TIFF 6.0, CIPA DC-008). What a tag holds is kept as
// its bytes. See photochrom/photos/ifd.py.

// Bytes of one number of each type.
const SIZES = {
  1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8, 129: 1,
};
const WHOLE = {
  1: "getUint8", 3: "getUint16", 4: "getUint32", 6: "getInt8", 8: "getInt16", 9: "getInt32", 13: "getUint32",
};
const ENTRY = 12; // bytes of a tag in its directory
const MOST_TAGS = 4096; // a directory that says more is damaged
export const ASCII = 2, SHORT = 3, LONG = 4, RATIONAL = 5;

export const viewOf = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export function joined(...parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

// How the numbers of a structure are stored: the lowest byte first, if `isLittle`.
export class Structure {
  constructor(isLittle) {
    this.isLittle = isLittle;
  }

  // The first bytes, which say where the first directory stands.
  header(first) {
    const bytes = new Uint8Array(8), view = viewOf(bytes);
    bytes.fill(this.isLittle ? 0x49 : 0x4d, 0, 2);
    view.setUint16(2, 42, this.isLittle);
    view.setUint32(4, first, this.isLittle);
    return bytes;
  }

  // A directory of tags {code, kind, count, field}; `field` are 4 bytes, the value or its place.
  pack(tags) {
    const bytes = new Uint8Array(2 + ENTRY * tags.length + 4), view = viewOf(bytes);
    view.setUint16(0, tags.length, this.isLittle);
    tags.forEach(({ code, kind, count, field }, index) => {
      const at = 2 + ENTRY * index;
      view.setUint16(at, code, this.isLittle);
      view.setUint16(at + 2, kind, this.isLittle);
      view.setUint32(at + 4, count, this.isLittle);
      bytes.set(field, at + 8);
    });
    return bytes;
  }

  // The tags of the directory at `place`, as many as are whole, and the place of the next one, 0 for none.
  read(bytes, place) {
    if (place < 8 || place + 2 > bytes.length) return { tags: [], following: 0 };
    const view = viewOf(bytes), number = view.getUint16(place, this.isLittle), start = place + 2;
    const whole = Math.min(number, Math.floor((bytes.length - start) / ENTRY), MOST_TAGS), tags = [];
    for (let at = start; at < start + whole * ENTRY; at += ENTRY) {
      tags.push({
        code: view.getUint16(at, this.isLittle), kind: view.getUint16(at + 2, this.isLittle),
        count: view.getUint32(at + 4, this.isLittle), field: bytes.slice(at + 8, at + ENTRY),
      });
    }
    const end = start + number * ENTRY;
    return { tags, following: end + 4 <= bytes.length ? view.getUint32(end, this.isLittle) : 0 };
  }

  size({ kind, count }) {
    return (SIZES[kind] ?? 1) * count;
  }

  // Where the value of a tag stands; null where it stands in the entry itself.
  place(tag) {
    return this.size(tag) <= 4 ? null : viewOf(tag.field).getUint32(0, this.isLittle);
  }

  holds(bytes, tag) {
    const place = this.place(tag);
    return place === null || place + (SIZES[tag.kind] ?? 0) * tag.count <= bytes.length;
  }

  // The bytes of a tag's value; null where they are not there, or of an unknown type.
  value(bytes, tag) {
    if (!(tag.kind in SIZES)) return null;
    const size = this.size(tag), place = this.place(tag);
    if (place === null) return tag.field.slice(0, size);
    return place + size <= bytes.length ? bytes.slice(place, place + size) : null;
  }

  // The first of the whole numbers in a tag, or null.
  number(bytes, tag) {
    const value = tag && this.value(bytes, tag);
    return value?.length && tag.kind in WHOLE ? viewOf(value)[WHOLE[tag.kind]](0, this.isLittle) : null;
  }

  // The first number in a tag, whole or a fraction; null where it is not a number above zero.
  ratio(bytes, tag) {
    const value = this.value(bytes, tag);
    if (!value?.length || tag.kind !== RATIONAL) {
      const number = this.number(bytes, tag);
      return number > 0 ? number : null;
    }
    const above = viewOf(value).getUint32(0, this.isLittle), below = viewOf(value).getUint32(4, this.isLittle);
    return above && below ? above / below : null;
  }

  // A new tag that holds a text's bytes, which go to the end of `heap` where the entry cannot hold them.
  text(code, value, heap) {
    const field = new Uint8Array(4);
    if (value.length <= 4) field.set(value);
    else viewOf(field).setUint32(0, heap.put(value), this.isLittle);
    return { code, kind: ASCII, count: value.length, field };
  }

  // A new tag that holds one whole number.
  short(code, value) {
    const field = new Uint8Array(4), isShort = value < 1 << 16;
    if (isShort) viewOf(field).setUint16(0, value, this.isLittle);
    else viewOf(field).setUint32(0, value, this.isLittle);
    return { code, kind: isShort ? SHORT : LONG, count: 1, field };
  }
}

// Bytes that grow at their end.
export class Heap {
  constructor(bytes) {
    this.bytes = bytes.slice();
  }

  // Add `value` at an even place, as TIFF wants it, and return that place.
  put(value) {
    const place = this.bytes.length + this.bytes.length % 2;
    this.bytes = joined(this.bytes, new Uint8Array(place - this.bytes.length), value);
    return place;
  }
}

// The kind of structure that `bytes` begin with, and the place of its first directory; null for none.
export function structure(bytes) {
  const start = String.fromCharCode(...bytes.subarray(0, 2)), isLittle = start === "II";
  if (bytes.length < 8 || !(isLittle || start === "MM")) return null;
  if (viewOf(bytes).getUint16(2, isLittle) !== 42) return null;
  return { kind: new Structure(isLittle), first: viewOf(bytes).getUint32(4, isLittle) };
}
