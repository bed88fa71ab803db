// EXIF blocks (CIPA DC-008): changed in place where the picture has changed, and the same byte for byte elsewhere,
// because a camera's own notes hold places within the block. It makes the blocks of photochrom/photos/exif.py.
//
// Texts are strings of one character a byte, for they may be in any encoding.

import { Heap, Structure, joined, structure, viewOf } from "./ifd.js";

const ORIENTATION = 0x0112, SOFTWARE = 0x0131;
const X_RESOLUTION = 0x011a, Y_RESOLUTION = 0x011b, RESOLUTION_UNIT = 0x0128;
const CAMERA = 0x8769, GPS = 0x8825, INTEROPERABILITY = 0xa005;
const FOLDERS = [CAMERA, GPS, INTEROPERABILITY]; // tags that name directories of their own
const COLOR_SPACE = 0xa001, WIDTH = 0xa002, HEIGHT = 0xa003; // in the camera's directory: of the pixels
const INCHES = 2, CENTIMETERS = 3;
const THUMBNAILS = [[0x0201, 0x0202], [0x0111, 0x0117]]; // where a small picture stands, and its bytes: JPEG, or pixels

// Tags that say how the source's pixels were stored, [first, last]: not true of a result. photochrom/photos/exif.py
// says which standards they are of.
const LAYOUT = [
  [254, 259], [262, 266], [273, 273], [277, 281], [284, 284], [288, 293], [300, 301], [317, 330], [332, 334],
  [336, 347], [351, 351], [400, 404], [433, 435], [512, 530], [532, 532], [559, 559], [32995, 32998], [33421, 33422],
  [34675, 34675], [34732, 34732], [37724, 37724], [50706, 50707], [50710, 50734], [50737, 50826], [50828, 52599],
];
const isLayout = (code) => LAYOUT.some(([first, last]) => first <= code && code <= last);

export const bytesOf = (text) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
export const textOf = (bytes) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");

// `block`, or a new one where it is none, as a result of `size` [width, height] carries it: it says that the picture is
// upright and sRGB, has no small picture of the source, and names the `programs` that it went through.
export function edited(block, programs, size) {
  const { kind, first } = structure(block) ?? { kind: new Structure(true), first: 8 };
  if (!structure(block)) block = joined(kind.header(8), kind.pack([]));
  const { tags, following } = kind.read(block, first), heap = new Heap(block);
  const replaced = tags.filter((tag) => tag.code === SOFTWARE);
  const used = [[0, 8], ...ranges(kind, block, first, replaced)];
  const small = [...ranges(kind, block, following), ...thumbnail(kind, block, following)];
  clear(heap, [...small, ...values(kind, replaced)], used);
  setPixels(kind, heap.bytes, kind.number(block, tags.find((tag) => tag.code === CAMERA)) ?? 0, size);
  const kept = tags.filter((tag) => kind.holds(block, tag) && !isLayout(tag.code) && tag.code !== SOFTWARE);
  const turned = kept.filter((tag) => tag.code !== ORIENTATION);
  if (turned.length < kept.length) turned.push(kind.short(ORIENTATION, 1));
  turned.push(kind.text(SOFTWARE, bytesOf(`${programs}\0`), heap));
  turned.sort((one, other) => one.code - other.code);
  putFirst(kind, heap, first, kind.pack(tags).length, kind.pack(turned));
  return heap.bytes;
}

// The programs that the picture went through.
export function software(block) {
  const { kind, tag } = firstTag(block, SOFTWARE);
  return tag ? textOf(kind.value(block, tag) ?? []).replace(/[\0 ]+$/, "") : "";
}

// How the picture lies, 1 to 8; 1, upright, where the block says nothing of it.
export function orientation(block) {
  const { kind, tag } = firstTag(block, ORIENTATION), said = tag ? kind.number(block, tag) : 1;
  return said >= 1 && said <= 8 ? said : 1;
}

function firstTag(block, code) {
  const found = structure(block);
  return { kind: found?.kind, tag: found?.kind.read(block, found.first).tags.find((tag) => tag.code === code) };
}

