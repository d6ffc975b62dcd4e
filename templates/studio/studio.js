// Keeps the preview fresh: on every save the page is asked for again and its parts are put in place of the old ones.
// Without this script the page still shows everything; its tabs and switches are links.
"use strict";

const root = document.body.dataset.root;
const live = () => document.getElementById("live");
let seen = document.body.dataset.version;
let working = Promise.resolve();

function say(words, lost) {
  live().textContent = words;
  live().classList.toggle("lost", Boolean(lost));
}

// The frame's document cannot be reached from here (it is sandboxed), so its scroll position cannot be read.
// But a browser restores it when it goes back in history: leave for a moment, and come back to what is new.
function refresh(frame) {
  return new Promise((done) => {
    const late = setTimeout(() => { frame.onload = null; frame.src = frame.dataset.key; done(); }, 2000);
    frame.onload = () => {
      frame.onload = () => { frame.onload = null; clearTimeout(late); done(); };
      history.back();
    };
    frame.contentWindow.location = root + "frame/blank";
  });
}

function replace(id, fresh) {
  const old = document.getElementById(id);
  const made = fresh.getElementById(id);
  if (old.innerHTML === made.innerHTML) return;
  const scroll = old.scrollTop;
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  const said = id === "bar" ? live().textContent : "";
  old.innerHTML = made.innerHTML;
  old.scrollTop = scroll;
  if (id === "bar") live().textContent = said;
  if (focused && document.getElementById(focused)) document.getElementById(focused).focus();
}

async function stage(fresh) {
  const old = document.getElementById("frame");
  const made = fresh.getElementById("frame");
  const place = document.getElementById("stage");
  for (const other of [...place.children]) if (other !== old) other.remove();
  if (!made) {
    if (old) old.classList.add("away"); // kept for when the mistake is mended, with where it was scrolled to
    for (const child of fresh.getElementById("stage").children) place.append(document.importNode(child, true));
    return;
  }
  if (!old || old.dataset.key !== made.dataset.key) {
    if (old) old.remove();
    place.append(document.importNode(made, true));
    return;
  }
  const stale = old.dataset.version !== made.dataset.version;
  old.className = made.className;
  old.title = made.title;
  old.dataset.version = made.dataset.version;
  if (stale) await refresh(old);
}

async function show(address) {
  const answer = await fetch(address, { cache: "no-store" });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.title = fresh.title;
  seen = fresh.body.dataset.version;
  for (const id of ["issues", "head", "bar", "checks"]) replace(id, fresh);
  await stage(fresh);
}

// One after the other: two at once would lose their place in history.
function soon(address) {
  working = working.then(() => show(address)).catch(() => say("The preview was stopped.", true));
  return working;
}

function listen() {
  const events = new EventSource(root + "events?since=" + seen);
  events.addEventListener("open", () => say(""));
  events.addEventListener("error", () => say("The preview was stopped. Start it again to go on.", true));
  events.addEventListener("saved", async () => {
    await soon(location.href);
    const verdict = document.querySelector(".verdict, .faults h2");
    say("Saved. " + (verdict ? verdict.textContent : ""));
  });
}

function choose(link) {
  history.replaceState(null, "", link.href);
  soon(link.href);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("#bar a");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  choose(link);
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const name = { d: "dark", i: "images" }[event.key.toLowerCase()];
  const view = document.querySelectorAll("#bar nav a")[Number(event.key) - 1];
  const pressed = event.key === " " && event.target.closest && event.target.closest("[role=switch]");
  const link = pressed || view || (name && document.getElementById("toggle-" + name));
  if (!link) return;
  event.preventDefault();
  choose(link);
});

// Keys typed while the frame has the focus never reach this page: take it back once the pointer has left.
document.addEventListener("mouseover", () => {
  if (document.activeElement && document.activeElement.id === "frame") document.activeElement.blur();
});

if (window.matchMedia("(max-width: 1000px)").matches) document.querySelector("#issues details").open = false;
listen();
