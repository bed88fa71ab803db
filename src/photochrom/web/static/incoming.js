// How photographs and films come in: chosen, pasted or dropped anywhere on the page; and which are taken.

const KINDS = ["JPEG", "PNG", "TIFF", "WebP", "AVIF", "BMP", "GIF", "PGM", "HEIC"]; // those that are worth telling

const millions = (number) => Math.round(number / 1e6);

// What the browser offers to choose from; `films` are their limits, or null.
export function accepted(suffixes, films) {
  return ["image/*", ...suffixes, ...(films ? ["video/*", ...films.suffixes] : [])].join();
}

export function limitsInWords(suffixes, { bytes, pixels, films }) {
  const kinds = KINDS.filter((kind) => suffixes.includes(`.${kind.toLowerCase()}`)).join(", ");
  const short = films
    ? ` Short films, too: up to ${millions(films.bytes)} MB and ${films.frames.toLocaleString("en")} frames.` : "";
  return `${kinds}; up to ${millions(bytes)} MB and ${millions(pixels)} million pixels each.${short}`;
}

// `onFiles` is called with each list of files.
export function listenForFiles(input, onFiles) {
  const take = () => {
    onFiles([...input.files]);
    input.value = ""; // so that the same file can be chosen again
  };
  input.addEventListener("change", take);
  if (input.files.length) take(); // chosen before the page's code was here
  document.addEventListener("paste", (event) => onFiles([...event.clipboardData.files]));
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    if (event.dataTransfer.types.includes("Files")) document.body.classList.add("dragging");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) document.body.classList.remove("dragging");
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.classList.remove("dragging");
    onFiles([...event.dataTransfer.files]);
  });
}
