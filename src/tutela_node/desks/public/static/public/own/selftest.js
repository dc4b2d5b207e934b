// Whether this browser gives back the pixels that were drawn. Some change them on purpose, so that a page cannot tell
// visitors apart; a code made of changed pixels would fit no picture.
//
// Rules:
// - the patterns go the way of a real file: a picture file in memory, decoded, drawn, read back
// - each pattern is read twice, and every octet is compared

import { plain } from "./reading.js";

const PATTERNS = [
  { width: 96, height: 64, colour: (x, y) => [(x * 37 + y * 91) % 256, (x * y * 7) % 256, (x * 2 + y) % 256] },
  { width: 512, height: 24, colour: (x) => [x % 256, 255 - (x % 256), (x * 5) % 256] },
  { width: 64, height: 64, colour: (x, y) => ((x >> 3) + (y >> 3)) % 2 ? [250, 250, 250] : [5, 5, 5] },
  { width: 80, height: 60, colour: () => [119, 118, 117] },
];

// True when every pattern comes back as it was drawn, both times.
export async function readsBackExactly() {
  try {
    for (const pattern of [...PATTERNS, ...PATTERNS]) if (!await isExact(pattern)) return false;
    return true;
  } catch {
    return false; // a browser that refuses to decode, draw or read
  }
}

async function isExact(pattern) {
  const bitmap = await createImageBitmap(new Blob([bitmapFile(pattern)], { type: "image/bmp" }));
  const { width, height } = pattern, context = plain(width, height);
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const wanted = pixelsOf(pattern);
  return [0, 1].every(() => {
    const { data } = context.getImageData(0, 0, width, height);
    return wanted.every((octet, at) => data[at] === octet);
  });
}

function pixelsOf({ width, height, colour }) {
  const pixels = new Uint8Array(4 * width * height).fill(255);
  for (let at = 0; at < width * height; at += 1) pixels.set(colour(at % width, Math.floor(at / width)), 4 * at);
  return pixels;
}

// The pattern as a Windows bitmap of 32 bits a pixel: the plainest picture file that every browser decodes.
function bitmapFile(pattern) {
  const { width, height } = pattern, pixels = pixelsOf(pattern), head = 54;
  const file = new Uint8Array(head + pixels.length), view = new DataView(file.buffer);
  file.set([0x42, 0x4d]);
  view.setUint32(2, file.length, true);
  view.setUint32(10, head, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, width, true);
  view.setInt32(22, -height, true); // rows from the top
  view.setUint16(26, 1, true);
  view.setUint16(28, 32, true);
  for (let at = 0; at < pixels.length; at += 4) {
    file.set([pixels[at + 2], pixels[at + 1], pixels[at], 0], head + at);
  }
  return file;
}
