// Results as files: rendered one by one, and saved as one file or all in a zip.

import { render } from "./engine.js";
import { unique, zip } from "./zip.js";

// Render every photograph by every model, and save them, and films, which are there already: one as itself, several as a zip. `onStep` is called
// with (number of this file, total). Returns lines: what failed, and what the files cannot hold.
export async function saveAll(photos, models, format, onStep) {
  const files = [], failed = [], notes = [], names = new Set();
  const by = (photo) => (photo.isFilm ? [null] : models);
  const total = photos.reduce((sum, photo) => sum + by(photo).length, 0);
  for (const photo of photos) {
    for (const model of by(photo)) {
      onStep(files.length + failed.length + 1, total);
      try {
        const { name, blob, notes: lines } = photo.result ?? await render(photo.opened, { ...photo.options, model, format });
        const dot = name.lastIndexOf(".");
        const own = model && models.length > 1 ? `${name.slice(0, dot)}-${model}${name.slice(dot)}` : name;
        files.push({ name: unique(own, names), blob });
        notes.push(...lines.map((line) => `${photo.name}: ${line}`));
      } catch (error) {
        failed.push(`${photo.name}: ${error.message}`);
      }
    }
  }
  if (files.length === 1 && total === 1) save(files[0].blob, files[0].name);
  else if (files.length) save(await zip(files), "photochrom.zip");
  return { failed, notes };
}

export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
