// Films on the server: sent, asked for until they are done, fetched, and removed there. See engine.js.

import { Refusal } from "../../refusal.js";
import { ask, pause, send } from "./requests.js";

const FILMS = "/api/v1/films";
const EVERY = 1000; // milliseconds between two questions
const LONGEST_GAP = 90 * 1000; // for a connection that is lost on the way; the server waits longer

export async function colorFilm(file, options, signal, onMoved) {
  if (file.size === 0) throw new Refusal("This file is empty.");
  onMoved({ state: "sending" });
  const wait = (reason) => onMoved({ state: "sending", reason });
  const film = await (await send(FILMS, file, options, signal, wait)).json();
  const path = `${FILMS}/${film.id}`;
  try {
    const { name, notes, luma } = await untilDone(path, film, signal, onMoved);
    onMoved({ state: "fetching" });
    return { name, notes, luma, blob: await (await ask(`${path}/result`, { signal })).blob() };
  } finally { // it is given up, or here as a whole
    ask(path, { method: "DELETE", keepalive: true }).catch(() => {}); // else the server does it when nobody asks any more
  }
}

async function untilDone(path, film, signal, onMoved) {
  let told = film, heard = Date.now();
  while (told.state !== "done") {
    if (told.state === "failed") throw new Refusal(told.detail);
    onMoved(told);
    await pause(EVERY, signal);
    try {
      told = await (await ask(`${path}/progress`, { signal })).json();
      heard = Date.now();
    } catch (error) {
      if (!error.gone || Date.now() - heard > LONGEST_GAP) throw error;
    }
  }
  return told;
}
