// Keeps the preview fresh: on every save the page is asked for again and its parts are put in place of the old ones.
// Without this script the page still shows everything; its tabs and switches are links.
"use strict";

const root = document.body.dataset.root;
const live = () => document.getElementById("live");
let working = Promise.resolve();
let waiting = false;

// `aloud` is for screen readers: those who see the page see it anyway.
function say(words, { lost = false, aloud = "" } = {}) {
  const rest = document.createElement("span");
  rest.className = "spoken";
  rest.textContent = aloud;
  live().replaceChildren(words, rest);
  live().classList.toggle("lost", lost);
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
  const said = live();
  old.innerHTML = made.innerHTML;
  old.scrollTop = scroll;
  if (id === "bar") live().replaceWith(said);
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

async function ask(checks) {
  const at = new URL(location.href);
  if (checks) at.searchParams.set("checks", checks);
  const answer = await fetch(at, { cache: "no-store" });
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

// What was written is shown first; the checks take longer, and follow.
async function show() {
  const fresh = await ask("later");
  document.title = fresh.title;
  for (const id of ["issues", "head", "bar"]) replace(id, fresh);
  await stage(fresh);
  replace("checks", await ask());
}

// One after the other: two at once would lose their place in history. Whoever comes while one waits is served by it.
function soon() {
  if (!waiting) {
    waiting = true;
    working = working.then(() => { waiting = false; return show(); }).catch(() => say("The preview was stopped.", { lost: true }));
  }
  return working;
}

function listen() {
  const events = new EventSource(root + "events?since=" + document.body.dataset.version);
  events.addEventListener("open", () => say(""));
  events.addEventListener("error", () => say("The preview was stopped. Start it again to go on.", { lost: true }));
  events.addEventListener("saved", async () => {
    await soon();
    const verdict = document.querySelector(".verdict, .faults h2");
    say("Up to date", { aloud: verdict ? ". " + verdict.textContent : "" });
  });
}

// From where the page is now, not from the link's own address: that one is as old as the last answer.
function choose(link) {
  const at = new URL(location.href);
  const name = link.dataset.choice;
  const on = link.getAttribute("role") === "switch" ? !at.searchParams.has(name) : true;
  if (on) at.searchParams.set(name, link.dataset.value);
  else at.searchParams.delete(name);
  history.replaceState(null, "", at);
  soon();
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
