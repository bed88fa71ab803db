// What cannot be done, in one line for people.

export class HintError extends Error {}

export class ModelError extends Error {}
