// The page of own pictures: codes are made here, and the codes alone are put into the form.
//
// Rules:
// - nothing is asked of any network here; the form sends its three named fields, and the file field has no name
// - nothing is kept: no storage, no copy of a picture, and what stands on the page goes with the page
// - a browser that changes pictures as they are read is refused, before the first picture and before each batch

import { digestOf } from "./sha256.js";
import { MIN_SIDE, hashLuma } from "./pdq.js";
import { readPicture } from "./reading.js";
import { readsBackExactly } from "./selftest.js";

const by = (id) => document.getElementById(id);
const form = by("own"), files = by("files"), list = by("pictures"), codes = by("codes");
const LEAST = Number(form.dataset.least), MOST = Number(form.dataset.most), LARGEST = 256 << 20;
const pause = () => new Promise((go) => { setTimeout(go); });
const kept = new Map(); // row of the list -> line to send
let busy = Promise.resolve();

function said(name) {
  return by("says").content.querySelector(`[data-say=${name}]`).textContent;
}

function show(section) {
  for (const each of [by("without"), by("refused"), form]) each.hidden = each !== section;
}

async function begin() {
  if (!await readsBackExactly()) return show(by("refused"));
  codes.value.split("\n").filter(Boolean).forEach((line, at) => settle(rowOf(`${at + 1}`), line, "both"));
  files.addEventListener("change", () => {
    const chosen = [...files.files];
    files.value = "";
    busy = busy.then(() => take(chosen));
  });
  form.addEventListener("submit", (event) => { if (!kept.size) event.preventDefault(); });
  addEventListener("pagehide", forget);
  show(form);
  tell();
}

async function take(chosen) {
  if (!await readsBackExactly()) {
    forget();
    show(by("refused"));
    by("refused").focus();
    return;
  }
  const rows = chosen.map((file) => [file, rowOf(file.name)]);
  by("send").hidden = true;
  for (const [file, row] of rows) if (row.isConnected) await code(file, row);
  tell();
}

// Makes the codes of one file and says in its row what came of it.
async function code(file, row) {
  if (kept.size >= MOST) return settle(row, "", "many");
  if (!file.size) return settle(row, "", "unread");
  const bar = row.querySelector("progress");
  bar.hidden = false;
  say(row, "works");
  await pause();
  try {
    const print = await printOf(file);
    if (print && print.quality < LEAST) return settle(row, "", "plain");
    const digest = await digestOf(file, (done) => { bar.value = done / file.size; });
    const line = print ? `${digest} ${print.hex} ${print.quality}` : digest;
    if ([...kept.values()].includes(line)) return settle(row, "", "same");
    return settle(row, line, print ? "both" : "file");
  } catch {
    return settle(row, "", "unread"); // the file went away, or is a folder
  }
}

// PDQ and quality; null for what this browser cannot open as a picture, or would have to hold whole in memory.
async function printOf(file) {
  if (file.type.startsWith("video/") || file.size > LARGEST) return null;
  let seen;
  try {
    seen = await readPicture(file, pause);
  } catch {
    return null;
  }
  if (seen.smallest < MIN_SIDE) return { hex: "", quality: 0 };
  return hashLuma(seen.luma, seen.width, seen.height);
}

function rowOf(name) {
  const row = document.createElement("li"), title = document.createElement("bdi");
  const text = document.createElement("span"), bar = document.createElement("progress");
  const button = document.createElement("button");
  title.textContent = name;
  text.className = "said small";
  bar.hidden = true;
  bar.setAttribute("aria-label", name);
  button.type = "button";
  button.className = "link";
  button.textContent = said("remove");
  button.addEventListener("click", () => leaveOut(row));
  row.append(title, button, text, bar);
  list.append(row);
  say(row, "waits");
  return row;
}

function leaveOut(row) {
  kept.delete(row);
  row.remove();
  tell();
  files.focus();
}

function say(row, name) {
  row.querySelector(".said").textContent = said(name);
}

function settle(row, line, name) {
  row.querySelector("progress").hidden = true;
  row.classList.toggle("left", !line);
  say(row, name);
  if (line && row.isConnected) kept.set(row, line);
}

// What the form would send now, and how many codes that is.
function tell() {
  const lines = [...kept.values()];
  codes.value = lines.join("\n");
  by("shown").textContent = codes.value;
  by("state").hidden = !list.children.length;
  by("state").textContent = lines.length ? `${said("ready")} ${lines.length}` : said("none");
  by("send").hidden = by("all").hidden = !lines.length;
}

function forget() {
  kept.clear();
  list.replaceChildren();
  tell();
}

begin();
