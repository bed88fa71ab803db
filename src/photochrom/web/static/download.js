// Results as files: rendered by the server, one by one or all in a zip.

import { resultName, send } from "./api.js";
import { unique, zip } from "./zip.js";

async function render(photo, model, format) {
  const answer = await send("/api/v1/colorize", photo.file, {
    model, format, saturation: photo.saturation, ...photo.options,
  });
  const note = decodeURIComponent(answer.headers.get("X-Photochrom-Notes") ?? "");
  return { name: resultName(answer), blob: await answer.blob(), note };
}

// Render every photograph by every model, and save them: one as itself, several as a zip. `onStep` is called
// with (number of this file, total). Returns lines: what failed, and what the files cannot hold.
export async function saveAll(photos, models, format, onStep) {
  const files = [], failed = [], notes = [], names = new Set();
  const total = photos.length * models.length;
  for (const photo of photos) {
    for (const model of models) {
      onStep(files.length + failed.length + 1, total);
      try {
        const { name, blob, note } = await render(photo, model, format);
        const dot = name.lastIndexOf(".");
        const own = models.length > 1 ? `${name.slice(0, dot)}-${model}${name.slice(dot)}` : name;
        files.push({ name: unique(own, names), blob });
        if (note) notes.push(`${photo.name}: ${note}`);
      } catch (error) {
        failed.push(`${photo.name}: ${error.message}`);
      }
    }
  }
  if (files.length === 1 && total === 1) save(files[0].blob, files[0].name);
  else if (files.length) save(await zip(files), "photochrom.zip");
  return { failed, notes };
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
