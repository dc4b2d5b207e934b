// Keeps what is typed: half a second after the last key the form is sent to where it is saved. The Save button does the
// same without scripts.
"use strict";
(() => {
  const form = document.querySelector("form[data-keep]");
  const shown = document.querySelector("[data-kept]");
  if (!form || !shown) return;
  const said = (name) => document.querySelector(`[data-said=${name}]`).textContent;
  let waits = 0, isLeaving = false;
  async function keep() {
    try {
      const body = new URLSearchParams(new FormData(form));
      const answer = await fetch(form.dataset.keep, { method: "POST", body, headers: { "X-Saved-By": "script" }, keepalive: body.toString().length < 60000 });
      if (!isLeaving) shown.textContent = said(answer.status === 204 ? "saved" : "failed");
    } catch { if (!isLeaving) shown.textContent = said("failed"); }
  }
  form.addEventListener("input", () => { clearTimeout(waits); waits = setTimeout(keep, 500); });
  form.addEventListener("change", () => { clearTimeout(waits); keep(); });
  form.addEventListener("submit", () => { isLeaving = true; clearTimeout(waits); });
})();
