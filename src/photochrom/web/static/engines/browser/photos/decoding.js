// A photograph's file as pixels, upright and in sRGB: the browser decodes it, in strips, as canvases are limited.

const STRIP = 1 << 20; // pixels

// A Blob → { data, width, height }: levels of red, green, blue and alpha.
export async function decode(file) {
  const bitmap = await createImageBitmap(file, { premultiplyAlpha: "none" });
  try {
    const pixels = drawn(bitmap);
    if (!isOpaque(pixels)) readExactly(bitmap, pixels);
    return pixels;
  } finally {
    bitmap.close();
  }
}

export function isOpaque({ data }) {
  for (let at = 3; at < data.length; at += 4) if (data[at] !== 255) return false;
  return true;
}

function drawn(bitmap) {
  const { width, height } = bitmap, data = new Uint8ClampedArray(4 * width * height), strip = rowsOf(bitmap);
  const context = new OffscreenCanvas(width, strip).getContext("2d", { willReadFrequently: true });
  for (let top = 0; top < height; top += strip) {
    const rows = Math.min(strip, height - top);
    context.clearRect(0, 0, width, rows);
    context.drawImage(bitmap, 0, top, width, rows, 0, 0, width, rows);
    data.set(context.getImageData(0, 0, width, rows).data, 4 * top * width);
  }
  return { data, width, height };
}

// Canvases keep colors times alpha, and lose what is transparent; textures keep them as they are.
function readExactly(bitmap, { data, width, height }) {
  const gl = new OffscreenCanvas(1, 1).getContext("webgl2"), strip = rowsOf(bitmap);
  if (!gl || gl.getParameter(gl.MAX_TEXTURE_SIZE) < Math.max(width, strip)) return;
  const texture = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA8, width, strip);
  gl.bindFramebuffer(gl.FRAMEBUFFER, gl.createFramebuffer());
  gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
  for (let top = 0; top < height; top += strip) {
    const rows = Math.min(strip, height - top), some = new Uint8Array(data.buffer, 4 * top * width, 4 * rows * width);
    gl.pixelStorei(gl.UNPACK_SKIP_ROWS, top);
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, width, rows, gl.RGBA, gl.UNSIGNED_BYTE, bitmap);
    gl.readPixels(0, 0, width, rows, gl.RGBA, gl.UNSIGNED_BYTE, some);
  }
  gl.getExtension("WEBGL_lose_context")?.loseContext(); // frees its memory now
}

const rowsOf = ({ width, height }) => Math.max(1, Math.min(height, Math.floor(STRIP / width)));
