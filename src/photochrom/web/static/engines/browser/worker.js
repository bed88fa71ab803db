// The worker: calls of the page come in, are done one after the other, and answered. Between bands of a photograph it
// looks whether the call is still wanted.

import { Refusal } from "../../refusal.js";
import { HintError, ModelError } from "./errors.js";
import { Photographs } from "./photographs.js";
import { LoadError, Sessions } from "./session.js";

const aborted = new Set();
const { port1: here, port2: there } = new MessageChannel(); // a turn of the event loop, without the delay of timers
let photographs = null, last = Promise.resolve();

class Aborted extends Error {}

self.addEventListener("message", ({ data }) => {
  if (data.start) start(data.start);
  else if (data.abort) aborted.add(data.id);
  else last = last.then(() => answer(data));
});

function start({ root, about, threads }) {
  const sessions = new Sessions(root, about, threads, (loading) => self.postMessage({ loading }));
  photographs = new Photographs(root, about.version, sessions);
}

async function answer({ id, method, options }) {
  const goOn = async () => {
    await new Promise((resolve) => {
      here.onmessage = resolve;
      there.postMessage(null);
    });
    if (aborted.has(id)) throw new Aborted();
  };
  try {
    await goOn();
    self.postMessage({ id, value: await photographs[method](options, goOn) });
  } catch (error) {
    if (!(error instanceof Aborted)) self.postMessage({ id, refusal: refusal(error) });
  }
  aborted.delete(id);
}

function refusal(error) {
  if (error instanceof LoadError) return { message: error.message, retry: true };
  if ([Refusal, HintError, ModelError].some((kind) => error instanceof kind)) return { message: error.message };
  console.error(error);
  const isMemory = error instanceof RangeError || /memory|allocat/i.test(error.message);
  const short = "the memory of this browser does not suffice for this photograph";
  return { message: isMemory ? short : `this browser fails: ${error.message}` };
}
