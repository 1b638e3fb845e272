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

// Everything at once, and on paper.
const folds = all("details");
const control = document.querySelector(".all-open");
function unfold(open) {
  control.setAttribute("aria-pressed", String(open));
  for (const fold of folds) fold.open = open;
}
control.hidden = false;
control.addEventListener("click", () => {
  const open = control.getAttribute("aria-pressed") !== "true";
  unfold(open);
  said.textContent = open ? "Everything is open" : "Everything is folded";
});
for (const button of all("[data-print]")) {
  button.parentElement.hidden = false;
  button.addEventListener("click", () => {
    const opened = folds.filter((fold) => button.dataset.print && !fold.open);
    document.documentElement.classList.toggle("with-appendix", Boolean(button.dataset.print));
    for (const fold of opened) fold.open = true;
    addEventListener("afterprint", () => {
      for (const fold of opened) fold.open = false;
      document.documentElement.classList.remove("with-appendix");
    }, { once: true });
    print();
  });
}

// Copying.
async function copy(text, source, button) {
  try {
    await navigator.clipboard.writeText(text);
    said.textContent = "Copied";
    const label = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = label; }, 1500);
  } catch {
    getSelection().selectAllChildren(source);
    said.textContent = "Selected; press Control C to copy";
  }
}
for (const block of all("pre:not(.printed)")) {
  const button = document.createElement("button");
  const frame = document.createElement("div");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.setAttribute("aria-label", "Copy: " + block.getAttribute("aria-label"));
  frame.className = "copyable";
  block.before(frame);
  frame.append(button, block);
  button.addEventListener("click", () => copy(block.innerText.trim(), block, button));
}
for (const button of all("[data-copy]")) {
  const source = document.getElementById(button.dataset.copy);
  const items = all("li", source);
  button.hidden = false;
  button.addEventListener("click", () => copy((items[0] ? items : [source]).map((item) => item.innerText.trim()).join("\n"), source, button));
}

// A stretch that does not scroll is no stop for the keyboard.
const fit = new ResizeObserver((changes) => {
  for (const { target } of changes) {
    if (target.scrollWidth > target.clientWidth + 1 || target.scrollHeight > target.clientHeight + 1) target.tabIndex = 0;
    else if (document.activeElement !== target) target.removeAttribute("tabindex");
  }
});
for (const scroller of all(".scroll, .canvas, .formula, pre")) fit.observe(scroller);
if (location.hash) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();

// Where one is: in the contents and, on a small screen, in the bar.
const links = new Map(all(".contents a").map((link) => [link.hash.slice(1), link]));
const places = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
const where = document.querySelector(".where");
let current = null;
function locate() {
  let here = places[0];
  for (const place of places) {
    const { top, bottom } = place.getBoundingClientRect();
    if (top < 100 && bottom > 100 && place.checkVisibility()) here = place;
  }
  const link = links.get(here.id);
  if (link === current) return;
  if (current) current.removeAttribute("aria-current");
  link.setAttribute("aria-current", "location");
  where.textContent = link.textContent;
  current = link;
}
let waiting = false;
addEventListener("scroll", () => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; locate(); });
}, { passive: true });
locate();

// Where a number comes from, in place. Without this script the link leads into the register.
const source = document.getElementById("source");
const listed = source.querySelector("ol");
let owner = null;
function show(link) {
  owner = link;
  listed.replaceChildren(...link.dataset.entries.split(" ").map((name) => {
    const entry = document.getElementById("number-" + name).cloneNode(true);
    entry.removeAttribute("id");
    entry.removeAttribute("tabindex");
    entry.querySelector(".uses").remove();
    return entry;
  }));
  link.focus({ preventScroll: true });
  source.showPopover();
  const at = link.getClientRects()[0], box = source.getBoundingClientRect();
  const below = at.bottom + box.height + 8 < innerHeight || at.top < box.height + 8;
  source.style.left = Math.max(16, Math.min(at.left, document.documentElement.clientWidth - box.width - 16)) + "px";
  source.style.top = Math.max(8, Math.min(below ? at.bottom + 6 : at.top - box.height - 6, innerHeight - box.height - 8)) + "px";
  source.scrollTop = 0;
  source.focus({ preventScroll: true });
}

// Going back returns to the link that one left by.
const back = document.querySelector(".back");
addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (link.dataset.entries && source.showPopover) {
    event.preventDefault();
    show(link);
    return;
  }
  const left = source.contains(link) ? owner : link;
  history.replaceState({ left: [...document.links].indexOf(left) }, "");
  if (left === owner) source.hidePopover();
  back.hidden = false;
});
addEventListener("popstate", (event) => {
  const left = document.links[event.state?.left];
  if (left) setTimeout(() => left.focus({ preventScroll: true }), 0); // after the browser has moved the focus itself
});
back.addEventListener("click", () => history.back());
