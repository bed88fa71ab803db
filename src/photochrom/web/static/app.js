// The page: photographs come in, are colored by the chosen models, shown and saved. Nothing here outlives the tab.

import { ask, sentence } from "./api.js";
import { saveAll } from "./download.js";
import { chooser } from "./models.js";
import { Photo, example } from "./photo.js";
import { Reel } from "./reel.js";
import { Stage } from "./stage.js";
import { View } from "./view.js";

const AT_ONCE = 2; // photographs on their way at the same time
const EXAMPLES = [
  ["aitzgorri", "Aitzgorri", "A ridge beyond a wood and a meadow"], ["life", "Brook", "A brook among rocks and trees"],
  ["picosdeeuropa", "Picos de Europa", "A path to rocky peaks with snow"], ["sunset", "Sunset", "A low sun over hills"],
  ["camera", "Cameraman", "A man with a camera on a tripod"],
];

const $ = (id) => document.getElementById(id);
const view = new View();
const state = { photos: [], current: null, limits: null, chosen: () => ["default"], saving: false };
const stages = new Map(); // model → Stage
const reel = new Reel($("reel"), { onChoose: choose, onRetry: retry, onRemove: remove });

function say(text) {
  $("status").textContent = text;
}

function warn(text, again) {
  $("alert").hidden = !text;
  $("alert").querySelector("span").textContent = text;
  const button = $("alert").querySelector("button");
  button.hidden = !again;
  button.onclick = () => {
    warn("");
    again();
  };
}

// Photographs in, from wherever.
function add(files) {
  const photos = [...files].map((file) => new Photo(file));
  if (photos.length) take(photos);
}

function take(photos) {
  state.photos.push(...photos);
  choose(state.current ?? photos[0]);
  say(`${photos.length === 1 ? photos[0].name : `${photos.length} photographs`} added.`);
  work();
}

function choose(photo) {
  if (state.current !== photo) {
    state.current?.forget();
    state.current = photo;
    view.reset();
  }
  refresh();
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
  say(`${photo.name} taken away.`);
  (document.querySelector(".reel .pick[aria-current=true]") ?? $("files")).focus();
}

function retry(photo) {
  photo.problem = "";
  work();
}

const wants = (photo) => !photo.problem && !photo.busy && state.chosen().some((model) => !photo.chroma.has(model));

// Color what is not colored yet, the shown photograph first.
function work() {
  while (state.photos.filter((photo) => photo.busy).length < AT_ONCE) {
    const next = [state.current, ...state.photos].find((photo) => photo && wants(photo));
    if (!next) break;
    next.color(state.chosen(), state.limits, refresh).then(() => {
      if (next.problem) say(`${next.name}: ${next.problem}`);
      else if (!state.photos.some((photo) => photo.busy || wants(photo))) say("All photographs are colored.");
      work();
    }, gone);
  }
  refresh();
}

// The server does not answer: keep everything, and go on when it is back.
function gone(error) {
  warn(error.message, () => {
    for (const photo of state.photos) if (photo.retry) photo.problem = "";
    if (state.limits) work();
    else start();
  });
  refresh();
}

function refresh() {
  document.body.classList.toggle("empty", !state.photos.length);
  reel.show(state.photos, state.current);
  const colored = state.photos.filter((photo) => state.chosen().every((model) => photo.chroma.has(model)));
  const failed = state.photos.filter((photo) => photo.problem && !colored.includes(photo));
  $("progress").max = state.photos.length || 1;
  $("progress").value = colored.length + failed.length;
  $("count").textContent = `${colored.length} of ${state.photos.length} colored`
    + (failed.length ? `, ${failed.length} failed` : "");
  $("download").disabled = state.saving || !colored.includes(state.current);
  $("download-all").disabled = state.saving || !colored.length;
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
    $("stages").append(stages.get(model).element);
    stages.get(model).saturate(Number($("saturation").value));
    fill(stages.get(model), model);
  }
}

