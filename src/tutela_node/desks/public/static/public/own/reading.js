// From a picture file to the luma that is hashed, as the kit takes it (src/tutela/media/luma.py and pictures.py).
//
// Rules:
// - the browser decodes: turned upright, in sRGB; what is transparent is shown on white; the first frame of several
// - a picture with a side above 512 is brought to 512 x 512 by every so many-th pixel, copied one to one: a browser that
//   scales blends pixels, each in its own way, and its hashes would be other ones
// - a JPEG is first brought to a half, a quarter or an eighth, as far as both sides stay at 1,024 or more, by the mean of
//   each block; a dithered picture is blurred first; both only where a sample is taken
// - no more than a band of rows is read and summed at a time, and the page may answer between two of them

import { Way, prepared } from "./formats.js";
import { lumaAt } from "./pdq.js";

const SIDE = 512, DRAFT = 1024, BAND = 1 << 21, SUMMED = 1 << 20, LARGE = 8192;
const EDGES = { [Way.BITS]: 0.135, [Way.DITHERED]: 0.06 }; // a radius of 0.9, of 0.6, as three passes of three samples

// { luma, width, height, smallest } of a File or Blob; `smallest`: the shorter side before. Throws what the browser throws for a file that it cannot decode.
export async function readPicture(file, pause = async () => {}) {
  const { file: shown, options, way } = await prepared(file);
  const bitmap = await createImageBitmap(shown, options);
  try {
    return await sampled(bitmap, way, pause);
  } finally {
    bitmap.close();
  }
}

async function sampled(bitmap, way, pause) {
  const { columns, rows } = planOf(bitmap.width, bitmap.height, way);
  const luma = new Float32Array(columns.length * rows.length);
  const [wide, high] = [columns, rows].map((spans) => Math.max(...spans.map(([, shares]) => shares.length)));
  const most = Math.min(BAND / (bitmap.width * high), SUMMED / (columns.length * wide * high));
  const some = Math.max(1, Math.min(rows.length, Math.floor(most)));
  const context = plain(bitmap.width, some * high);
  for (let first = 0; first < rows.length; first += some) {
    const band = rows.slice(first, first + some);
    context.fillRect(0, 0, bitmap.width, some * high);
    band.forEach(([from, { length }], at) => {
      context.drawImage(bitmap, 0, from, bitmap.width, length, 0, at * high, bitmap.width, length);
    });
    const { data } = context.getImageData(0, 0, bitmap.width, band.length * high);
    band.forEach(([, shares], at) => {
      takeRow(data, bitmap.width, [at * high, shares], columns, luma, (first + at) * columns.length);
    });
    await pause();
  }
  const smallest = Math.min(bitmap.width, bitmap.height);
  return { luma, width: columns.length, height: rows.length, smallest };
}

// Which columns and which rows make one sample each: the first, and the share of each.
export function planOf(width, height, way) {
  const block = blockOf(width, height, way), edge = EDGES[way];
  const isSmall = Math.max(width, height) <= SIDE;
  const spans = (length) => {
    const blocks = Math.ceil(length / block);
    return Array.from({ length: isSmall ? length : SIDE }, (_, at) => {
      const middle = isSmall ? at : Math.floor((at * blocks) / SIDE);
      return edge ? blurred(middle, edge, block, length) : evenly(middle * block, Math.min(block, length - middle * block));
    });
  };
  return { columns: spans(width), rows: spans(height) };
}

function blockOf(width, height, way) {
  if (EDGES[way]) return 1 + Math.floor(Math.max(width, height) / LARGE);
  const most = way === Way.BLOCKS ? Math.floor(Math.min(width, height) / DRAFT) : 1;
  return [8, 4, 2].find((each) => most >= each) ?? 1;
}

function evenly(from, count) {
  return [from, Array.from({ length: count }, () => 1 / count)];
}

// The three blocks on each side of one, by the weights of a blur; what lies outside counts as the edge.
function blurred(middle, edge, block, length) {
  const last = Math.ceil(length / block) - 1, least = Math.max(0, middle - 3) * block;
  const shares = new Array(Math.min(length, (middle + 4) * block) - least).fill(0);
  weightsOf(edge).forEach((weight, n) => {
    const from = Math.max(0, Math.min(last, middle + n - 3)) * block, count = Math.min(block, length - from);
    for (let at = from; at < from + count; at += 1) shares[at - least] += weight / count;
  });
  return [least, shares];
}

// Three passes of a filter of three samples are one of seven.
function weightsOf(edge) {
  let weights = [1];
  for (let pass = 0; pass < 3; pass += 1) {
    const [before, done] = [weights, new Array(weights.length + 2).fill(0)];
    before.forEach((weight, at) => [edge, 1 - 2 * edge, edge].forEach((share, n) => { done[at + n] += weight * share; }));
    weights = done;
  }
  return weights;
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

function takeRow(data, width, [top, down], columns, luma, out) {
  columns.forEach(([left, across], at) => {
    let sum = 0;
    for (let y = 0; y < down.length; y += 1) sum += down[y] * rowSum(data, 4 * ((top + y) * width + left), across);
    luma[out + at] = sum;
  });
}

function rowSum(data, from, shares) {
  let sum = 0;
  for (let x = 0; x < shares.length; x += 1) sum += lumaAt(data, from + 4 * x) * shares[x];
  return sum;
}
