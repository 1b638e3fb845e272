"use strict";
// Everything on this page can be read without this script; it saves the reader steps.
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const said = document.getElementById("said");

// The chosen colours stay chosen, where the browser lets a page remember.
try {
  const chosen = document.getElementById("theme-" + localStorage.getItem("theme"));
  if (chosen) chosen.checked = true;
  document.querySelector(".theme").addEventListener("change", (event) => localStorage.setItem("theme", event.target.value));
} catch { /* private windows refuse; the choice then lasts as long as the page */ }

// All code at once.
const codes = all("details.code");
const control = document.querySelector(".all-code");
control.hidden = codes.length === 0;
control.addEventListener("click", () => {
  const open = control.getAttribute("aria-pressed") !== "true";
  control.setAttribute("aria-pressed", String(open));
  for (const code of codes) code.open = open;
  said.textContent = open ? "All code is shown" : "All code is folded";
});

// Copying.
async function copy(source, button) {
  const selection = getSelection();
  try {
    await navigator.clipboard.writeText(source.innerText.trim());
    said.textContent = "Copied";
    const label = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = label; }, 1500);
  } catch {
    selection.selectAllChildren(source);
    said.textContent = "Selected; press Control C to copy";
  }
}
for (const block of all(".code pre, .about pre")) {
  const button = document.createElement("button");
  const frame = document.createElement("div");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.setAttribute("aria-label", "Copy: " + block.getAttribute("aria-label"));
  frame.className = "copyable";
  block.before(frame);
  frame.append(button, block);
  button.addEventListener("click", () => copy(block, button));
}
for (const button of all("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(document.getElementById(button.dataset.copy), button));
}

// A stretch that does not scroll is no stop for the keyboard.
const scrollers = all(".scroll, .canvas, .formula, pre");
const fit = new ResizeObserver((changes) => {
  for (const { target } of changes) {
    if (target.scrollWidth > target.clientWidth + 1 || target.scrollHeight > target.clientHeight + 1) target.tabIndex = 0;
    else if (document.activeElement !== target) target.removeAttribute("tabindex");
  }
});
for (const scroller of scrollers) fit.observe(scroller);

// A link into a fold opens it.
function reveal() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let fold = target; fold; fold = fold.parentElement) if (fold.tagName === "DETAILS") fold.open = true;
  if (target && target.closest("details")) target.scrollIntoView();
}
addEventListener("hashchange", reveal);
if (location.hash) reveal();

// Where one is, said to assistive technology too.
const links = new Map(all(".contents a").map((link) => [link.hash.slice(1), link]));
const places = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
let current = null;
function locate() {
  let here = places[0];
  for (const place of places) {
    const top = place.getBoundingClientRect().top;
    if (top < 100 && top >= here.getBoundingClientRect().top) here = place;
  }
  const link = links.get(here.id);
  if (link === current) return;
  if (current) current.removeAttribute("aria-current");
  link.setAttribute("aria-current", "location");
  current = link;
}
let waiting = false;
addEventListener("scroll", () => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; locate(); });
}, { passive: true });
locate();

// What a number is, on hover and on focus; Escape dismisses, and the note itself may be hovered.
const note = document.getElementById("note");
let owner = null, timer = 0;
function hide() {
  clearTimeout(timer);
  note.hidden = true;
  if (owner) owner.removeAttribute("aria-describedby");
  owner = null;
}
function line(text, className) {
  const paragraph = document.createElement("p");
  paragraph.textContent = text.replace(/\s+/g, " ").trim();
  if (className) paragraph.className = className;
  return paragraph;
}
function show(link) {
  clearTimeout(timer);
  if (owner === link) return;
  hide();
  const entry = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!entry) return;
  owner = link;
  const facts = all("dl > div", entry).map((fact) => [fact.querySelector("dt").textContent, fact.querySelector("dd").textContent]);
  const wanted = facts.filter(([name]) => ["Method", "Rule", "Assumes", "Note", "Data"].includes(name));
  const value = entry.querySelector(".what strong").textContent;
  const interval = entry.querySelector(".interval");
  const strong = document.createElement("strong");
  strong.textContent = entry.querySelector(".estimand").textContent;
  const head = document.createElement("p");
  head.append(strong);
  note.replaceChildren(head, line(value + (interval ? ", " + interval.textContent : "")));
  for (const [name, text] of wanted) note.append(line(name + ": " + text, "more"));
  note.append(line("Number " + link.dataset.ref + " of the register; follow the link for all of it.", "more"));
  note.hidden = false;
  const at = link.getClientRects()[0], box = note.getBoundingClientRect();
  const below = at.bottom + box.height + 8 < innerHeight || at.top < box.height + 8;
  const left = Math.max(16, Math.min(at.left, document.documentElement.clientWidth - box.width - 16));
  note.style.left = left + scrollX + "px";
  note.style.top = (below ? at.bottom + 6 : at.top - box.height - 6) + scrollY + "px";
  link.setAttribute("aria-describedby", "note");
}
const later = (action, wait) => { clearTimeout(timer); timer = setTimeout(action, wait); };
for (const link of all("a.number")) {
  link.addEventListener("pointerenter", (event) => { if (event.pointerType === "mouse") later(() => show(link), 150); });
  link.addEventListener("pointerleave", () => later(hide, 300));
  link.addEventListener("focus", () => { if (link.matches(":focus-visible")) show(link); });
  link.addEventListener("blur", hide);
  link.addEventListener("click", hide);
}
note.addEventListener("pointerenter", () => clearTimeout(timer));
note.addEventListener("pointerleave", () => later(hide, 300));
addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
