// The segments of JPEG files that hold metadata (ITU-T T.81, JFIF, CIPA DC-008, Adobe's XMP specification, part 3).

import { bytesOf, textOf } from "./exif.js";
import { joined, viewOf } from "./ifd.js";

const ROOM = 65_533; // bytes that fit into one segment
const EXIF = "Exif\0\0", XMP = "http://ns.adobe.com/xap/1.0/\0", ICC = "ICC_PROFILE\0";
const PHOTOSHOP = "Photoshop 3.0\0";
const APP0 = 0xe0, APP1 = 0xe1, APP2 = 0xe2, APP13 = 0xed, APP15 = 0xef, COMMENT = 0xfe, SCAN = 0xda, END = 0xd9;
const INCHES = 1, CENTIMETERS = 2;

// The {marker, body, end} of each segment, up to the first scan or damage.
function* segments(bytes) {
  const view = viewOf(bytes);
  for (let place = 2; place + 4 <= bytes.length && bytes[place] === 0xff;) {
    const marker = bytes[place + 1];
    if (marker === 0xff) { // fills up
      place++;
      continue;
    }
    const end = place + 2 + view.getUint16(place + 2);
    if (end < place + 4 || end > bytes.length) return;
    yield { marker, body: bytes.subarray(place + 4, end), start: place, end };
    if (marker === SCAN || marker === END) return;
    place = end;
  }
}

const begins = (body, text) => textOf(body.subarray(0, text.length)) === text;

// What the file says: { exif, xmp, photoshop, dpi, comments, others }; `others` are names of what only the tool keeps.
export function read(bytes) {
  const none = new Uint8Array(0);
  const found = { exif: none, xmp: "", photoshop: none, dpi: null, comments: [], others: new Set() };
  let goesOn = false;
  for (const { marker, body } of segments(bytes)) {
    if (marker === APP0 && begins(body, "JFIF\0")) found.dpi = density(body);
    else if (marker === APP1 && begins(body, EXIF)) {
      if (!found.exif.length || goesOn) found.exif = joined(found.exif, body.subarray(EXIF.length));
      goesOn = body.length > ROOM - 100;
    } else if (marker === APP1 && begins(body, XMP)) found.xmp ||= textOf(body.subarray(XMP.length));
    else if (marker === APP1 && begins(body, "http://ns.adobe.com/xmp/extension/")) found.others.add("extended XMP");
    else if (marker === APP13 && begins(body, PHOTOSHOP)) {
      found.photoshop = joined(found.photoshop, body.subarray(PHOTOSHOP.length));
    } else if (marker === COMMENT) found.comments.push(body.slice());
  }
  return found;
}

// The file `bytes` with what is said of it in the place of what its encoder says.
export function described(bytes, { exif, xmp, photoshop, dpi, comments, profile }) {
  const kept = [...segments(bytes)].find(({ marker }) => !(marker >= APP0 && marker <= APP15) && marker !== COMMENT);
  const parts = [bytes.subarray(0, 2), segment(APP0, jfif(dpi)), segment(APP1, joined(bytesOf(EXIF), exif))];
  if (xmp) parts.push(segment(APP1, bytesOf(XMP + xmp)));
  for (let at = 0, step = ROOM - PHOTOSHOP.length; at < photoshop.length; at += step) {
    parts.push(segment(APP13, joined(bytesOf(PHOTOSHOP), photoshop.subarray(at, at + step))));
  }
  for (const comment of comments) parts.push(segment(COMMENT, comment));
  parts.push(segment(APP2, joined(bytesOf(`${ICC}\x01\x01`), profile)));
  return [...parts, bytes.subarray(kept.start)];
}

export const fits = (length) => length <= ROOM - XMP.length;

function segment(marker, body) {
  const head = new Uint8Array(4), view = viewOf(head);
  view.setUint16(0, 0xff00 | marker);
  view.setUint16(2, body.length + 2);
  return joined(head, body);
}

function jfif(dpi) {
  const body = joined(bytesOf("JFIF\0\x01\x01"), new Uint8Array(7)), view = viewOf(body);
  body[7] = dpi ? INCHES : 0;
  view.setUint16(8, dpi ? Math.round(dpi[0]) : 1);
  view.setUint16(10, dpi ? Math.round(dpi[1]) : 1);
  return body;
}

function density(body) {
  if (body.length < 12) return null;
  const scale = { [INCHES]: 1, [CENTIMETERS]: 2.54 }[body[7]], view = viewOf(body);
  return scale ? [view.getUint16(8) * scale, view.getUint16(10) * scale] : null;
}
