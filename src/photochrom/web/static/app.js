// The page: photographs come in, are colored by the chosen models, shown and saved. Nothing here outlives the tab.

import { PLAIN } from "./color.js";
import { saveAll } from "./download.js";
import { about } from "./engine.js";
import { showExamples } from "./examples.js";
import { Controls } from "./hints/controls.js";
import { ColorTool } from "./hints/tool.js";
import { listenForFiles } from "./incoming.js";
import { say, warn } from "./messages.js";
import { chooser } from "./models.js";
import { Photo, example } from "./photo.js";
import { Reel } from "./reel.js";
import { sentence } from "./refusal.js";
import { markFold } from "./settings/fold.js";
import { ReferenceSlot } from "./settings/reference.js";
import { Settings } from "./settings/settings.js";
import { Versions } from "./settings/versions.js";
import { Stage } from "./stage.js";
import { View } from "./view.js";
import { listenToZoom, showZoom } from "./zoom.js";

const AT_ONCE = 2; // photographs on their way at the same time, beside the one that is shown
const KINDS = ["JPEG", "PNG", "TIFF", "WebP", "AVIF", "BMP", "GIF", "PGM", "HEIC"]; // those that are worth telling
const TOO_LARGE = "Too large for this browser to show; it can be downloaded all the same.";

const $ = (id) => document.getElementById(id);
const view = new View();
const state = { photos: [], current: null, limits: null, chosen: () => ["default"], saving: false };
const stages = new Map(); // model → Stage
const reel = new Reel($("reel"), { onChoose: choose, onRetry: retry, onRemove: remove });
const page = {
  view, current: () => state.current, photos: () => state.photos, models: () => state.chosen(),
  stages: () => state.chosen().flatMap((model) => stages.get(model) ?? []), isEdited, choose, work, recolor, gone, refresh, say, warn,
};
const tool = new ColorTool(page), controls = new Controls(tool, page);
const settings = new Settings(page), reference = new ReferenceSlot(page), versions = new Versions(page, tool.editing);

function add(photos) {
  if (!photos.length) return;
  state.photos.push(...photos);
  choose(state.current ?? photos[0]);
  say(`${photos.length === 1 ? photos[0].name : `${photos.length} photographs`} added.`);
}

// Files that came in: photographs, and hints for the one that is shown.
function receive(files) {
  const isHints = (file) => file.name.toLowerCase().endsWith(".json");
  add(files.filter((file) => !isHints(file)).map((file) => new Photo(file)));
  for (const file of files.filter(isHints)) controls.load(file);
}

function choose(photo) {
  if (state.current !== photo) {
    tool.leave();
    state.current?.forget();
    state.current = photo;
    view.reset();
  }
  work();
}

function remove(photo) {
  const index = state.photos.indexOf(photo);
  state.photos.splice(index, 1);
  photo.forget();
  if (state.current === photo) {
    state.current = null;
    choose(state.photos[Math.min(index, state.photos.length - 1)] ?? null);
  }
  refresh();
  say(`${photo.name} removed.`);
  (document.querySelector(".reel .pick[aria-current=true]") ?? $("files")).focus();
}

function retry(photo) {
  photo.problem = "";
  work();
}

// The next photograph to color and the model to do it: those of the shown photograph come first.
function next() {
  if (!state.limits) return null; // what the engine has is not known yet
  for (const photo of [state.current, ...state.photos]) {
    if (!photo || photo.busy || photo.problem) continue;
    const model = state.chosen().find((model) => !photo.isFresh(model) && !(isEdited(photo) && photo.chroma.has(model)));
    if (model) return { photo, model };
  }
  return null;
}

// Whether a person is at work on it, and sees quick previews.
function isEdited(photo) {
  return tool.isOn && photo === state.current;
}

const isColored = (photo) => state.chosen().every((model) => photo.chroma.has(model));

// Color what is not colored yet.
function work() {
  for (let task = next(); task; task = next()) {
    const { photo, model } = task;
    const others = state.photos.filter((other) => other.busy && other !== state.current).length;
    if (photo !== state.current && others >= AT_ONCE) break;
    photo.color(model, state.limits, refresh).then(() => {
      if (state.photos.includes(photo)) state.photos.splice(state.photos.indexOf(photo) + 1, 0, ...photo.otherPages());
      if (photo.problem) say(`${photo.name}: ${photo.problem}`);
      else if (!state.photos.some((other) => other.busy) && !next()) say("All photographs are colored.");
      work();
    }, gone);
  }
  refresh();
}

// What a photograph is colored by has changed.
function recolor(photo) {
  if (isEdited(photo)) tool.editing.show(photo);
  else work();
}

