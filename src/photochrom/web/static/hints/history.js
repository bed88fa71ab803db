// The marks of a photograph, and all that they were: every change can be undone, and done again.

export class History {
  marks = [];
  #past = [];
  #future = [];

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  set(marks) {
    this.#past.push(this.marks);
    this.#future = [];
    this.marks = marks;
  }

  undo() {
    if (!this.canUndo) return;
    this.#future.push(this.marks);
    this.marks = this.#past.pop();
  }

  redo() {
    if (!this.canRedo) return;
    this.#past.push(this.marks);
    this.marks = this.#future.pop();
  }
}
