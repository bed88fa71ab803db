// A photograph's file as pixels, upright and in sRGB: the browser decodes it, in strips, as canvases are limited.

const STRIP = 1 << 20; // pixels

// A Blob → { data, width, height }: levels of red, green, blue and alpha.
export async function decode(file) {
  const bitmap = await createImageBitmap(file, { premultiplyAlpha: "none" });
  try {
    return copied(bitmap);
  } finally {
    bitmap.close();
  }
}

function copied(bitmap) {
  const { width, height } = bitmap, rows = Math.max(1, Math.min(height, Math.floor(STRIP / width)));
  const data = new Uint8ClampedArray(4 * width * height);
  const context = new OffscreenCanvas(width, rows).getContext("2d", { willReadFrequently: true });
  for (let top = 0; top < height; top += rows) {
    const some = Math.min(rows, height - top);
    context.clearRect(0, 0, width, rows);
    context.drawImage(bitmap, 0, top, width, some, 0, 0, width, some);
    data.set(context.getImageData(0, 0, width, some).data, 4 * top * width);
  }
  return { data, width, height };
}
