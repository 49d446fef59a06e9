(() => {
// In a page that is being tested: the letters it is shown in, and what does not fit.

const sheet = new CSSStyleSheet();
const styles = new Map();
let letters = {};

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
  document.fonts.clear();
  for (const face of letters[font]) document.fonts.add(await face.load());
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

const scrolls = (each) => /auto|scroll/.test(style(each).overflowX);
const cuts = (each) => /hidden|clip/.test(style(each).overflowX + style(each).overflowY);

/** For ears alone, or not there at all. */
function unseen(each) {
  return around(each, (one) => {
    const { clip, clipPath, display } = style(one);
    return clipPath !== "none" || clip !== "auto" || display === "none";
  });
}

function* outOfTheWindow() {
  const wide = document.documentElement.clientWidth;
  const page = document.documentElement.scrollWidth;
  if (page > wide) yield `the page is ${page} wide`;
  for (const each of document.body.querySelectorAll("*")) {
    if (each.closest("svg") || unseen(each)) continue;
    const box = each.getBoundingClientRect();
    if (box.width && (box.right > wide + 1 || box.left < -1)) {
      if (!around(each.parentElement, scrolls)) yield `past the window: ${name(each)}`;
    }
    if (scrolls(each) && each.scrollWidth > each.clientWidth) {
      const label = document.getElementById(each.getAttribute("aria-labelledby"));
      const reached = each.tabIndex === 0 && each.getAttribute("role") === "region";
      if (!reached || !(each.ariaLabel || label)) {
        yield `scrolls, and no keyboard gets there: ${name(each)}`;
      }
    }
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = each;
    if (cuts(each) && (scrollWidth > clientWidth + 1 || scrollHeight > clientHeight + 1)) {
      yield `cut off: ${name(each)}`;
    }
  }
}

/** Words that run out of their cell or box, into what stands beside it. */
function* outOfTheirBox() {
  const boxed = (each) => !/^(inline|contents)$/.test(style(each).display);
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (walk.nextNode()) {
    const text = walk.currentNode, parent = text.parentElement;
    if (!text.data.trim() || parent.closest("svg, script, style, select")) continue;
    if (!parent.checkVisibility() || unseen(parent)) continue;
    const box = around(parent, boxed).getBoundingClientRect();
    range.selectNodeContents(text);
    // Letters that are spread have a space after the last one, too.
    const out = (line) => line.right > box.right + 3 || line.left < box.left - 3;
    if ([...range.getClientRects()].some(out)) yield `out of its box: ${name(parent)}`;
  }
}

function misfits() {
  styles.clear();
  return [...new Set([...outOfTheWindow(), ...outOfTheirBox()])].slice(0, 5);
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

window.fitting = { ready, show, misfits, sizes };
})()
