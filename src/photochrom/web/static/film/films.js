// The films of the page: taken in, colored one after the other, and shown. A film is colored when it comes; when a
// setting changes later, the page offers to color it again, as that takes its time.

import { sentence } from "../refusal.js";
import { Film } from "./film.js";
import { Player } from "./player.js";
import { FilmStage } from "./stage.js";
import { clock, share } from "./words.js";

const $ = (id) => document.getElementById(id);
const UNSHOWN = "This browser cannot play the result. It can be downloaded all the same.";
const QUARTERS = 4; // after each of them, those who listen are told how far it is

export class Films {
  items = [];
  limits = null; // as the engine tells
  problem = ""; // why films are not colored here
  #said = 0; // quarters of the film at work

  // `page` tells of the page: view, shown() and models(), and has remove, refresh, gone, say and warn.
  constructor(page) {
    this.page = page;
    this.stage = new FilmStage(page.view);
    this.player = new Player(this.stage);
    this.stage.element.append(this.player.element);
    $("film-cancel").addEventListener("click", () => this.#cancel(page.shown()));
    for (const id of ["film-again", "film-again-here"]) $(id).addEventListener("click", () => this.want(page.shown()));
    window.addEventListener("pagehide", () => this.items.forEach((film) => film.cancel()));
  }

  isFilm(file) {
    return file.type.startsWith("video/") || Boolean(this.limits?.suffixes.some((suffix) => file.name.toLowerCase().endsWith(suffix)));
  }

  // Know what the engine takes. Films that came before that was known may have to go.
  know(limits, problem) {
    Object.assign(this, { limits, problem });
    if (problem && this.items.length) this.page.warn(sentence(problem));
    for (const film of [...this.items]) {
      if (problem) this.page.remove(film);
      else this.#open(film);
    }
  }

  // Films for files, as far as films are colored here.
  take(files) {
    if (!files.length) return [];
    if (this.problem) {
      this.page.warn(sentence(this.problem));
      return [];
    }
    const films = files.map((file) => new Film(file));
    this.items.push(...films);
    if (this.limits) films.forEach((film) => this.#open(film));
    return films;
  }

  #open(film) {
    film.open().then(() => this.page.refresh());
  }

  remove(film) {
    film.cancel();
    this.items.splice(this.items.indexOf(film), 1);
  }

  // Have a film colored, again if it is already.
  want(film) {
    film.isWanted = true;
    film.problem = "";
    this.work();
    this.page.refresh();
  }

  // Color the next film, if none is being colored.
  work() {
    const film = this.items.find((one) => one.isWanted && !one.busy);
    if (!this.limits || !film || this.items.some((one) => one.busy)) return;
    this.#said = 0;
    this.page.say(`${film.name} is being colored.`);
    film.color(this.page.models()[0], this.limits, () => this.#moved(film)).then(() => {
      if (film.problem) this.page.say(`${film.name}: ${film.problem}`);
      else if (film.result?.notes.length) this.page.warn(`${film.name}: ${film.result.notes.join(" · ")}`);
      if (!film.problem && film.result) this.page.say(`${film.name} is colored.`);
      this.work();
    }, this.page.gone);
  }

  #moved(film) {
    const quarters = film.busy ? Math.floor(QUARTERS * (share(film.moved) ?? 0)) : 0;
    if (quarters > this.#said && quarters < QUARTERS) this.page.say(`${film.name}: ${100 * quarters / QUARTERS} % done.`);
    this.#said = Math.max(quarters, this.#said);
    this.page.refresh();
  }

  #cancel(film) {
    film.cancel();
    this.page.say(`${film.name} is not colored.`);
    this.page.refresh();
    $("film-again").focus();
  }

  // Show the film that is chosen on the page, if it is one.
  show() {
    const film = this.page.shown()?.isFilm ? this.page.shown() : null;
    document.body.classList.toggle("film", film !== null);
    $("film-bar").hidden = !film;
    $("film-again-here").hidden = true;
    this.player.element.hidden = !film?.result?.isShown;
    if (!film) return this.stage.video.pause();
    const { result } = film, isShown = Boolean(result?.isShown);
    const source = film.first && !result ? film.file : null;
    const veil = film.problem || (result && !isShown ? UNSHOWN : "");
    this.stage.show(isShown ? result.blob : source, { isColored: isShown, luma: result?.luma, name: film.name, veil });
    this.#showBar(film);
  }

  #showBar(film) {
    const isFresh = film.isFresh(this.page.models()[0]), bar = $("film-progress");
    bar.hidden = $("film-cancel").hidden = !film.busy;
    const done = film.busy ? share(film.moved) : null;
    if (done === null) bar.removeAttribute("value");
    else bar.value = done;
    $("film-again").hidden = film.busy || film.isWanted || isFresh;
    $("film-again-here").hidden = $("film-again").hidden || !film.result; // beside what has been changed
    $("film-again").textContent = film.result ? "Color again" : "Color the film";
    const seconds = film.first ? `${clock(film.first.seconds)}, ${film.first.width}×${film.first.height}` : "";
    const stale = film.result && !isFresh && !film.busy ? "The settings have changed since it was colored." : "";
    $("film-name").textContent = [film.name, seconds].filter(Boolean).join(" · ");
    $("film-status").textContent = stale || film.progress;
  }
}
