// Which color a mark gets: the palette opens at its place, and what is chosen there becomes a step.

import { inPercent, toPoints } from "./marks.js";
import { Palette } from "./palette.js";

const middle = ({ path }) => path[Math.floor(path.length / 2)];

export class Choosing {
  constructor(page, editing) {
    Object.assign(this, { page, editing, palette: new Palette(page) });
  }

  // Let a color be chosen for `mark`, which becomes the `index`th of the photograph's: a new one, or instead of the one
  // that is there. `said` is said of each step; `remove` may take the mark away; `closed` is called in the end, with the
  // color that was chosen, or null.
  choose(stage, mark, index, said, { remove, closed }) {
    const photo = this.page.current(), before = photo.history.marks, [x, y] = middle(mark);
    let isStep = false, chosen = null;
    this.#open(stage, { x, y }, mark.color, before.toSpliced(index, 1), {
      remove,
      color: (color, isDragging) => {
        const marks = before.toSpliced(index, 1, { ...mark, color });
        if (isDragging) return this.editing.drag(marks);
        if (isStep) photo.history.undo(); // another try in the same picker is no other step
        isStep = this.editing.set(marks, said);
        chosen = color;
      },
      closed: () => {
        if (photo.live) this.editing.drag(null);
        closed(chosen);
      },
    });
  }

  // Let a color be chosen for strokes to come; `done` is called with it.
  chooseForBrush(stage, color, done) {
    this.#open(stage, { x: stage.view.x, y: stage.view.y }, color, this.editing.marks, { color: done, closed: () => {} });
  }

  #open(stage, at, color, others, on) {
    const back = document.activeElement;
    this.palette.open(stage, at, {
      label: `Color of this place, ${inPercent(at.x, at.y)}`, color, others: toPoints(others),
      on: {
        ...on,
        closed: () => {
          on.closed();
          if (back?.isConnected) back.focus({ preventScroll: true });
        },
      },
    });
  }
}
