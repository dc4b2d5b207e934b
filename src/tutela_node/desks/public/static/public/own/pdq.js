// PDQ of pixels: 256 bits and a quality, bit for bit those of the kit (src/tutela/media/pdq.py and its kernels).
//
// Rules:
// - every sum is taken in 32-bit floats in the order of the reference program; Math.fround rounds where it would
// - nothing here touches the page, a file or a network: numbers in, numbers out
//
// Source: Meta, "The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm" (2019).

export const MIN_SIDE = 5;
export const DISCARDED = 49; // quality up to which a hash is not compared
const SIDE = 64, LOW = 16, WINDOWS = 128, LOWER_MEDIAN = 127;
const f32 = Math.fround;
const RED = f32(0.299), GREEN = f32(0.587), BLUE = f32(0.114);

// The hash and the quality (0 to 100) of 4 octets a pixel, `width` x `height` of them, whatever the alpha says.
export function hashPixels(pixels, width, height) {
  return hashLuma(lumaOf(pixels, width * height), width, height);
}

// Luma by the weights of ITU-R BT.601.
export function lumaOf(pixels, count) {
  const luma = new Float32Array(count);
  for (let at = 0; at < count; at += 1) luma[at] = lumaAt(pixels, 4 * at);
  return luma;
}

export function lumaAt(pixels, at) {
  return f32(f32(f32(RED * pixels[at]) + f32(GREEN * pixels[at + 1])) + f32(BLUE * pixels[at + 2]));
}

// Float32Array of values 0 to 255, by rows, at its full size. Throws a RangeError below 5 x 5.
export function hashLuma(luma, width, height) {
  if (Math.min(width, height) < MIN_SIDE) throw new RangeError("PDQ needs at least 5 x 5 pixels");
  const small = shrunk(luma, width, height);
  return { hex: hexOf(transformed(small)), quality: qualityOf(small) };
}

function shrunk(luma, width, height) {
  if (width === SIDE && height === SIDE) return luma;
  const done = filtered(luma, width, height);
  const rows = centres(height), columns = centres(width);
  const small = new Float32Array(SIDE * SIDE);
  for (let row = 0; row < SIDE; row += 1) {
    for (let column = 0; column < SIDE; column += 1) {
      small[row * SIDE + column] = done[rows[row] * width + columns[column]];
    }
  }
  return small;
}

function centres(length) {
  return Array.from({ length: SIDE }, (_, cell) => Math.trunc(((cell + 0.5) * length) / SIDE));
}

// Two passes of the box filter along rows and columns.
function filtered(luma, width, height) {
  const across = Math.floor((width + WINDOWS - 1) / WINDOWS), down = Math.floor((height + WINDOWS - 1) / WINDOWS);
  const half = new Float32Array(luma.length), done = new Float32Array(luma.length);
  filterRows(luma, half, width, height, across);
  filterColumns(half, done, width, height, down);
  filterRows(done, half, width, height, across);
  filterColumns(half, done, width, height, down);
  return done;
}

function filterRows(source, target, width, height, window) {
  for (let row = 0; row < height; row += 1) mean(source, target, row * width, 1, width, window);
}

function filterColumns(source, target, width, height, window) {
  for (let column = 0; column < width; column += 1) mean(source, target, column, width, height, window);
}

// Running mean of `window` samples, `step` apart; at the edges the mean of those that exist.
function mean(source, target, first, step, length, window) {
  const ahead = Math.floor((window + 2) / 2) - 1;
  let sum = 0, out = first;
  for (let entering = 0; entering < window; entering += 1) {
    sum = f32(sum + source[first + entering * step]);
    if (entering >= ahead) { target[out] = sum / (entering + 1); out += step; }
  }
  for (let entering = window; entering < length; entering += 1) {
    sum = f32(f32(sum + source[first + entering * step]) - source[first + (entering - window) * step]);
    target[out] = sum / window;
    out += step;
  }
  for (let gone = 0; gone < ahead; gone += 1) {
    sum = f32(sum - source[first + (length - window + gone) * step]);
    target[out] = sum / (window - 1 - gone);
    out += step;
  }
}

// Rows 1 to 16 of the 64-point cosine transform (type II).
const COSINES = (() => {
  const table = new Float32Array(LOW * SIDE), scale = f32(Math.sqrt(2 / SIDE));
  for (let row = 0; row < LOW; row += 1) {
    for (let at = 0; at < SIDE; at += 1) {
      table[row * SIDE + at] = scale * Math.cos((Math.PI / 2 / SIDE) * (row + 1) * (2 * at + 1));
    }
  }
  return table;
})();

// C A Cᵀ: the low frequencies, without the constant ones.
function transformed(small) {
  const half = new Float32Array(LOW * SIDE), result = new Float32Array(LOW * LOW);
  for (let row = 0; row < LOW; row += 1) {
    for (let column = 0; column < SIDE; column += 1) {
      let sum = 0;
      for (let at = 0; at < SIDE; at += 1) sum = f32(sum + f32(COSINES[row * SIDE + at] * small[at * SIDE + column]));
      half[row * SIDE + column] = sum;
    }
  }
  for (let row = 0; row < LOW; row += 1) {
    for (let column = 0; column < LOW; column += 1) {
      let sum = 0;
      for (let at = 0; at < SIDE; at += 1) sum = f32(sum + f32(half[row * SIDE + at] * COSINES[column * SIDE + at]));
      result[row * LOW + column] = sum;
    }
  }
  return result;
}

// A bit is set above the lower median; the first digit holds bits 255 to 252.
function hexOf(coefficients) {
  const median = Float32Array.from(coefficients).sort()[LOWER_MEDIAN];
  let hex = "";
  for (let digit = 63; digit >= 0; digit -= 1) {
    let value = 0;
    for (let bit = 3; bit >= 0; bit -= 1) value = 2 * value + (coefficients[4 * digit + bit] > median ? 1 : 0);
    hex += value.toString(16);
  }
  return hex;
}

// The steps between neighbours in percent of the range, each cut to a whole number, summed; 9,000 is full marks.
function qualityOf(small) {
  let steps = 0;
  const percent = (one, other) => Math.abs(Math.trunc(f32(f32(f32(one - other) * 100) / 255)));
  for (let at = 0; at < small.length; at += 1) {
    if (at + SIDE < small.length) steps += percent(small[at], small[at + SIDE]);
    if ((at + 1) % SIDE) steps += percent(small[at], small[at + 1]);
  }
  return Math.min(100, Math.floor(steps / 90));
}