// The resolution [across, down] in pixels per inch that a block says; `silent` where it says nothing of that, and null
// where that is no number.
export function resolution(block, silent = null) {
  const found = structure(block);
  if (!found) return null;
  const { kind, first } = found, { tags } = kind.read(block, first);
  const known = [X_RESOLUTION, Y_RESOLUTION].map((code) => tags.find((tag) => tag.code === code)).filter(Boolean);
  if (!known.length) return silent;
  const unit = tags.find((tag) => tag.code === RESOLUTION_UNIT);
  const scale = { [INCHES]: 1, [CENTIMETERS]: 2.54 }[unit ? kind.number(block, unit) : INCHES];
  const said = known.map((tag) => kind.ratio(block, tag));
  return scale && said.every(Boolean) ? [said[0] * scale, said.at(-1) * scale] : null;
}

// Where the values of tags stand that are not in the entries.
function values(kind, tags) {
  return tags.map((tag) => [kind.place(tag), kind.size(tag)]).filter(([place]) => place !== null)
    .map(([place, size]) => [place, place + size]);
}

// What the directory at `place` and those within it occupy, less the values of the tags `leaving`.
function ranges(kind, block, place, leaving = []) {
  const found = [], waiting = [place], seen = new Set([0]);
  while (waiting.length) {
    const next = waiting.pop();
    if (seen.has(next)) continue;
    seen.add(next);
    const { tags } = kind.read(block, next);
    found.push([next, next + kind.pack(tags).length], ...values(kind, tags.filter((tag) => !isAmong(tag, leaving))));
    for (const code of FOLDERS) {
      const tag = tags.find((one) => one.code === code);
      if (tag) waiting.push(kind.number(block, tag) ?? 0);
    }
  }
  return found;
}

const isAmong = (tag, others) => others.some(({ code, count, field }) => (
  code === tag.code && count === tag.count && field.every((byte, index) => byte === tag.field[index])));

// Where the small picture stands that the directory at `place` describes.
function thumbnail(kind, block, place) {
  const known = new Map(kind.read(block, place).tags.map((tag) => [tag.code, kind.number(block, tag) ?? 0]));
  const pairs = THUMBNAILS.map(([start, length]) => [known.get(start) ?? 0, known.get(length) ?? 0]);
  return pairs.filter(([start, length]) => start >= 8 && length).map(([start, length]) => [start, start + length]);
}

// Put zeros at the ranges `dead`, as far as nothing `used` stands there, and cut them off at the end.
function clear(heap, dead, used) {
  const united = [];
  for (const [start, end] of dead.sort(byStart)) {
    const last = united.at(-1);
    if (last && start < last[1]) last[1] = Math.max(end, last[1]);
    else united.push([start, end]);
  }
  for (const [start, end] of united.reverse()) {
    const isUsed = used.some(([from, to]) => from < end && to > start);
    if (isUsed || start >= heap.bytes.length) continue;
    if (end >= heap.bytes.length) heap.bytes = heap.bytes.slice(0, start);
    else heap.bytes.fill(0, start, end);
  }
}

const byStart = (one, other) => one[0] - other[0] || one[1] - other[1];

// Let the camera's directory at `place` say, where it says anything of that, the size and the colors of the result.
function setPixels(kind, bytes, place, [width, height]) {
  const truth = new Map([[WIDTH, width], [HEIGHT, height], [COLOR_SPACE, 1]]);
  const { tags } = kind.read(bytes, place);
  const changed = tags.map((tag) => (truth.has(tag.code) ? kind.short(tag.code, truth.get(tag.code)) : tag));
  overwrite(kind, bytes, place, changed);
  const inner = kind.number(bytes, tags.find((tag) => tag.code === INTEROPERABILITY)) ?? 0;
  // The DCF standard has R03 for Adobe RGB, and R98 for sRGB.
  overwrite(kind, bytes, inner, kind.read(bytes, inner).tags.map((tag) => (
    tag.code === 1 && textOf(tag.field) === "R03\0" ? { ...tag, field: bytesOf("R98\0") } : tag)));
}

// Put as many `tags` as the directory at `place` has in their place; what names the next one stays.
function overwrite(kind, bytes, place, tags) {
  if (tags.length) bytes.set(kind.pack(tags).subarray(2, -4), place + 2);
}

// Put the first directory where it stood, if it fits into that `room`; else at the end.
function putFirst(kind, heap, place, room, packed) {
  if (packed.length <= room && place >= 8 && place <= heap.bytes.length - room) {
    heap.bytes.fill(0, place, place + room);
    heap.bytes.set(packed, place);
    return;
  }
  const end = heap.put(packed);
  viewOf(heap.bytes).setUint32(4, end, kind.isLittle);
}
