// From a picture file to the luma that is hashed, as the kit takes it (src/tutela/media/luma.py and pictures.py).
//
// Rules:
// - the browser decodes: turned upright, in sRGB; what is transparent is shown on white; the first frame of several
// - a picture with a side above 512 is brought to 512 x 512 by every so many-th pixel, copied one to one: a browser that
//   scales blends pixels, each in its own way, and its hashes would be other ones
// - a JPEG is first brought to a half, a quarter or an eighth, as far as both sides stay at 1,024 or more, by the mean of
//   each block, and a picture of 1 bit a sample is averaged: the kit does so
// - no more than a band of rows is read at a time, and the page may answer between two of them

import { lumaAt } from "./pdq.js";

const SIDE = 512, DRAFT = 1024, BAND = 1 << 21, START = 1 << 16;

// How a picture is brought to the size that is hashed.
export const Way = { SAMPLED: "sampled", BLOCKS: "blocks", AVERAGED: "averaged" };

// { luma, width, height, smallest } of a File or Blob; `smallest`: the shorter side before. Throws what the browser throws for a file that it cannot decode.
export async function readPicture(file, pause = async () => {}) {
  const start = new Uint8Array(await file.slice(0, START).arrayBuffer());
  const colorSpaceConversion = isTakenAsStored(start) ? "none" : "default";
  const bitmap = await createImageBitmap(file, { colorSpaceConversion });
  try {
    return await sampled(bitmap, wayOf(start), pause);
  } finally {
    bitmap.close();
  }
}

function startsWith(start, text, at = 0) {
  return [...text].every((letter, n) => start[at + n] === letter.charCodeAt(0));
}

const isPng = (start) => startsWith(start, "\x89PNG\r\n\x1a\n");

// Whether the kit leaves what the file says of its colours aside: a profile where there is alpha, the gamma of a PNG.
function isTakenAsStored(start) {
  if (isPng(start)) return start[25] === 4 || start[25] === 6 || !hasProfile(start);
  return startsWith(start, "RIFF") && startsWith(start, "WEBPVP8X", 8) && (start[20] & 0x10) !== 0;
}

// Whether a chunk with a profile comes before the pixels of a PNG.
function hasProfile(start) {
  const view = new DataView(start.buffer);
  for (let at = 8; at + 8 <= start.length; at += 12 + view.getUint32(at)) {
    if (startsWith(start, "iCCP", at + 4)) return true;
    if (startsWith(start, "IDAT", at + 4)) return false;
  }
  return false;
}

export function wayOf(start) {
  if (startsWith(start, "\xff\xd8\xff")) return Way.BLOCKS;
  const isOneBit = isPng(start) ? start[24] === 1 && start[25] === 0 : startsWith(start, "BM") && start[28] === 1;
  return isOneBit ? Way.AVERAGED : Way.SAMPLED;
}

async function sampled(bitmap, way, pause) {
  const { columns, rows } = planOf(bitmap.width, bitmap.height, way);
  const luma = new Float32Array(columns.length * rows.length);
  const high = Math.max(...rows.map(([, count]) => count));
  const some = Math.max(1, Math.min(rows.length, Math.floor(BAND / (bitmap.width * high))));
  const context = plain(bitmap.width, some * high);
  for (let first = 0; first < rows.length; first += some) {
    const band = rows.slice(first, first + some);
    context.fillRect(0, 0, bitmap.width, some * high);
    band.forEach(([from, count], at) => {
      context.drawImage(bitmap, 0, from, bitmap.width, count, 0, at * high, bitmap.width, count);
    });
    const { data } = context.getImageData(0, 0, bitmap.width, band.length * high);
    band.forEach(([, count], at) => {
      takeRow(data, bitmap.width, [at * high, count], columns, luma, (first + at) * columns.length);
    });
    await pause();
  }
  const smallest = Math.min(bitmap.width, bitmap.height);
  return { luma, width: columns.length, height: rows.length, smallest };
}

// Which columns and which rows make one sample each: [first, how many].
export function planOf(width, height, way) {
  const most = way === Way.BLOCKS ? Math.floor(Math.min(width, height) / DRAFT) : 1;
  const block = [8, 4, 2].find((each) => most >= each) ?? 1;
  const isSmall = Math.max(width, height) <= SIDE;
  const spans = (length) => {
    if (isSmall) return Array.from({ length }, (_, at) => [at, 1]);
    if (way === Way.AVERAGED) return Array.from({ length: SIDE }, (_, at) => meanSpan(at, length));
    const blocks = Math.ceil(length / block);
    return Array.from({ length: SIDE }, (_, at) => {
      const from = Math.floor((at * blocks) / SIDE) * block;
      return [from, Math.min(block, length - from)];
    });
  };
  return { columns: spans(width), rows: spans(height) };
}

function meanSpan(at, length) {
  const scale = length / SIDE, centre = (at + 0.5) * scale, half = Math.max(scale, 1) / 2;
  const from = Math.floor(centre - half + 0.5);
  return [from, Math.max(1, Math.min(length, Math.floor(centre + half + 0.5)) - from)];
}

// A canvas to be read back, white.
export function plain(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.imageSmoothingEnabled = false;
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  return context;
}

function takeRow(data, width, [top, high], columns, luma, out) {
  columns.forEach(([left, wide], at) => {
    let sum = 0;
    for (let y = top; y < top + high; y += 1) {
      for (let x = left; x < left + wide; x += 1) sum += lumaAt(data, 4 * (y * width + x));
    }
    luma[out + at] = sum / (wide * high);
  });
}
