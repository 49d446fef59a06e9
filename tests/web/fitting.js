(() => {
// In a page that is being tested: the letters it is shown in, and what does not fit.

const sheet = new CSSStyleSheet();
let letters = {};
let shown;

// In letters: longer is no word but a key.
const LONGEST = 20;

// Of elements, as long as nothing moves.
let styles, unseens, scrollers, backgrounds;

function style(each) {
  if (!styles.has(each)) styles.set(each, getComputedStyle(each));
  return styles.get(each);
}

/** Take the fonts, as base64. A policy of the page is in the way of neither bytes nor such a sheet. */
function ready(fonts) {
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const bytes = (text) => Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
  for (const [name, [plain, bold]] of Object.entries(fonts)) {
    letters[name] = [
      new FontFace("Arial", bytes(plain)),
      new FontFace("Arial", bytes(bold), { weight: "bold" }),
    ];
  }
  for (const each of document.querySelectorAll("details")) each.open = true;
}

async function show([font, text]) {
  if (font !== shown) {
    document.fonts.clear();
    for (const face of letters[font]) document.fonts.add(await face.load());
    shown = font;
  }
  sheet.replaceSync(text);
}

function name(each) {
  const text = each.textContent.trim().replace(/\s+/g, " ").slice(0, 40);
  return `${each.localName}${each.className ? "." + each.className : ""} "${text}"`;
}

function around(each, is) {
  for (; each && each !== document.documentElement; each = each.parentElement) {
    if (is(each)) return each;
  }
  return null;
}

/** Whether something is so of an element or of one around it; told once of each. */
function within(known, each, is) {
  if (!each || each === document.documentElement) return null;
  if (!known.has(each)) known.set(each, is(each) ? each : within(known, each.parentElement, is));
  return known.get(each);
}

const scrolls = (each) => /auto|scroll/.test(style(each).overflowX);
const cuts = (each) => /hidden|clip/.test(style(each).overflowX + style(each).overflowY);
const boxed = (each) => !/^(inline|contents)$/.test(style(each).display);
const scroller = (each) => within(scrollers, each, scrolls);

/** For ears alone, or not there at all. */
const unseen = (each) => within(unseens, each, (one) => {
  const { clip, clipPath, display } = style(one);
  return clipPath !== "none" || clip !== "auto" || display === "none";
});

function* outOfTheWindow() {
  const wide = document.documentElement.clientWidth;
  const page = document.documentElement.scrollWidth;
  if (page > wide) yield `the page is ${page} wide`;
  // Where things are is asked first: of thousands of cells, it costs less than their style.
  for (const each of document.body.querySelectorAll("*")) {
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = each;
    const wider = scrollWidth > clientWidth, higher = scrollHeight > clientHeight + 1;
    const { left, right, width } = each.getBoundingClientRect();
    const out = width && (right > wide + 1 || left < -1);
    if (!(wider || higher || out) || each.closest("svg") || unseen(each)) continue;
    if (out && !scroller(each.parentElement)) yield `past the window: ${name(each)}`;
    if (wider && scrolls(each)) {
      const label = document.getElementById(each.getAttribute("aria-labelledby"));
      const reached = each.tabIndex === 0 && each.getAttribute("role") === "region";
      if (!reached || !(each.ariaLabel || label)) {
        yield `scrolls, and no keyboard gets there: ${name(each)}`;
      }
    }
    if ((higher || scrollWidth > clientWidth + 1) && cuts(each)) yield `cut off: ${name(each)}`;
  }
}

/** All that is written and seen: each text, what it stands in, and where its lines are. */
function written() {
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (walk.nextNode()) {
    const text = walk.currentNode, parent = text.parentElement;
    if (!text.data.trim() || parent.closest("svg, script, style, select")) continue;
    if (unseen(parent) || !parent.checkVisibility()) continue;
    range.selectNodeContents(text);
    found.push({ text, parent, box: around(parent, boxed), lines: [...range.getClientRects()] });
  }
  return found;
}

/** Words that run out of their cell or box, into what stands beside it. */
function* outOfTheirBox(texts) {
  for (const { parent, box: boxOf, lines } of texts) {
    const box = boxOf.getBoundingClientRect();
    // Letters that are spread have a space after the last one, too.
    const out = (line) => line.right > box.right + 3 || line.left < box.left - 3;
    if (lines.some(out)) yield `out of its box: ${name(parent)}`;
  }
}

/** As much of a line as is seen where it stands in something that scrolls. */
function part({ left, right, top, bottom }, each) {
  const room = scroller(each)?.getBoundingClientRect();
  if (room) [left, right] = [Math.max(left, room.left), Math.min(right, room.right)];
  return { left, right, top, bottom };
}

/** Words and pictures that lie over one another; those of two cells of a row must not touch. */
function* overOneAnother(texts) {
  const seen = texts.flatMap(({ parent, box, lines }) => {
    const cell = parent.closest("td, th");
    return lines.map((line) => ({ of: parent, box, cell, ...part(line, parent) }));
  });
  for (const each of document.querySelectorAll("svg, img, button, input, select")) {
    if (unseen(each) || each.matches("[type=radio], [type=checkbox], [type=hidden]")) continue;
    const line = each.getBoundingClientRect();
    seen.push({ of: each, box: each, cell: each.closest("td, th"), ...part(line, each) });
  }
  const things = seen.filter((each) => each.right > each.left);
  things.sort((one, other) => one.top - other.top);
  for (const [at, one] of things.entries()) {
    for (let next = at + 1; next < things.length; next += 1) {
      const other = things[next];
      if (other.top >= one.bottom) break;
      if (one.box === other.box || one.of.contains(other.of) || other.of.contains(one.of)) continue;
      const high = Math.min(one.bottom, other.bottom) - other.top;
      const least = Math.min(one.bottom - one.top, other.bottom - other.top);
      if (high < 0.3 * least) continue;
      const gap = Math.max(one.left, other.left) - Math.min(one.right, other.right);
      const cells = one.cell && other.cell && one.cell !== other.cell;
      if (gap < (cells ? 3 : -1)) yield `touch: ${name(one.of)} and ${name(other.of)}`;
    }
  }
}

/** Words that are broken though there is room for them: less than two fifths of the window. */
function* broken(texts) {
  const room = 0.4 * document.documentElement.clientWidth;
  const range = document.createRange();
  for (const { text, parent, lines } of texts) {
    if (lines.length < 2 || parent.closest("code")) continue;
    for (const word of text.data.matchAll(/[^\s\-–/]+/g)) {
      if (word[0].length > LONGEST) continue;
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      const pieces = [...range.getClientRects()];
      if (pieces.length < 2 || pieces.at(-1).top < pieces[0].bottom - 3) continue;
      const width = pieces.reduce((sum, piece) => sum + piece.width, 0);
      if (width < room) yield `"${word[0]}" is broken: ${name(parent)}`;
    }
  }
}

const channel = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);

function light(colour) {
  const [red, green, blue] = colour.match(/[\d.]+/g).map((each) => channel(each / 255));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** The ratio of contrast of two colours, as WCAG 2.2 has it. */
function contrast(one, other) {
  const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
  return (bright + 0.05) / (dark + 0.05);
}

const clear = (each) => /rgba\(.*, 0\)|transparent/.test(style(each).backgroundColor);

/** The colour that something stands on. */
function behind(each) {
  return style(within(backgrounds, each, (one) => !clear(one)) ?? document.documentElement)
    .backgroundColor;
}

/** Words that can't be told from what they stand on (WCAG 2.2, 1.4.3). */
function* faint(texts) {
  for (const { parent } of texts) {
    if (contrast(style(parent).color, behind(parent)) < 4.5) yield `faint: ${name(parent)}`;
  }
}

/** What is drawn, and can't be told from what it is drawn on (WCAG 2.2, 1.4.11). */
function* vanished() {
  for (const each of document.querySelectorAll("svg")) {
    const { width, height } = each.getBoundingClientRect();
    if (unseen(each)) continue;
    if (width < 20 || height < 5) yield `no room to be seen: ${name(each)} in ${name(each.parentElement)}`;
    for (const drawn of each.querySelectorAll("line, polyline, circle, path")) {
      const { stroke, fill } = style(drawn);
      const told = [stroke, fill].filter((colour) => colour.startsWith("rgb"));
      if (!told.some((colour) => contrast(colour, behind(each)) >= 3)) {
        yield `not to be told from what is behind it: ${name(drawn)}`;
      }
    }
  }
  // A picture is drawn in dark lines, for white paper.
  for (const each of document.querySelectorAll("img")) {
    if (contrast("rgb(11, 12, 12)", behind(each)) < 3) yield `dark on dark: img.${each.className}`;
  }
}

function looked(...kinds) {
  [styles, unseens, scrollers, backgrounds] = [new Map(), new Map(), new Map(), new Map()];
  return [...new Set(kinds.flatMap((kind) => [...kind()].slice(0, 5)))];
}

function misfits() {
  let texts;
  return looked(
    outOfTheWindow,
    () => outOfTheirBox((texts = written())),
    () => overOneAnother(texts),
    () => broken(texts),
    () => faint(texts),
    vanished,
  );
}

/** What is wrong in each of the fonts and texts: as [font, text, what]. */
async function tried(fonts, texts) {
  const found = [];
  for (const font of fonts) {
    for (const [text, css] of Object.entries(texts)) {
      await show([font, css]);
      for (const wrong of misfits()) found.push([font, text, wrong]);
    }
  }
  return found;
}

/** Of all that is written, in the order of the page: where, and how large, in pixels. */
function sizes() {
  const found = [];
  for (const each of document.body.querySelectorAll("*")) {
    const words = [...each.childNodes].some((one) => one.nodeType === 3 && one.data.trim());
    if (words && !each.closest("svg, script, style")) {
      found.push([`${each.localName}.${each.className}`, parseFloat(getComputedStyle(each).fontSize)]);
    }
  }
  return found;
}

window.fitting = { ready, show, tried, sizes };
})()
