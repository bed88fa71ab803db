// Previews while a person works: the newest wish is what is asked for, and what has become stale is not shown.

export class Drafts {
  #wish = null;
  #running = null;

  constructor({ onShown, onProblem }) {
    Object.assign(this, { onShown, onProblem });
  }

  // Have a photograph shown by each of the models as it is now. What is on its way is aborted, but not while something
  // is dragged: then it is still the newest answer there is.
  want(photo, models, isDragging = false) {
    this.#wish = { photo, models };
    if (!isDragging) this.#running?.abort();
    if (!this.#running) this.#work();
  }

  stop() {
    this.#wish = null;
    this.#running?.abort();
  }

  async #work() {
    while (this.#wish) {
      const { photo, models } = this.#wish;
      this.#wish = null;
      this.#running = new AbortController();
      const { signal } = this.#running;
      try {
        await Promise.all(models.map(async (model) => {
          if (await photo.draft(model, signal)) this.onShown(photo);
        }));
      } catch (error) {
        if (!signal.aborted) this.onProblem(error);
      }
    }
    this.#running = null;
  }
}
