// Changes of the shown photograph's marks: each is a step that can be undone, is kept, and is shown at once.

import { Drafts } from "./drafts.js";
import { check, fitted } from "./marks.js";

const FULL = "This browser keeps no more colors: they are there as long as this page is. Save them as a file.";

export class Editing {
  #isFull = false;

  // `page` tells of the page: current() and models() that are shown, and has say, warn, work, gone and refresh.
  constructor(page) {
    this.page = page;
    this.drafts = new Drafts({
      onShown: () => page.refresh(),
      onProblem: (error) => (error.gone ? page.gone(error, () => this.show(page.current())) : page.warn(error.message)),
    });
  }

  get marks() {
    return this.page.current()?.marks ?? [];
  }

  // Show marks that are no step yet, as somebody drags them; null takes them back.
  drag(marks) {
    const photo = this.page.current();
    photo.live = marks;
    this.show(photo, marks !== null);
  }

  // A step, and what to say of it. Returns whether it was possible.
  set(marks, said) {
    return this.#change(this.page.current(), () => this.page.current().history.set(marks), said, marks);
  }

  undo() {
    const photo = this.page.current();
    if (photo?.history.canUndo) this.#change(photo, () => photo.history.undo(), "Undone.");
  }

  redo() {
    const photo = this.page.current();
    if (photo?.history.canRedo) this.#change(photo, () => photo.history.redo(), "Done again.");
  }

  // Give another photograph these marks, as a step of its own. Raises a Refusal where they are more than fit there.
  copyTo(photo) {
    const isAlike = photo.aspect === this.page.current().aspect;
    const marks = isAlike ? this.marks : this.marks.map((mark) => fitted(mark, photo.aspect));
    check(marks);
    photo.history.set(marks);
    this.#keep(photo);
  }

  #change(photo, change, said, marks = []) {
    photo.live = null;
    try {
      check(marks);
      change();
    } catch (error) {
      this.page.warn(error.message);
      this.show(photo);
      return false;
    }
    this.show(photo);
    this.page.say(said);
    setTimeout(() => this.#keep(photo)); // after the preview is asked for
    return true;
  }

  #keep(photo) {
    if (photo.keepMarks()) return;
    if (!this.#isFull) this.page.warn(FULL);
    this.#isFull = true;
  }

  // While the tool is in hand, previews are quick; else the photograph is colored as when it came in.
  show(photo, isDragging = false) {
    if (!this.page.isEdited(photo)) return this.page.work();
    this.drafts.want(photo, this.page.models(), isDragging);
    setTimeout(() => this.page.work()); // the preview is asked for first
  }
}
