// The panel shows above its button whether there is more below.

const SLACK = 4; // CSS pixels

export function markFold(panel) {
  const update = () => {
    panel.classList.toggle("folded", panel.scrollHeight - panel.clientHeight - panel.scrollTop > SLACK);
  };
  panel.addEventListener("scroll", update);
  const observer = new ResizeObserver(update);
  for (const part of [panel, ...panel.children]) observer.observe(part);
}
