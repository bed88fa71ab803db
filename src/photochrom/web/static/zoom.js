// The buttons that zoom. `bitmap` gives the shown photograph's ImageBitmap, as a promise.

const $ = (id) => document.getElementById(id);

export function listenToZoom(view, bitmap) {
  const zooming = (action) => () => bitmap()?.then(action, () => {});
  $("zoom-in").addEventListener("click", zooming((photo) => view.zoomBy(1.5, photo)));
  $("zoom-out").addEventListener("click", zooming((photo) => view.zoomBy(1 / 1.5, photo)));
  $("actual").addEventListener("click", zooming((photo) => view.zoomTo(1, photo)));
  $("fit").addEventListener("click", () => view.reset());
  view.addEventListener("change", () => showZoom(view));
}

export function showZoom(view) {
  $("zoom").textContent = `${Math.round(view.scale * 100)} %`;
}
