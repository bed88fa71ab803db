// The server, as the page sees it. Whatever goes wrong is a Refusal with one line for people.

const LONGEST_WAIT = 10 * 60 * 1000; // for a server that stays busy, in milliseconds

export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status; // 0 if the server did not answer
  }
}

let token = sessionStorage.getItem("token") ?? "";
let asking = null; // the one dialog that all requests wait for

function askForToken() {
  asking ??= new Promise((resolve) => {
    const dialog = document.getElementById("token-dialog");
    const input = document.getElementById("token");
    input.value = "";
    dialog.showModal();
    dialog.addEventListener("close", () => {
      token = input.value.trim();
      sessionStorage.setItem("token", token);
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
  } catch {
    throw new Refusal(0, "The server does not answer. Nothing is lost on this page.");
  }
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

// Ask until the answer is neither "busy" nor "show the token"; `onBusy` is called with each wait in seconds.
export async function ask(path, options = {}, onBusy = () => {}) {
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
      onBusy(seconds);
      await pause(seconds * 1000 * (0.5 + Math.random()));
    } else {
      throw new Refusal(response.status, sentence(detail));
    }
  }
}

// Post a photograph's file with options as a form.
export function send(path, file, options = {}, onBusy) {
  const form = new FormData();
  for (const [key, value] of Object.entries(options)) form.append(key, value);
  form.append("file", file, file.name);
  return ask(path, { method: "POST", body: form }, onBusy);
}

// The name that the server gives a result; it has made it safe.
export function resultName(response) {
  const encoded = /filename\*=UTF-8''([^;]+)/.exec(response.headers.get("Content-Disposition") ?? "");
  return encoded ? decodeURIComponent(encoded[1]) : "photograph-color";
}

export function sentence(text) {
  return `${text[0].toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
}
