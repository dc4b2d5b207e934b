// Proof of work: finds the number whose SHA-256 with the page's challenge begins with enough zero bits (FIPS 180-4).
// It works in slices while somebody writes; a page that is sent before the end goes the slower way, and is never held
// for longer than a few seconds. Nothing is asked of anybody else.
(() => {
  const SLICE = 14, HELD = 5000;
  const primes = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((p) => n % p)) primes.push(n);
  const part = (root) => ((root - Math.floor(root)) * 4294967296) | 0;
  const K = primes.map((p) => part(Math.cbrt(p)));
  const START = primes.slice(0, 8).map((p) => part(Math.sqrt(p)));
  const W = new Int32Array(64);
  const turn = (x, n) => (x >>> n) | (x << (32 - n));

  function round(state, bytes, from) {
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i++) {
      if (i < 16) {
        const at = from + i * 4;
        W[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
      } else {
        const x = W[i - 15], y = W[i - 2];
        W[i] = (W[i - 16] + W[i - 7] + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10))) | 0;
      }
      const t = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
      const u = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + t) | 0; d = c; c = b; b = a; a = (t + u) | 0;
    }
    return [a, b, c, d, e, f, g, h].map((x, i) => (x + state[i]) | 0);
  }

  function sha256(text) {
    const plain = new TextEncoder().encode(text);
    const bytes = new Uint8Array(((plain.length + 72) >> 6) << 6);
    bytes.set(plain);
    bytes[plain.length] = 128;
    new DataView(bytes.buffer).setUint32(bytes.length - 4, plain.length * 8);
    let state = START;
    for (let from = 0; from < bytes.length; from += 64) state = round(state, bytes, from);
    return state;
  }

  const hex = (state) => state.map((x) => (x >>> 0).toString(16).padStart(8, "0")).join("");

  function work(challenge, bits, done) {
    let nonce = 0;
    setTimeout(function slice() { // never at once: a form that is being submitted may not be submitted again
      const end = performance.now() + SLICE;
      while (performance.now() < end) {
        for (const last = nonce + 64; nonce < last; nonce++) {
          if (sha256(`${challenge}:${nonce}`)[0] >>> (32 - bits) === 0) { done(String(nonce)); return; }
        }
      }
      setTimeout(slice);
    });
  }

  function send(form, button) { // the press that was held is repeated; nothing is set that a form does not send itself
    form.dataset.ready = "yes";
    form.requestSubmit(button);
  }

  const own = document.querySelector("input[data-challenge]");
  if (own) {
    const form = own.form;
    let held = null;
    work(own.dataset.challenge, Number(own.dataset.bits), (nonce) => { own.value = nonce; if (held) send(form, held.by); });
    form.addEventListener("submit", (event) => {
      if (own.value || form.dataset.ready || !("last" in form.dataset) || event.submitter?.name === "to") return;
      event.preventDefault();
      if (held) return;
      held = { by: event.submitter };
      setTimeout(() => { if (!form.dataset.ready) send(form, held.by); }, HELD);
    });
  }

  const code = document.querySelector("form[data-code-bits]");
  if (code) code.addEventListener("submit", (event) => {
    const typed = code.elements.code.value, ticket = code.elements.ticket.value;
    if (code.dataset.ready || !typed) return;
    event.preventDefault();
    if (code.dataset.busy) return;
    code.dataset.busy = "yes";
    for (const said of code.querySelectorAll(".moment")) said.hidden = false;
    const sent = (nonce) => { code.elements.work.value = nonce; send(code, event.submitter); };
    work(hex(sha256(`${ticket}:${typed}`)).slice(0, 32), Number(code.dataset.codeBits), sent);
  });
})();
