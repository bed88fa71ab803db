// How far a film is, and times, in words.

export function inWords(moved) {
  switch (moved?.state) {
    case "sending": return moved.reason ?? "Sending…";
    case "waiting": return moved.before ? `Waiting: ${moved.before === 1 ? "another film comes" : `${moved.before} films come`} first` : "Starting…";
    case "working": return working(moved);
    case "fetching": return "Getting the result…";
    default: return "";
  }
}

function working({ frames, seen, total, rate, left }) {
  const of = total ? ` of ${total}` : "";
  if (!frames) return seen ? `Looking at the first frames: ${seen}${of}` : "Starting…";
  const time = left === null ? "" : ` · ${duration(left)} left`;
  return `${frames}${of} frames · ${rate.toFixed(1)} a second${time}`;
}

// What share of the work is done, or null where nothing says it: each frame is looked at, and then made.
export function share({ state, frames, seen, total }) {
  if (state === "fetching") return 1;
  return state === "working" && total ? Math.min(1, (frames + seen) / (2 * total)) : null;
}

// Seconds as a person says them.
export function duration(seconds) {
  return seconds < 90 ? `${Math.max(1, Math.round(seconds))} s` : `${Math.round(seconds / 60)} min`;
}

// Seconds as a player shows them.
export function clock(seconds) {
  const whole = Math.floor(Number.isFinite(seconds) ? seconds : 0);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
