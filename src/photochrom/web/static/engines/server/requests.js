// Requests to the server, with its token, and again while it is busy. Whatever goes wrong is a Refusal.

import { Refusal } from "../../refusal.js";

const LONGEST_WAIT = 10 * 60 * 1000; // for a server that stays busy, in milliseconds

const KEY = "token"; // in the browser's storage, which it may refuse: then the token is asked for again
let token = stored() ?? "";
let asking = null; // the one dialog that all requests wait for

function stored() {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function store(value) {
  try {
    sessionStorage.setItem(KEY, value);
  } catch {
    // It is as long as the page is.
  }
}

function askForToken() {
  asking ??= new Promise((resolve) => {
    const dialog = document.getElementById("token-dialog");
    const input = document.getElementById("token");
    input.value = "";
    dialog.showModal();
    dialog.addEventListener("close", () => {
      token = input.value.trim();
      store(token);
      asking = null;
      resolve();
    }, { once: true });
  });
  return asking;
}

async function request(path, options) {
  try {
    const headers = token ? { Authorization: `Bearer ${token}` } : {};
    return await fetch(path, { ...options, headers });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Refusal("The server does not answer. Nothing is lost on this page.", { gone: true });
  }
}

export function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    }, { once: true });
  });
}

// Ask until the answer is neither "busy" nor "show the token"; `onWait` is told of each wait.
export async function ask(path, options = {}, onWait = () => {}) {
  const until = Date.now() + LONGEST_WAIT;
  for (;;) {
    const shown = token;
    const response = await request(path, options);
    if (response.ok) return response;
    const reason = await response.json().then((body) => body.detail, () => response.statusText);
    const detail = reason || `the server answered with status ${response.status}`; // HTTP/2 has no status text
    if (response.status === 401) {
      if (shown === token) await askForToken();
    } else if (response.status === 503 && Date.now() < until) {
      const seconds = Number(response.headers.get("Retry-After")) || 5;
      onWait(`The server is busy; trying again in ${seconds} s`);
      await pause(seconds * 1000 * (0.5 + Math.random()), options.signal);
    } else {
      throw new Refusal(detail, { retry: [408, 503].includes(response.status) });
    }
  }
}

// Post a file with options as a form; those that are null or undefined are left out.
export function send(path, file, options = {}, signal = undefined, onWait = undefined) {
  const form = new FormData();
  for (const [key, value] of Object.entries(options)) {
    if (value !== null && value !== undefined) form.append(key, value);
  }
  form.append("file", file, file.name);
  return ask(path, { method: "POST", body: form, signal }, onWait);
}

// The name that the server gives a result; it has made it safe.
export function resultName(response) {
  const encoded = /filename\*=UTF-8''([^;]+)/.exec(response.headers.get("Content-Disposition") ?? "");
  return encoded ? decodeURIComponent(encoded[1]) : "photograph-color";
}
