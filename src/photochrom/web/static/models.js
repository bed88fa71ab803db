// The choice of models, each with its card.

const ROWS = [
  ["Title", "title"], ["Network", "generator"], ["Colors in", "color_space"], ["Working size", "working_size"],
  ["Trained on", "training_set"], ["License", "license"], ["Size, MB", "megabytes"],
];

// Fill the fieldset with `cards`; `changed` is called when the choice does. Returns the function that tells the choice.
export function chooser(fieldset, cards, changed) {
  for (const card of cards) {
    const row = document.createElement("div");
    row.className = "choice";
    const label = document.createElement("label");
    const box = Object.assign(document.createElement("input"), { type: "checkbox", value: card.name });
    box.checked = card === cards.find((one) => !one.problem);
    box.disabled = Boolean(card.problem);
    const title = document.createElement("span");
    title.append(card.name, Object.assign(document.createElement("small"), { textContent: card.problem || card.title }));
    label.append(box, title);
    const about = Object.assign(document.createElement("button"), { type: "button", className: "quiet", textContent: "Card" });
    about.setAttribute("aria-label", `Card of the model ${card.name}`);
    about.addEventListener("click", () => showCard(card));
    row.append(label, about);
    fieldset.append(row);
    box.addEventListener("change", () => {
      if (!chosen().length) box.checked = true; // one is always chosen
      changed();
    });
  }
  const chosen = () => [...fieldset.querySelectorAll("input:checked")].map((box) => box.value);
  return chosen;
}

function showCard(card) {
  const dialog = document.getElementById("card");
  dialog.querySelector("h2").textContent = card.name;
  const list = dialog.querySelector("dl");
  list.replaceChildren();
  for (const [title, key] of ROWS) {
    if (!card[key]) continue;
    list.append(Object.assign(document.createElement("dt"), { textContent: title }));
    list.append(Object.assign(document.createElement("dd"), { textContent: card[key] }));
  }
  const text = dialog.querySelector("pre");
  text.textContent = card.about || card.problem || "There is no longer card.";
  dialog.showModal();
}
