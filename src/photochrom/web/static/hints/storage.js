// Marks are kept in this browser, by the content of the photograph's file, and come back when the file does.
// Nothing is sent anywhere.

const PREFIX = "photochrom:hints:";

// The key of a page of a file: its sha256. Null where the browser has none, which is on pages without TLS from
// another machine; then marks live as long as the page.
export async function keyOf(file, page) {
  if (!globalThis.crypto?.subtle) return null;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  const name = Array.from(digest.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${PREFIX}${name}${page > 1 ? `:${page}` : ""}`;
}

// The text that was kept, or null.
export function recall(key) {
  try {
    return JSON.parse(localStorage.getItem(key))?.text ?? null;
  } catch {
    return null; // storage may be forbidden, or written by others
  }
}

// Call `onKept(key, text)` when another tab has kept a text. That it has removed one is not told, as it may have been for room.
export function listenToTabs(onKept) {
  window.addEventListener("storage", ({ key, newValue }) => {
    if (newValue !== null && key.startsWith(PREFIX)) onKept(key, recall(key));
  });
}

// Keep a text, or nothing any more where it is null. Where there is no room, the oldest ones make some. Returns
// whether it is kept.
export function keep(key, text) {
  for (;;) {
    try {
      if (text === null) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify({ text, when: Date.now() }));
      return true;
    } catch {
      if (!forgetOldest(key)) return false;
    }
  }
}

function forgetOldest(except) {
  try {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX) && key !== except);
    const when = (key) => JSON.parse(localStorage.getItem(key))?.when ?? 0;
    const oldest = keys.sort((one, other) => when(one) - when(other))[0];
    if (oldest) localStorage.removeItem(oldest);
    return Boolean(oldest);
  } catch {
    return false;
  }
}
