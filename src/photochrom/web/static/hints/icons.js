// The tool's icons: paths of strokes in a box of 24 by 24.

const SVG = "http://www.w3.org/2000/svg";

export const ICONS = {
  wheel: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17M12 3.5v17M4.6 7.8l14.8 8.4M19.4 7.8 4.6 16.2",
  dropper: "m13 7 4 4M15 5.5c1.5-1.5 4-1 4.5.5s.5 2-1 3.5L16.5 11.5l-4-4zM13.5 9 6 16.5V18.5H8l7.5-7.5M6 18l-2 2",
  gray: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16M6.5 6.5l11 11",
  remove: "M5 7h14M10 7V4.5h4V7M7 7l.8 12.5h8.4L17 7M10.5 10.5v5.5M13.5 10.5v5.5",
};

export function shape(path, className = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", `icon ${className}`);
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}