async function fill(stage, model) {
  const photo = state.current;
  if (!photo) return stage.show(null, null, "");
  if (!photo.thumbnail.width) return stage.show(null, null, photo.name, photo.problem || photo.said);
  const known = photo.chroma.has(model);
  try {
    const [picture, colors] = await Promise.all([photo.bitmap(), known ? photo.bitmap(model) : null]);
    if (state.current === photo) stage.show(picture, colors, photo.name, known ? "" : photo.problem || photo.said);
    showZoom();
  } catch {
    stage.show(null, null, photo.name, "Too large for this browser to show; it can be downloaded all the same.");
  }
}

async function save(photos) {
  state.saving = true;
  refresh();
  const options = {
    saturation: $("saturation").value, format: document.querySelector("input[name=format]:checked").value,
  };
  const failed = await saveAll(photos, state.chosen(), options, (done, total) => {
    if (done < total) say(`Rendering ${done + 1} of ${total}.`);
    $("download-all").textContent = done < total ? `Rendering ${done + 1} of ${total}…` : "All as zip";
  }).catch((error) => [error.message]);
  state.saving = false;
  say(failed.length ? "" : "Saved.");
  if (failed.length) warn(`Not saved: ${failed.join(" · ")}`);
  refresh();
}

function listen() {
  $("files").addEventListener("change", (event) => {
    add(event.target.files);
    event.target.value = "";
  });
  document.addEventListener("paste", (event) => add(event.clipboardData.files));
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    document.body.classList.add("dragging");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) document.body.classList.remove("dragging");
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.classList.remove("dragging");
    add(event.dataTransfer.files);
  });
  $("saturation").addEventListener("input", (event) => {
    $("saturation-value").textContent = Number(event.target.value).toFixed(2);
    for (const stage of stages.values()) stage.saturate(Number(event.target.value));
  });
  $("download").addEventListener("click", () => save([state.current]));
  $("download-all").addEventListener("click", () => {
    save(state.photos.filter((photo) => state.chosen().every((model) => photo.chroma.has(model))));
  });
  window.addEventListener("beforeunload", (event) => {
    if (state.photos.length) event.preventDefault();
  });
  listenToTools();
}

function listenToTools() {
  const zooming = (action) => () => state.current?.bitmap().then(action, () => {});
  $("zoom-in").addEventListener("click", zooming((photo) => view.zoomBy(1.5, photo)));
  $("zoom-out").addEventListener("click", zooming((photo) => view.zoomBy(1 / 1.5, photo)));
  $("actual").addEventListener("click", zooming((photo) => view.zoomTo(1, photo)));
  $("fit").addEventListener("click", () => view.reset());
  view.addEventListener("change", showZoom);
}

function showZoom() {
  $("zoom").textContent = `${Math.round(view.scale * 100)} %`;
}

function showExamples() {
  for (const [name, title, description] of EXAMPLES) {
    const path = `/static/examples/${name}.jpg`;
    const item = document.createElement("li");
    const button = Object.assign(document.createElement("button"), { type: "button" });
    const image = Object.assign(document.createElement("img"), { src: path, alt: description, loading: "lazy" });
    button.append(image, Object.assign(document.createElement("span"), { textContent: title }));
    button.addEventListener("click", () => example(path).then((photo) => {
      state.current?.forget();
      state.current = null;
      take([photo]);
    }, gone));
    item.append(button);
    $("examples").append(item);
  }
}

async function start() {
  try {
    const { models, limits } = await (await ask("/api/v1/models")).json();
    state.limits = limits;
    $("limits").textContent = `JPEG, PNG, TIFF, WebP, BMP, GIF, PGM; up to ${Math.round(limits.bytes / 1e6)} MB and `
      + `${Math.round(limits.pixels / 1e6)} million pixels each.`;
    state.chosen = chooser($("models"), models, work);
    work();
  } catch (error) {
    warn(sentence(error.message), start);
  }
}

listen();
showExamples();
start();