// The engine does not answer: keep everything, and go on when it is back.
function gone(error, again = () => {}) {
  warn(error.message, () => {
    again();
    for (const photo of state.photos) if (photo.retry) photo.problem = "";
    if (state.limits) work();
    else start();
  });
  refresh();
}

function refresh() {
  document.body.classList.toggle("empty", !state.photos.length);
  reel.show(state.photos, state.current);
  const colored = state.photos.filter(isColored);
  const failed = state.photos.filter((photo) => photo.problem && !colored.includes(photo));
  $("progress").max = state.photos.length || 1;
  $("progress").value = colored.length + failed.length;
  $("count").textContent = `${colored.length} of ${state.photos.length} colored`
    + (failed.length ? `, ${failed.length} failed` : "");
  $("download").disabled = state.saving || !colored.includes(state.current);
  $("download-all").disabled = state.saving || !colored.length;
  $("download-all").hidden = state.photos.length < 2;
  for (const part of [settings, reference, versions]) part.show();
  showStages();
}

function showStages() {
  const models = state.chosen();
  for (const [model, stage] of stages) {
    if (!models.includes(model)) {
      stage.remove();
      stages.delete(model);
    }
  }
  $("stages").dataset.count = models.length;
  for (const model of models) {
    if (!stages.has(model)) stages.set(model, new Stage(view, model));
    fill(stages.get(model), model);
  }
  const elements = models.map((model) => stages.get(model).element);
  elements.forEach((element, index) => {
    element.querySelector("figcaption").dataset.place = `${index + 1} of ${elements.length}`;
  });
  // A stage that is in its place already is not moved, as it would lose its focus.
  if (elements.some((element, index) => $("stages").children[index] !== element)) $("stages").replaceChildren(...elements);
  tool.show();
}

async function fill(stage, model) {
  const photo = state.current;
  if (!photo) return stage.show(null, null, PLAIN, "");
  if (!photo.thumbnail.width) return stage.show(null, null, PLAIN, photo.name, { veil: photo.problem || photo.progress });
  const known = photo.chroma.has(model);
  const bitmaps = await Promise.all([photo.bitmap(), known ? photo.bitmap(model) : null]).catch(() => null);
  if (state.current !== photo) return;
  if (!bitmaps) return stage.show(null, null, PLAIN, photo.name, { veil: TOO_LARGE });
  const now = known ? { progress: photo.busy ? photo.progress : "" } : { veil: photo.problem || photo.progress };
  stage.show(...bitmaps, photo.look, photo.name, now);
  showZoom(view);
}

async function save(photos, button) {
  const label = button.textContent, format = document.querySelector("input[name=format]:checked").value;
  state.saving = true;
  refresh();
  const { failed, notes } = await saveAll(photos, state.chosen(), format, (step, total) => {
    button.textContent = `Rendering ${step} of ${total}…`;
    say(button.textContent);
  }).catch((error) => ({ failed: [error.message], notes: [] }));
  button.textContent = label;
  state.saving = false;
  say(failed.length ? "" : "Saved.");
  if (failed.length) warn(`Not saved: ${failed.join(" · ")}`);
  else warn(notes.length ? `Saved. ${notes.join(" · ")}` : "");
  refresh();
}

function listen() {
  listenForFiles($("files"), receive);
  $("download").addEventListener("click", () => save([state.current], $("download")));
  $("download-all").addEventListener("click", () => save(state.photos.filter(isColored), $("download-all")));
  window.addEventListener("beforeunload", (event) => {
    if (state.photos.length) event.preventDefault();
  });
  markFold(document.querySelector(".panel"));
  listenToZoom(view, () => state.current?.bitmap());
}

function addExample(path) {
  example(path).then((photo) => {
    state.current?.forget();
    state.current = null;
    add([photo]);
  }, gone);
}

async function start() {
  try {
    const { models, limits, suffixes, formats } = await about(undefined, (text) => {
      $("loading").textContent = text;
    });
    state.limits = limits;
    $("files").accept = ["image/*", ...suffixes].join();
    for (const input of document.querySelectorAll("input[name=format]")) input.parentElement.hidden = !formats.includes(input.value);
    const kinds = KINDS.filter((kind) => suffixes.includes(`.${kind.toLowerCase()}`)).join(", ");
    $("limits").textContent = `${kinds}; up to ${Math.round(limits.bytes / 1e6)} MB and `
      + `${Math.round(limits.pixels / 1e6)} million pixels each.`;
    state.chosen = chooser($("models"), models, work);
    work();
  } catch (error) {
    warn(sentence(error.message), start);
  }
}

listen();
showExamples($("examples"), addExample);
start();
