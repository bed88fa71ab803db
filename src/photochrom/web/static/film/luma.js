// A filter that shows the luma of a film: what its black-and-white pictures are made of. Browsers give a film's frames
// as red, green and blue; luma is the sum of these by the weights of the film's own matrix (BT.601, BT.709, BT.2020).

const SVG = "http://www.w3.org/2000/svg";

export class LumaFilter {
  constructor(id) {
    const svg = document.createElementNS(SVG, "svg"), filter = document.createElementNS(SVG, "filter");
    this.matrix = document.createElementNS(SVG, "feColorMatrix");
    svg.classList.add("visually-hidden");
    svg.setAttribute("aria-hidden", "true");
    filter.id = id;
    filter.setAttribute("color-interpolation-filters", "sRGB"); // not in linear light: luma is of what is stored
    filter.append(this.matrix);
    svg.append(filter);
    this.element = svg;
    this.url = `url("#${id}")`;
  }

  weigh([red, green, blue]) {
    const row = `${red} ${green} ${blue} 0 0`;
    this.matrix.setAttribute("values", `${row} ${row} ${row} 0 0 0 1 0`);
  }
}
