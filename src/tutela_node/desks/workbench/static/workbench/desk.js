// Keys of the workbench, the countdown of an open view, and the heartbeat of a claim. Every page works without it.
"use strict";
(() => {
  const SETTING = "single-keys";
  const single = () => localStorage.getItem(SETTING) !== "off";
  const find = (selector) => document.querySelector(selector);
  const isTyping = (element) => element.matches("input:not([type=radio],[type=checkbox]),textarea,select,[contenteditable]");

  function move(step) {
    const rows = [...document.querySelectorAll(".q a")];
    const here = rows.findIndex((row) => row.hasAttribute("aria-current"));
    const next = rows[here < 0 ? 0 : (here + step + rows.length) % rows.length];
    if (next) next.click();
  }

  function takeOver(link) {
    const code = document.querySelector(`input[name=code][value="${CSS.escape(link.dataset.code)}"]`);
    if (!code || code.matches(":disabled")) return;
    code.checked = true;
    find("#ground").value = link.dataset.take;
    find("[data-key=ctrl-enter]").focus();
  }

  function press(key) {
    const target = find(`[data-key="${CSS.escape(key)}"]`);
    if (!target || target.matches(":disabled")) return false;
    if (target.dataset.take) takeOver(target);
    else if (target.type === "radio") { target.checked = true; target.focus(); }
    else target.click();
    return true;
  }

  function answer(key) {
    if (key === "j" || key === "k") { move(key === "j" ? 1 : -1); return true; }
    if (key === "/") { find("#f")?.focus(); return Boolean(find("#f")); }
    if (key === "?") { find("#keys").showModal(); return true; }
    return press(key);
  }

  addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      if (press("ctrl-enter")) event.preventDefault();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || find("dialog[open]")) return;
    if (!single() || isTyping(event.target)) return;
    if (answer(event.key.toLowerCase())) event.preventDefault();
  });

  addEventListener("click", (event) => {
    const link = event.target.closest("[data-take]");
    if (link) { event.preventDefault(); takeOver(link); }
    if (event.target.closest("[data-open=keys]")) find("#keys").showModal();
    const menu = find(".who[open]");
    if (menu && !menu.contains(event.target)) menu.open = false;
  });

  function showRow(row, pane) { // only inside the pane: the page itself must not move
    if (row && pane.scrollHeight > pane.clientHeight) pane.scrollTop = Math.max(0, row.offsetTop - pane.offsetTop - pane.clientHeight / 2);
  }

  function countDown(veil) {
    const closes = Date.now() + Math.max(0, Number(veil.dataset.seconds)) * 1000;
    const shown = veil.querySelector(".count");
    const tick = () => {
      const left = Math.ceil((closes - Date.now()) / 1000);
      shown.textContent = String(Math.max(0, left));
      if (left <= 0) { veil.querySelector("img").remove(); location.replace(veil.querySelector("a").href); return; }
      setTimeout(tick, 250);
    };
    tick();
  }

  function fade(form) {
    setTimeout(() => form.remove(), Math.max(0, Number(form.dataset.seconds)) * 1000);
  }

  function keepClaim(form) {
    const PAUSE = 5 * 60 * 1000;
    let last = Date.now();
    const carryOn = () => {
      if (Date.now() - last < PAUSE) return;
      last = Date.now();
      fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin" }).catch(() => {});
    };
    for (const kind of ["keydown", "pointerdown", "scroll"]) addEventListener(kind, carryOn, { passive: true, capture: true });
  }

  function settings() {
    const box = find("#single-keys");
    if (!box) return;
    const show = () => document.documentElement.classList.toggle("keys-off", !single());
    box.checked = single();
    box.addEventListener("change", () => { localStorage.setItem(SETTING, box.checked ? "on" : "off"); show(); });
    show();
  }

  for (const hidden of document.querySelectorAll("[data-open][hidden]")) hidden.hidden = false;
  for (const veil of document.querySelectorAll(".veil.open")) countDown(veil);
  for (const form of document.querySelectorAll(".undo")) fade(form);
  for (const form of document.querySelectorAll("[data-heartbeat]")) keepClaim(form);
  showRow(find(".q [aria-current]"), find(".queue"));
  find("#problem")?.focus();
  settings();
})();
