// The strip of photographs: one is shown, each says how far it is, and can be tried again or taken away.

export const PHOTOGRAPH = "application/x-photochrom"; // what is dragged: the number of a photograph on this page

export class Reel {
  #rows = new Map(); // photo → its parts

  constructor(list, { onChoose, onRetry, onRemove }) {
    this.list = list;
    Object.assign(this, { onChoose, onRetry, onRemove });
  }

  show(photos, current) {
    for (const [photo, parts] of this.#rows) {
      if (!photos.includes(photo)) {
        parts.row.remove();
        this.#rows.delete(photo);
      }
    }
    for (const [index, photo] of photos.entries()) {
      const parts = this.#rows.get(photo) ?? this.#add(photo);
      if (this.list.children[index] !== parts.row) this.list.insertBefore(parts.row, this.list.children[index] ?? null);
      parts.name.textContent = photo.name;
      parts.remove.setAttribute("aria-label", `Remove ${photo.name}`);
      parts.row.classList.toggle("busy", photo.busy);
      parts.row.classList.toggle("failed", Boolean(photo.problem));
      parts.choose.setAttribute("aria-current", String(photo === current));
      parts.status.textContent = parts.status.title = photo.problem || photo.progress;
      parts.retry.hidden = !(photo.problem && photo.retry);
    }
  }

  #add(photo) {
    const row = document.createElement("li");
    const choose = button("pick", "", () => this.onChoose(photo));
    const name = Object.assign(document.createElement("span"), { className: "name" });
    const status = Object.assign(document.createElement("span"), { className: "status" });
    photo.thumbnail.setAttribute("aria-hidden", "true");
    const picture = Object.assign(document.createElement("span"), { className: "thumb" });
    picture.append(photo.thumbnail);
    choose.append(picture, name, status);
    const retry = button("quiet", "Try again", () => this.onRetry(photo));
    const remove = button("remove", "×", () => this.onRemove(photo));
    row.append(choose, retry, remove);
    choose.draggable = true; // to be the reference of another
    choose.addEventListener("dragstart", ({ dataTransfer }) => {
      dataTransfer.setData(PHOTOGRAPH, [...this.list.children].indexOf(row));
      dataTransfer.effectAllowed = "copy";
    });
    const parts = { row, choose, name, status, retry, remove };
    this.#rows.set(photo, parts);
    return parts;
  }
}

function button(className, textContent, onClick) {
  const made = Object.assign(document.createElement("button"), { type: "button", className, textContent });
  made.addEventListener("click", onClick);
  return made;
}
