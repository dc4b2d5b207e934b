// SHA-256 of a file, piece by piece, so that a long one neither fills the memory nor freezes the page.
//
// Rules:
// - the same with and without a secure context: crypto.subtle takes no file in pieces, and is missing over plain http
//
// Source: FIPS 180-4.

const PIECE = 1 << 20;

// The fractional parts of the square and cube roots of the first primes, as the standard defines its constants.
const [START, ROUNDS] = (() => {
  const primes = [];
  for (let n = 2; primes.length < 64; n += 1) if (primes.every((prime) => n % prime)) primes.push(n);
  const bits = (n, root) => Number(BigInt.asUintN(32, rooted(BigInt(n) << BigInt(32 * root), root)));
  return [Int32Array.from(primes.slice(0, 8), (n) => bits(n, 2)), Int32Array.from(primes, (n) => bits(n, 3))];
})();

// The whole part of the root of `value`, by halving.
function rooted(value, root) {
  let low = 0n, high = 1n << 40n;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (middle ** BigInt(root) <= value) low = middle; else high = middle;
  }
  return low;
}

export class Sha256 {
  #state = Int32Array.from(START);
  #words = new Int32Array(64);
  #rest = new Uint8Array(64);
  #kept = 0;
  #length = 0;

  update(octets) {
    let at = 0;
    this.#length += octets.length;
    if (this.#kept) {
      at = Math.min(64 - this.#kept, octets.length);
      this.#rest.set(octets.subarray(0, at), this.#kept);
      this.#kept += at;
      if (this.#kept < 64) return this;
      this.#block(this.#rest, 0);
      this.#kept = 0;
    }
    for (; at + 64 <= octets.length; at += 64) this.#block(octets, at);
    this.#rest.set(octets.subarray(at));
    this.#kept = octets.length - at;
    return this;
  }

  // 64 hexadecimal digits; to be asked once.
  hex() {
    const tail = new Uint8Array(this.#kept < 56 ? 64 - this.#kept : 128 - this.#kept);
    tail[0] = 0x80;
    const view = new DataView(tail.buffer), bits = this.#length * 8;
    view.setUint32(tail.length - 8, Math.floor(bits / 2 ** 32));
    view.setUint32(tail.length - 4, bits % 2 ** 32);
    this.update(tail);
    return Array.from(this.#state, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  }

  #block(octets, at) {
    const words = this.#words, state = this.#state, rounds = ROUNDS;
    for (let n = 0; n < 16; n += 1, at += 4) {
      words[n] = (octets[at] << 24) | (octets[at + 1] << 16) | (octets[at + 2] << 8) | octets[at + 3];
    }
    for (let n = 16; n < 64; n += 1) {
      const x = words[n - 15], y = words[n - 2];
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      words[n] = (words[n - 16] + s0 + words[n - 7] + s1) | 0;
    }
    let a = state[0], b = state[1], c = state[2], d = state[3];
    let e = state[4], f = state[5], g = state[6], h = state[7];
    for (let n = 0; n < 64; n += 1) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const one = (h + s1 + ((e & f) ^ (~e & g)) + rounds[n] + words[n]) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
    }
    state[0] += a; state[1] += b; state[2] += c; state[3] += d;
    state[4] += e; state[5] += f; state[6] += g; state[7] += h;
  }
}

// The digest of a File or Blob; `told` hears the octets done after each piece. Throws what reading the file throws.
export async function digestOf(file, told = () => {}) {
  const sha = new Sha256();
  for (let at = 0; at < file.size; at += PIECE) {
    const piece = await file.slice(at, at + PIECE).arrayBuffer();
    sha.update(new Uint8Array(piece));
    told(Math.min(at + PIECE, file.size));
  }
  return sha.hex();
}
