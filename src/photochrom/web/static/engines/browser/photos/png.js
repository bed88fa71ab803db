// PNG files of 8 bit (W3C, Portable Network Graphics, third edition), row by row, compressed by the browser. Unlike a
// canvas, this keeps the colors of transparent pixels, has no limit of size, and writes metadata.

import { crc32 } from "../../../zip.js";
import { isOpaque } from "./decoding.js";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const STRIP = 1 << 20; // bytes of rows that are compressed at a time
const PAETH = 4; // the filter of every row: of photographs, it makes the smallest files

// `pixels` { data, width, height }, RGBA → a Blob; `metadata` are [name, Uint8Array] of chunks that come before them.
export async function encodePng(pixels, metadata = []) {
  const { width, height } = pixels, channels = isOpaque(pixels) ? 3 : 4;
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint16(8, channels === 3 ? 0x0802 : 0x0806); // the depth, and the kind of colors
  const parts = [new Uint8Array(SIGNATURE), ...chunk("IHDR", new Uint8Array(header.buffer))];
  for (const [name, bytes] of metadata) parts.push(...chunk(name, bytes));
  for await (const bytes of deflated(filteredRows(pixels, channels))) parts.push(...chunk("IDAT", bytes));
  parts.push(...chunk("IEND", new Uint8Array(0)));
  return new Blob(parts, { type: "image/png" });
}

// Bytes, as zlib (RFC 1950) stores them, in pieces; `pieces` gives them uncompressed.
export async function* deflated(pieces) {
  const stream = new CompressionStream("deflate"), writer = stream.writable.getWriter();
  const written = (async () => {
    for (const piece of pieces) {
      await writer.ready;
      writer.write(piece).catch(() => {}); // told by the reader
    }
    await writer.close();
  })();
  for (const reader = stream.readable.getReader();;) {
    const { done, value } = await reader.read();
    if (done) break;
    yield value;
  }
  await written;
}

function chunk(name, bytes) {
  const head = new DataView(new ArrayBuffer(8)), tail = new DataView(new ArrayBuffer(4));
  head.setUint32(0, bytes.length);
  for (let index = 0; index < 4; index++) head.setUint8(4 + index, name.charCodeAt(index));
  tail.setUint32(0, crc32(bytes, crc32(new Uint8Array(head.buffer, 4))));
  return [head, bytes, tail];
}

function* filteredRows({ data, width, height }, channels) {
  const stride = 1 + channels * width, rows = Math.max(1, Math.floor(STRIP / stride));
  let above = new Uint8Array(channels * width), row = new Uint8Array(channels * width);
  for (let top = 0; top < height; top += rows) {
    const bottom = Math.min(top + rows, height), strip = new Uint8Array((bottom - top) * stride);
    for (let y = top; y < bottom; y++) {
      pick(data, 4 * y * width, channels, row);
      filter(row, above, channels, strip.subarray((y - top) * stride));
      [above, row] = [row, above];
    }
    yield strip;
  }
}

function pick(data, start, channels, row) {
  for (let from = start, to = 0; to < row.length; from += 4, to += channels) {
    row[to] = data[from];
    row[to + 1] = data[from + 1];
    row[to + 2] = data[from + 2];
    if (channels === 4) row[to + 3] = data[from + 3];
  }
}

function filter(row, above, channels, out) {
  out[0] = PAETH;
  for (let index = 0; index < channels; index++) out[index + 1] = row[index] - above[index];
  for (let index = channels; index < row.length; index++) {
    const left = row[index - channels], up = above[index], corner = above[index - channels];
    const toLeft = Math.abs(up - corner), toUp = Math.abs(left - corner), toCorner = Math.abs(left + up - 2 * corner);
    const guess = toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
    out[index + 1] = row[index] - guess;
  }
}
