// Keeps a page up to date: an event says that there is a new version, then the page's live parts
// are fetched and those that differ are put in. Where events are cut, it looks every few seconds.

const AT_MOST_EVERY = 500; // ms between two fetches
const LOOK_EVERY = 5000; // ms, while events are cut
const PATIENCE = 5000; // ms that an answer may take
const LOST_AFTER = 10000; // ms without a good answer
const ANNOUNCE_EVERY = 30000; // ms between two quiet announcements of changed figures
const PAUSED = "casepulse.paused";

const path = document.body.dataset.livePage;
const pause = document.querySelector("[data-pause]");
const connection = document.querySelector("[data-connection]");
const announcements = document.querySelector("[data-announcements]");

let stamp = document.body.dataset.stamp;
let known = new Map();
let source = null;
let fetching = false;
let again = false;
let answeredAt = Date.now();
let fetchedAt = 0;
let announcedAt = 0;
let changed = 0;
let lost = false;
let looking = null;
let listening = null;

const paused = () => sessionStorage.getItem(PAUSED) === "yes";

function say(words) {
  if (connection && connection.textContent !== words) connection.textContent = words;
}

function announce(words) {
  if (announcements) announcements.textContent = words;
}

function state() {
  if (lost) return;
  if (paused()) say("Updates are paused.");
  else if (source && source.readyState === EventSource.OPEN) say("The page updates by itself.");
  else say("The page looks for news every few seconds.");
}

const reachable = (part) => [...part.querySelectorAll("a, button, summary, input, [tabindex]")];

// Put what has changed in its place, without taking anything from whoever is reading: the focus,
// what is unfolded, how far a table is scrolled.
function put(part, html) {
  const focused = reachable(part).indexOf(document.activeElement);
  const open = [...part.querySelectorAll("details")].map((each) => each.open);
  const scrolled = [...part.querySelectorAll(".report-scroll")].map((each) => each.scrollLeft);
  part.innerHTML = html;
  part.querySelectorAll("details").forEach((each, at) => (each.open = open[at] ?? false));
  part.querySelectorAll(".report-scroll").forEach((each, at) => (each.scrollLeft = scrolled[at] ?? 0));
  if (focused >= 0) reachable(part)[focused]?.focus({ preventScroll: true });
}

function show(told) {
  if (stamp === "" && told.stamp) return location.reload(); // the first figures ever: another page altogether
  const before = document.querySelector("[data-notice]")?.dataset.notice ?? "";
  let figures = 0;
  for (const part of document.querySelectorAll("[data-live]")) {
    const name = part.dataset.live;
    const html = told.parts[name];
    if (html === undefined || known.get(name) === html) continue;
    if (!known.has(name) && part.innerHTML.trim() === html) {
      known.set(name, html);
      continue;
    }
    put(part, html);
    known.set(name, html);
    if (!["as-of", "version", "notices"].includes(name)) figures += 1;
  }
  stamp = told.stamp;
  document.body.dataset.stamp = stamp;
  const after = document.querySelector("[data-notice]")?.dataset.notice ?? "";
  changed += figures;
  if (before !== after) {
    announce(after ? document.querySelector("[data-notice] p").textContent : "Figures are live again.");
  } else if (changed && Date.now() - announcedAt > ANNOUNCE_EVERY) {
    announce(changed === 1 ? "One figure has changed." : `${changed} figures have changed.`);
    announcedAt = Date.now();
    changed = 0;
  }
}

async function look() {
  if (paused()) return;
  if (fetching) {
    again = true;
    return;
  }
  fetching = true;
  again = false;
  const wait = fetchedAt + AT_MOST_EVERY - Date.now();
  if (wait > 0) await new Promise((done) => setTimeout(done, wait));
  fetchedAt = Date.now();
  try {
    // The browser asks with the ETag that it has, and takes a 304 for what it has. A proxy that
    // answers for a server that is gone, or nobody at all: neither is an answer.
    const told = await answered(`/parts${path}`);
    answeredAt = Date.now();
    if (!paused()) {
      if (lost) recover();
      if (told.stamp !== stamp) show(told);
    }
  } catch {
    if (Date.now() - answeredAt > LOST_AFTER) lose();
  }
  fetching = false;
  state();
  if (again) look();
}

async function answered(address) {
  const answer = await fetch(address, { cache: "no-cache", signal: AbortSignal.timeout(PATIENCE) });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return answer.json();
}

// Somebody answers again: all that was taken away comes back.
function recover() {
  lost = false;
  stamp = null;
  known = new Map();
  document.body.classList.remove("page-lost");
  announce("This page is answered again.");
}

// Nobody answers any more: what stands here is old, and has no colour.
function lose() {
  if (lost) return;
  const since = new Date(answeredAt).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  lost = true;
  for (const each of document.querySelectorAll("[data-rag]")) {
    each.className = "page-quiet";
    each.textContent = "Withheld";
  }
  const freshness = document.querySelector("[data-live=as-of] strong");
  if (freshness) freshness.textContent = "Old:";
  say(`This page has not been answered since ${since}: its figures are old.`);
  announce("This page is not answered any more: its figures are old.");
  document.body.classList.add("page-lost");
}

function listen() {
  clearTimeout(listening);
  source?.close();
  if (paused() || document.hidden) return;
  source = new EventSource("/live");
  source.addEventListener("open", () => { look(); state(); });
  source.addEventListener("version", () => look());
  source.addEventListener("error", () => {
    // A browser tries again by itself, but not after an answer that is no stream.
    if (source?.readyState === EventSource.CLOSED) listening = setTimeout(listen, LOOK_EVERY);
    state();
  });
}

function begin() {
  if (paused()) return state();
  listen();
  // A stream that says nothing may be a line that is dead: so it is asked now and then, too.
  looking ??= setInterval(look, LOOK_EVERY);
}

function end() {
  source?.close();
  source = null;
  clearTimeout(listening);
  clearInterval(looking);
  looking = null;
}

if (pause) {
  const label = () => { pause.textContent = paused() ? "Resume updates" : "Pause updates"; };
  pause.hidden = false;
  label();
  pause.addEventListener("click", () => {
    sessionStorage.setItem(PAUSED, paused() ? "no" : "yes");
    label();
    if (paused()) end();
    else { begin(); look(); }
    state();
  });
}

// Nobody looks: no need to ask for anything, and a browser has few connections to a server.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) end();
  else if (!paused()) { answeredAt = Date.now(); begin(); look(); }
});

begin();
