// Why something was not done, in one line for people.

export class Refusal extends Error {
  // `retry` says whether trying again may help; `gone` that nothing will work until the engine is back.
  constructor(message, { retry = false, gone = false } = {}) {
    super(sentence(message));
    this.retry = retry || gone;
    this.gone = gone;
  }
}

export function sentence(text) {
  return `${text[0].toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
}
