// What plays a film: a button, where it is, sound. Space and the arrow keys do the same on the stage.

import { clock } from "./words.js";

const STEP = 1, BIG_STEP = 10; // seconds
const PLAY = "M8 5v14l11-7z", PAUSE = "M7 5h4v14H7zM13 5h4v14h-4z";
const SOUND = "M4 9v6h4l5 4V5L8 9zM16 9a4 4 0 0 1 0 6", MUTE = "M4 9v6h4l5 4V5L8 9zM16 10l4 4m0-4-4 4";

export class Player {
  constructor(stage) {
    const { video } = stage;
    Object.assign(this, { stage, video });
    this.element = document.createElement("div");
    this.element.className = "player";
    this.element.setAttribute("role", "group");
    this.element.setAttribute("aria-label", "Play the film");
    this.element.innerHTML = `<button type="button" class="play"></button>
      <input type="range" min="0" max="1" step="0.04" value="0" aria-label="Position">
      <output aria-label="Time"></output><button type="button" class="mute"></button>`;
    [this.play, this.mute] = this.element.querySelectorAll("button");
    this.position = this.element.querySelector("input");
    this.time = this.element.querySelector("output");
    this.play.addEventListener("click", () => this.toggle());
    this.mute.addEventListener("click", () => { video.muted = !video.muted; });
    this.position.addEventListener("input", () => { video.currentTime = Number(this.position.value); });
    stage.canvas.addEventListener("keydown", (event) => this.#key(event));
    for (const event of ["play", "pause", "ended", "timeupdate", "seeked", "loadedmetadata", "volumechange"]) {
      video.addEventListener(event, () => this.show());
    }
    this.show();
  }

  toggle() {
    if (this.video.paused) this.video.play().catch(() => {}); // another film has taken its place
    else this.video.pause();
  }

  show() {
    const { video, position } = this, whole = Number.isFinite(video.duration) ? video.duration : 0;
    picture(this.play, video.paused ? PLAY : PAUSE, video.paused ? "Play" : "Pause");
    picture(this.mute, video.muted ? MUTE : SOUND, video.muted ? "Sound on" : "Sound off");
    position.max = whole || 1;
    position.value = video.currentTime;
    const text = `${clock(video.currentTime)} / ${clock(whole)}`;
    this.time.textContent = text;
    position.setAttribute("aria-valuetext", text.replace("/", "of"));
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.stage.photo) return;
    const step = event.shiftKey ? BIG_STEP : STEP;
    const by = { ArrowLeft: -step, ArrowRight: step }[event.key];
    const isZoomed = this.stage.view.zoom > 1; // then arrow keys move it
    if (event.key === " ") this.toggle();
    else if (by && !isZoomed) this.video.currentTime = Math.max(0, this.video.currentTime + by);
    else if (!this.stage.view.key(event, this.stage.photo)) return;
    event.preventDefault();
  }
}

function picture(button, path, label) {
  if (button.title === label) return;
  button.title = label;
  button.setAttribute("aria-label", label);
  button.innerHTML = `<svg viewBox="0 0 24 24" class="icon" aria-hidden="true"><path d="${path}"/></svg>`;
}
