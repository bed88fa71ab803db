// A zip archive of files that are compressed already, as Blobs, so that it never has to be in memory as a whole.
// The format is PKWARE's APPNOTE 6.3: local headers and data, the central directory, its end. Up to 4 GB.

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});

// The checksum of `bytes`, after others whose checksum was `crc`.
export function crc32(bytes, crc = 0) {
  crc = ~crc;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}

// Little-endian numbers, as [value, bytes] pairs.
function record(...fields) {
  const size = fields.reduce((sum, [, bytes]) => sum + bytes, 0);
  const view = new DataView(new ArrayBuffer(size));
  let at = 0;
  for (const [value, bytes] of fields) {
    if (bytes === 4) view.setUint32(at, value, true);
    else view.setUint16(at, value, true);
    at += bytes;
  }
  return view.buffer;
}

// The fields that local headers and the directory have in common: version 2.0, UTF-8 names, stored.
function described(name, blob, crc, when) {
  const time = (when.getHours() << 11) | (when.getMinutes() << 5) | (when.getSeconds() >> 1);
  const date = ((when.getFullYear() - 1980) << 9) | ((when.getMonth() + 1) << 5) | when.getDate();
  return [[20, 2], [0x0800, 2], [0, 2], [time, 2], [date, 2], [crc, 4], [blob.size, 4], [blob.size, 4],
    [name.length, 2], [0, 2]];
}

// Two names that differ only in case are one file on some systems.
export function unique(name, names) {
  const dot = name.lastIndexOf(".");
  let free = name;
  for (let n = 2; names.has(free.toLowerCase()); n++) free = `${name.slice(0, dot)}-${n}${name.slice(dot)}`;
  names.add(free.toLowerCase());
  return free;
}

// `files`: [{name, blob}] → Blob of the archive.
export async function zip(files, when = new Date()) {
  const parts = [], directory = [];
  let offset = 0;
  for (const { name, blob } of files) {
    const encoded = new TextEncoder().encode(name);
    const about = described(encoded, blob, crc32(new Uint8Array(await blob.arrayBuffer())), when);
    parts.push(record([0x04034b50, 4], ...about), encoded, blob);
    directory.push(record([0x02014b50, 4], [20, 2], ...about, [0, 2], [0, 2], [0, 2], [0, 4], [offset, 4]), encoded);
    offset += 30 + encoded.length + blob.size;
    if (offset > 0xf0000000) throw new Error("More than 4 GB do not fit into one zip; download them one by one.");
  }
  const size = directory.reduce((sum, part) => sum + part.byteLength, 0);
  const end = record([0x06054b50, 4], [0, 2], [0, 2], [files.length, 2], [files.length, 2], [size, 4], [offset, 4],
    [0, 2]);
  return new Blob([...parts, ...directory, end], { type: "application/zip" });
}
