// How photographs come in: chosen, pasted or dropped anywhere on the page.

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
