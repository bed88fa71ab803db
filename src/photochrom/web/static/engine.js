// What colors the photographs, for all of the page: this line says which of the engines does.
//
// An engine has these functions. The last two parameters of each are an AbortSignal, which may be left out, and
// `onWait`, which is told in one line what is waited for. What cannot be done is a `Refusal`.
//
// - about() → {models: [card], limits: {bytes, pixels, films}, suffixes, formats, films_problem}, as GET /api/v1/models
//   answers. `films` is {bytes, frames, pixels, suffixes} or, where films are not colored, null; `films_problem` says why
// - open(file, page) → an opened photograph {file, page, pages, picture, bitmap}. `page` is from 1, or null for the
//   first; `pages` the number of them. `picture` is a Blob that browsers can decode, and `bitmap` is that, decoded; the
//   caller closes it.
// - chroma(opened, {model, size, hints, layer, reference, draft}) → a Blob: a picture whose red and green are Cb and Cr
//   (128 for none, 254 levels for the whole range), and whose blue is how far each pixel is hinted. A `draft` is made
//   quickly, of 600 pixels at most, for previews of twice that, click by click
// - prepare(opened): drafts and suggestions will be asked for; get ready
// - suggest(opened, {model, size, hints}, x, y) → [{color: [red, green, blue], probability}], the most likely first
// - answers(opened, {model, size, hints, count}) → [hints]: what each answer adds to the hints
// - render(opened, {model, size, saturation, warmth, hints, layer, reference, format}) → {name, blob, notes: [line]}
// - colorFilm(file, {model, size, saturation, warmth, reference, format}, signal, onMoved) → {name, blob, notes, luma},
//   only where films are colored. `onMoved` is told {state}: "sending", "waiting", "working" or "fetching". Of work it is
//   told {frames, seen, total, rate, left}, too: how many frames are done, and have been looked at, of how many (0 if
//   unknown), how many a second, and the seconds that it takes yet (or null). `luma` is what the film's luma is of red,
//   green and blue. To abort is to leave nothing anywhere
//
// `hints` is a list of points {x, y, color, radius}, as in files of hints; `layer` a Blob of a PNG. Options that are
// null or left out have their defaults.

export * from "./engines/server.js";
