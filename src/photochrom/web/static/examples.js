// The photographs that come with the page, to be tried with a click.

const EXAMPLES = [
  ["aitzgorri", "Aitzgorri", "A ridge beyond a wood and a meadow"], ["life", "Brook", "A brook among rocks and trees"],
  ["picosdeeuropa", "Picos de Europa", "A path to rocky peaks with snow"], ["sunset", "Sunset", "A low sun over hills"],
  ["camera", "Cameraman", "A man with a camera on a tripod"],
];

// Fill `list`; `onChoose` is called with the path of the one that is chosen.
export function showExamples(list, onChoose) {
  for (const [name, title, description] of EXAMPLES) {
    const path = new URL(`examples/${name}.jpg`, import.meta.url).href;
    const item = document.createElement("li");
    const button = Object.assign(document.createElement("button"), { type: "button" });
    const image = Object.assign(document.createElement("img"), { src: path, alt: description, loading: "lazy" });
    button.append(image, Object.assign(document.createElement("span"), { textContent: title }));
    button.addEventListener("click", () => onChoose(path));
    item.append(button);
    list.append(item);
  }
}
