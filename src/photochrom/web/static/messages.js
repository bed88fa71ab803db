// What the page says: quietly, to those who listen to it, or in a banner that stays until it is closed or, where there is a
// way, tried again.

export function say(text) {
  document.getElementById("status").textContent = text;
}

export function warn(text, again) {
  const alert = document.getElementById("alert"), button = alert.querySelector("button");
  alert.hidden = !text;
  alert.querySelector("span").textContent = text;
  button.textContent = again ? "Try again" : "Close";
  button.onclick = () => {
    warn("");
    again?.();
  };
}
