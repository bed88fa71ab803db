// A picture is worked on in bands of rows: what one band needs stays in a core's cache.

const BAND = 1 << 15; // pixels at a time

// The first row of each band, and the row after its last.
export function* bands(height, width) {
  const rows = Math.max(1, Math.floor(BAND / width));
  for (let top = 0; top < height; top += rows) yield [top, Math.min(top + rows, height)];
}
