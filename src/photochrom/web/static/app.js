// The page: photographs come in, are colored by the chosen models, shown and saved. Nothing here outlives the tab.

import { PLAIN } from "./color.js";
import { saveAll } from "./download.js";
import { about } from "./engine.js";
import { showExamples } from "./examples.js";
import { Films } from "./film/films.js";
import { Controls } from "./hints/controls.js";
import { ColorTool } from "./hints/tool.js";
import { accepted, limitsInWords, listenForFiles } from "./incoming.js";
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
const TOO_LARGE = "Too large for this browser to show; it can be downloaded all the same.";

const $ = (id) => document.getElementById(id);
const view = new View();
const state = { photos: [], current: null, limits: null, chosen: () => ["default"], saving: false };
const stages = new Map(); // model → Stage
const reel = new Reel($("reel"), { onChoose: choose, onRetry: retry, onRemove: remove });
const page = {
  view, current: () => (state.current?.isFilm ? null : state.current), shown: () => state.current, photos: () => state.photos,
  models: () => state.chosen(), stages: () => (page.current() ? state.chosen().flatMap((model) => stages.get(model) ?? []) : []),
  isEdited, choose, remove, work, recolor, gone, refresh, say, warn,
};
const films = new Films(page), tool = new ColorTool(page), controls = new Controls(tool, page);
const settings = new Settings(page), reference = new ReferenceSlot(page), versions = new Versions(page, tool.editing);

// All that the page has: photographs, then films.
const everything = () => [...state.photos, ...films.items];

function add(photos, moving = []) {
  if (!photos.length && !moving.length) return;
  state.photos.push(...photos);
  const added = [...photos, ...moving];
  choose(state.current ?? added[0]);
  say(`${added.length === 1 ? added[0].name : `${added.length} ${moving.length ? "files" : "photographs"}`} added.`);
}

// Files that came in: photographs, films, and hints for the photograph that is shown.
function receive(files) {
  const isHints = (file) => file.name.toLowerCase().endsWith(".json"), isFilm = (file) => !isHints(file) && films.isFilm(file);
  const photos = files.filter((file) => !isHints(file) && !isFilm(file)).map((file) => new Photo(file));
  add(photos, films.take(files.filter(isFilm)));
  for (const file of files.filter(isHints)) controls.load(file);
}

function choose(photo) {
  if (state.current !== photo) {
    tool.leave();
    if (tool.isOn && photo?.isFilm) tool.turn(false);
    state.current?.forget();
    state.current = photo;
    view.reset();
  }
  work();
}

function remove(photo) {
  const index = everything().indexOf(photo);
  if (photo.isFilm) films.remove(photo);
  else state.photos.splice(index, 1);
  photo.forget();
  if (state.current === photo) {
    state.current = null;
    choose(everything()[Math.min(index, everything().length - 1)] ?? null);
  }
  refresh();
  say(`${photo.name} removed.`);
  (document.querySelector(".reel .pick[aria-current=true]") ?? $("files")).focus();
}

function retry(photo) {
  if (photo.isFilm) return films.want(photo);
  photo.problem = "";
  work();
}

// The next photograph to color and the model to do it: those of the shown photograph come first.
function next() {
  if (!state.limits) return null; // what the engine has is not known yet
  for (const photo of [state.current, ...state.photos]) {
    if (!photo || photo.isFilm || photo.busy || photo.problem) continue;
    const model = state.chosen().find((model) => !photo.isFresh(model) && !(isEdited(photo) && photo.chroma.has(model)));
    if (model) return { photo, model };
  }
  return null;
}

// Whether a person is at work on it, and sees quick previews.
function isEdited(photo) {
  return tool.isOn && photo === state.current;
}

const isColored = (item) => (item.isFilm ? item.result !== null : state.chosen().every((model) => item.chroma.has(model)));

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
  films.work();
  refresh();
}

// What a photograph is colored by has changed. A film is colored again only when somebody asks for it.
function recolor(photo) {
  if (photo.isFilm) refresh();
  else if (isEdited(photo)) tool.editing.show(photo);
  else work();
}

// The engine does not answer: keep everything, and go on when it is back.
function gone(error, again = () => {}) {
  warn(error.message, () => {
    again();
    for (const item of everything().filter(({ retry }) => retry)) Object.assign(item, { problem: "", isWanted: true });
    if (state.limits) work();
    else start();
  });
  refresh();
}

function refresh() {
  const all = everything(), colored = all.filter(isColored);
  const failed = all.filter((item) => item.problem && !colored.includes(item));
  document.body.classList.toggle("empty", !all.length);
  reel.show(all, state.current);
  $("progress").max = all.length || 1;
  $("progress").value = colored.length + failed.length;
  $("count").textContent = `${colored.length} of ${all.length} colored`
    + (failed.length ? `, ${failed.length} failed` : "");
  $("download").disabled = state.saving || !colored.includes(state.current);
  $("download-all").disabled = state.saving || !colored.length;
  $("download-all").hidden = all.length < 2;
  for (const part of [settings, reference, versions, films]) part.show();
  showStages();
}

function showStages() {
  const models = state.current?.isFilm ? [] : state.chosen();
  for (const [model, stage] of stages) {
    if (!models.includes(model)) {
      stage.remove();
      stages.delete(model);
    }
  }
  $("stages").dataset.count = models.length || 1;
  for (const model of models) {
    if (!stages.has(model)) stages.set(model, new Stage(view, model));
    fill(stages.get(model), model);
  }
  const elements = models.length ? models.map((model) => stages.get(model).element) : [films.stage.element];
  if (models.length) elements.forEach((element, index) => {
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
  $("download-all").addEventListener("click", () => save(everything().filter(isColored), $("download-all")));
  window.addEventListener("beforeunload", (event) => {
    if (everything().length) event.preventDefault();
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
    const { models, limits, suffixes, formats, films_problem: problem } = await about(undefined, (text) => {
      $("loading").textContent = text;
    });
    state.limits = limits;
    films.know(limits.films, problem);
    $("files").accept = accepted(suffixes, limits.films);
    for (const input of document.querySelectorAll("input[name=format]")) input.parentElement.hidden = !formats.includes(input.value);
    $("limits").textContent = limitsInWords(suffixes, limits);
    state.chosen = chooser($("models"), models, work);
    work();
  } catch (error) {
    warn(sentence(error.message), start);
  }
}

listen();
showExamples($("examples"), addExample);
start();
