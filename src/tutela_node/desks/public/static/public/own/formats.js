// What a picture file says before it is decoded: how its samples are brought to the size that is hashed, and what of
// it the kit leaves aside (src/tutela/media/luma.py and colours.py).
//
// Rules:
// - the gamma of a PNG is left aside, and its profile where there is alpha or a palette: they are cut out of what is
//   decoded, since some browsers heed them whatever they are asked (WebKit)
// - the dots of a raster are noise where single ones are taken: a 1-bit picture, and one in the fixed palette of 216
//   colours, is blurred by as little as the kit blurs it
//
// Sources: PNG (third edition), GIF89a, WebP container specification.

const START = 1 << 16, MOST_CHUNKS = 200, STEP = 51;
const PNG = "\x89PNG\r\n\x1a\n", GREY = 0, PALETTE = 3;
const ASIDE = ["gAMA", "cHRM", "cICP"];

// How a picture is brought to the size that is hashed.
export const Way = { SAMPLED: "sampled", BLOCKS: "blocks", BITS: "bits", DITHERED: "dithered" };

// { file, options, way }: what to decode instead of the File or Blob, and how. Throws what reading the file throws.
export async function prepared(file) {
  const start = new Uint8Array(await file.slice(0, START).arrayBuffer());
  if (startsWith(start, PNG)) return ofPng(file, start);
  const isClear = startsWith(start, "RIFF") && startsWith(start, "WEBPVP8X", 8) && (start[20] & 0x10) !== 0;
  return { file, options: { colorSpaceConversion: isClear ? "none" : "default" }, way: wayOf(start) };
}

function startsWith(start, text, at = 0) {
  return [...text].every((letter, n) => start[at + n] === letter.charCodeAt(0));
}

function wayOf(start) {
  if (startsWith(start, "\xff\xd8\xff")) return Way.BLOCKS;
  if (startsWith(start, "BM") && start[28] === 1) return Way.BITS;
  return startsWith(start, "GIF8") && isFixed(coloursOfGif(start)) ? Way.DITHERED : Way.SAMPLED;
}

async function ofPng(file, start) {
  const [depth, type] = [start[24], start[25]], chunks = await chunksOf(file);
  const named = (name) => chunks.find((chunk) => chunk.name === name);
  const isShownByProfile = Boolean(named("iCCP")) && (type & 5) === GREY && !named("tRNS");
  const aside = isShownByProfile ? ASIDE : [...ASIDE, "iCCP"];
  let way = depth === 1 && type === GREY ? Way.BITS : Way.SAMPLED;
  if (type === PALETTE && named("PLTE") && !named("tRNS")) {
    const { from, end } = named("PLTE");
    if (isFixed(new Uint8Array(await file.slice(from + 8, end - 4).arrayBuffer()))) way = Way.DITHERED;
  }
  const kept = without(file, chunks.filter(({ name }) => aside.includes(name)));
  return { file: kept, options: { colorSpaceConversion: isShownByProfile ? "default" : "none" }, way };
}

// The chunks before the pixels: name, first octet, octet behind the last.
async function chunksOf(file) {
  const chunks = [];
  for (let from = 8; chunks.length < MOST_CHUNKS;) {
    const head = new DataView(await file.slice(from, from + 8).arrayBuffer());
    if (head.byteLength < 8) break;
    const name = String.fromCharCode(...new Uint8Array(head.buffer, 4)), end = from + 12 + head.getUint32(0);
    if (name === "IDAT") break;
    chunks.push({ name, from, end });
    from = end;
  }
  return chunks;
}

function without(file, chunks) {
  let at = 0;
  const parts = chunks.map(({ from, end }) => {
    const part = file.slice(at, from);
    at = end;
    return part;
  });
  return parts.length ? new Blob([...parts, file.slice(at)]) : file;
}

// The colours of the first picture; none where one of them is transparent.
function coloursOfGif(start) {
  const table = (flags) => ((flags & 0x80) ? 3 * (2 << (flags & 7)) : 0);
  let at = 13 + table(start[10]), colours = start.subarray(13, at);
  while (start[at] === 0x21) { // an extension: its label, then blocks that say their length
    if (start[at + 1] === 0xf9 && (start[at + 3] & 1)) return [];
    for (at += 2; start[at]; at += 1 + start[at]);
    at += 1;
  }
  if (table(start[at + 9])) colours = start.subarray(at + 10, at + 10 + table(start[at + 9]));
  return start[at] === 0x2c ? colours : [];
}

// Whether every colour is one of 6 x 6 x 6 in equal steps: such pictures are made by dithering.
function isFixed(colours) {
  return colours.length > 0 && colours.every((octet) => octet % STEP === 0);
}
