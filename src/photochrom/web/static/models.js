// The choice of models, each with its card. Those of the study are folded away: they are there to be compared.

const STUDY = "Six small networks, trained alike on few landscapes, to compare their designs. Faces often turn blue or "
  + "green. To color photographs, use default.";
const ROWS = [
  ["Title", "title"], ["Network", "generator"], ["Colors in", "color_space"], ["Working size", "working_size"],
  ["Trained on", "training_set"], ["License", "license"], ["Size, MB", "megabytes"],
];

const element = (name, properties = {}) => Object.assign(document.createElement(name), properties);

// Fill the fieldset with `cards`; `changed` is called when the choice changes. Returns a function that gives the choice.
export function chooser(fieldset, cards, changed) {
  const chosen = () => [...fieldset.querySelectorAll("input:checked")].map((box) => box.value);
  const first = cards.find((card) => !card.problem);
  for (const card of cards.filter((card) => !card.study)) fieldset.append(row(card, card === first));
  const study = cards.filter((card) => card.study);
  if (study.length) {
    const folded = element("details", { className: "study" });
    folded.append(element("summary", { textContent: "Study models, for comparison" }));
    folded.append(element("p", { className: "fine", textContent: STUDY }));
    folded.append(...study.map((card) => row(card, card === first)));
    fieldset.append(folded);
  }
  fieldset.addEventListener("change", (event) => {
    if (!chosen().length) event.target.checked = true; // one is always chosen
    changed();
  });
  return chosen;
}

function row(card, checked) {
  const made = element("div", { className: "choice" });
  const label = element("label");
  const box = element("input", { type: "checkbox", value: card.name, checked, disabled: Boolean(card.problem) });
  const title = element("span");
  title.append(card.name, element("small", { textContent: card.problem || card.title }));
  label.append(box, title);
  const about = element("button", { type: "button", className: "quiet", textContent: "Card" });
  about.setAttribute("aria-label", `Card of the model ${card.name}`);
  about.addEventListener("click", () => showCard(card));
  made.append(label, about);
  return made;
}

function showCard(card) {
  const dialog = document.getElementById("card");
  const title = dialog.querySelector("#card-title"), text = dialog.querySelector(".prose");
  title.textContent = `The model ${card.name}`;
  title.classList.toggle("visually-hidden", Boolean(card.about_html)); // a card has a title of its own
  text.innerHTML = card.about_html; // the server's rendering, which lets no HTML of the card through
  if (!card.about_html) text.replaceChildren(card.problem ? element("p", { textContent: card.problem }) : facts(card));
  dialog.showModal();
  text.scrollTop = 0;
}

function facts(card) {
  const list = element("dl");
  for (const [title, key] of ROWS) {
    if (!card[key]) continue;
    list.append(element("dt", { textContent: title }), element("dd", { textContent: card[key] }));
  }
  return list;
}
