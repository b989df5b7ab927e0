// Chapter 9: the next letter of a name, and the letters that its prediction leans on.

import { unpack } from "./cells.mjs";
import { line, number, s, text } from "./draw.mjs";
import {
  clean, drawNext, drawToEnd, inNats, isOver, lettersOf, LONGEST, look, MARK, percent, spoken, SYMBOLS,
  tell,
} from "./letters.mjs";
import { html } from "./page.mjs";
import { makeStage } from "./stage.mjs";

const TOP = 5; // likeliest symbols that have a button of their own
const NOTE = { anchor: "start", size: 13, colour: "soft" };
const FULL = { lean: 4, p: 0.3 }; // nats and probability of a full bar, unless one is larger
const AT_REST = "a to z; a full stop ends the name";
const OVER = "The name is over; take the end back first.";
const TOO_LONG = `A name has at most ${LONGEST} letters.`;

/** The letters with their lean, and what is predicted: cells in rows of as many as have room. */
function nameCells({ width }, { typed, target, lean }) {
  const [wide, high, tall] = [33, 52, 104];
  const letters = lettersOf(typed);
  const inRow = Math.floor((width - 8) / wide);
  const full = Math.max(FULL.lean, ...lean);
  const parts = [text(4, 14, leanTitle(typed, target, width), NOTE)];
  [...letters, SYMBOLS[target]].forEach((symbol, n) => {
    const x = 4 + wide * (n % inRow) + wide / 2;
    const base = 88 + tall * Math.floor(n / inRow);
    const last = n === letters.length;
    const style = last
      ? "fill: none; stroke: var(--orange); stroke-dasharray: 4 3"
      : "fill: var(--input); stroke: var(--line)";
    parts.push(s("rect", { x: x - 14.5, y: base + 3, width: 29, height: 28, rx: 5, style }));
    const size = symbol === MARK ? 28 : 19;
    parts.push(text(x, base + 23, symbol, { size, bold: true, colour: last ? "orange" : "ink" }));
    if (last) return;
    const height = (high * lean[n]) / full;
    const bar = { x: x - 10, y: base - height, width: 20, height, style: "fill: var(--purple)" };
    parts.push(s("rect", bar), line(x - 14, base, x + 14, base, { colour: "line" }));
    parts.push(text(x, base - height - 5, inNats(lean[n]), { size: 13 }));
  });
  const bottom = 88 + tall * Math.floor(letters.length / inRow) + 36;
  return { parts, bottom };
}

function leanTitle(typed, target, width) {
  if (!lettersOf(typed)) return "no letter yet to lean on; the likeliest first letter:";
  const what = target === 0 ? "the end" : SYMBOLS[target];
  return width < 520
    ? `lean of the prediction (${what}), nats`
    : `how much the prediction (dashed: ${what}) leans on each letter, in nats`;
}

/** The 27 probabilities: one row of bars, or two; a bar's column has its symbol in `data-symbol`. */
function probabilityBars({ width, narrow }, { p, plain, temperature, order, typed }, sorted, top) {
  const perRow = narrow ? 14 : 27;
  const wide = (width - 8) / perRow;
  const high = narrow ? 84 : 118;
  const full = Math.max(FULL.p, ...p, ...plain);
  const taken = isOver(typed) ? 0 : order[0];
  const parts = [];
  (sorted === "size" ? order : p.map((_, k) => k)).forEach((k, n) => {
    const left = 4 + wide * (n % perRow);
    const base = top + 50 + high + (high + 50) * Math.floor(n / perRow);
    const [x, y] = [left + wide / 2, base - (high * p[k]) / full];
    const colour = k === 0 ? "green" : "blue";
    const edge = k === taken ? "; stroke: var(--orange); stroke-width: 2.5" : "";
    const style = `fill: var(--${colour})${edge}`;
    parts.push(s("rect", { x: x - wide * 0.36, y, width: wide * 0.72, height: base - y, style }));
    const shown = p[k] < 0.005 ? "" : percent(p[k]).slice(0, -2);
    const before = base - (high * plain[k]) / full;
    const other = temperature !== 1;
    if (other) parts.push(line(left + 1, before, left + wide - 1, before, { width: 2 }));
    const crossed = other && before < y + 2 && before > y - 20; // the line would cross the number
    const above = crossed ? Math.min(before, y) : y;
    if (shown) parts.push(text(x, above - 5, shown, { size: 13 }));
    const mark = k === 0 && { size: 26, bold: true, colour: "green" }; // a small dot otherwise
    parts.push(text(x, base + 18, SYMBOLS[k], { size: 16, bold: k === taken, ...mark }));
    const hit = { x: left, y: base - high - 18, width: wide, height: high + 42 };
    const unseen = "fill: transparent; cursor: pointer";
    parts.push(s("rect", { ...hit, style: unseen, "data-symbol": SYMBOLS[k] }));
  });
  const rows = Math.ceil(p.length / perRow);
  return { parts, bottom: top + rows * (high + 50) + 38 };
}

/** What the bars are, and what the lines across them. */
function barTitle({ narrow }, temperature, top) {
  const words = `${narrow ? "" : "probability of the "}next symbol, in %; ${MARK} is the end`;
  const parts = [text(4, top + 14, words, NOTE)];
  if (temperature === 1) return parts;
  const [x, y] = narrow ? [4, top + 32] : [400, top + 14];
  const note = text(x + 30, y, "at temperature 1", NOTE);
  return [...parts, line(x, y - 4, x + 24, y - 4, { width: 2 }), note];
}

export function render({ model, el }) {
  const stage = makeStage(model, el);
  const params = unpack(model.get("weights"));
  const kept = new Map();
  let [asked, last] = ["", null];
  const seen = () => {
    const [typed, temperature, measure] = ["typed", "temperature", "measure"].map((name) => model.get(name));
    const key = `${typed} ${temperature} ${measure}`;
    if (key !== asked) [asked, last] = [key, look(params, { typed, temperature, measure }, kept)];
    return last;
  };
  const hear = addInput(stage, model);
  const add = (symbol) => {
    const typed = model.get("typed");
    if (isOver(typed)) return hear(OVER);
    if (symbol !== MARK && typed.length >= LONGEST) return hear(TOO_LONG);
    stage.set({ typed: typed + symbol });
  };
  addTopButtons(stage, seen, add);
  const format = (v) => number(v, 1);
  stage.slider("temperature", { label: "temperature τ", min: 0.2, max: 2, step: 0.1, format });
  stage.slider("seed", { label: "random seed", min: 0, max: 99, step: 1 });
  addDrawButtons(stage, model, params, hear);
  const options = { gradient: "gradient", exchange: "exchange" };
  stage.choice("measure", { label: "lean by", options });
  stage.choice("order", { label: "bars by", options: { letter: "letter", size: "size" } });
  stage.picture.addEventListener("click", (event) => {
    const symbol = event.target.closest("[data-symbol]")?.dataset.symbol;
    if (symbol) add(symbol);
  });

  return stage.show((room) => {
    const now = seen();
    const name = nameCells(room, now);
    const gap = room.narrow && now.temperature !== 1 ? 18 : 0; // a second line above the bars
    const bars = probabilityBars(room, now, model.get("order"), name.bottom + gap);
    return {
      height: bars.bottom,
      parts: [...name.parts, ...barTitle(room, now.temperature, name.bottom + 8), ...bars.parts],
      label: "The letters so far, each with its lean, and the probabilities of the 27 symbols as bars",
      words: tell(now),
    };
  });
}

/** The text field. Returns `hear(words)`, which shows a refusal beside it until the name changes. */
function addInput(stage, model) {
  const keys = { autocomplete: "off", autocapitalize: "none", autocorrect: "off", spellcheck: "false" };
  const style = "font-size: 16px; width: 15em; max-width: 100%"; // below 16 px a phone zooms in
  const input = html("input", { type: "text", id: "typed", "aria-describedby": "hint", style, ...keys });
  const hint = html("span", { id: "hint", "aria-live": "polite", style: "min-width: 17em" });
  const label = html("label", { for: "typed" }, "name so far");
  const row = "display: flex; flex-wrap: wrap; gap: 4px 10px; align-items: center; flex: 1 1 100%";
  let refusal = { words: "", typed: null };
  const hear = (words) => {
    refusal = { words, typed: model.get("typed") };
    stage.ask();
  };
  // Keyboards of phones build a word before they give it; to write into the field then doubles it.
  let composing = false;
  const take = () => {
    const { typed, hint } = clean(input.value);
    if (!composing && input.value !== typed) {
      const caret = clean(input.value.slice(0, input.selectionStart)).typed.length;
      input.value = typed;
      input.setSelectionRange(caret, caret);
    }
    stage.set({ typed });
    hear(hint);
  };
  input.addEventListener("input", take);
  input.addEventListener("compositionstart", () => (composing = true));
  input.addEventListener("compositionend", () => {
    composing = false;
    take();
  });
  stage.add(html("div", { style: row }, label, input, hint), () => {
    const typed = model.get("typed");
    if (!composing && input.value !== typed) input.value = typed;
    const words = refusal.typed === typed ? refusal.words : "";
    if (hint.textContent !== (words || AT_REST)) hint.textContent = words || AT_REST;
    hint.style.color = `var(--${words ? "red" : "soft"})`;
  });
  return hear;
}

/** The likeliest symbols as buttons: what a click on a bar does, by keyboard. */
function addTopButtons(stage, seen, add) {
  let symbols = [];
  const style = "flex: 0 0 5.6em; padding: 3px 6px; white-space: nowrap"; // one width, at ease
  const nodes = Array.from({ length: TOP }, (_, n) => {
    const node = html("button", { type: "button", style });
    node.addEventListener("click", () => add(symbols[n]));
    return node;
  });
  const row = "align-items: center; gap: 4px 10px; flex: 1 1 100%";
  const group = { class: "buttons", role: "group", "aria-label": "Go on with", style: row };
  const name = html("span", { "aria-hidden": "true" }, "go on with");
  const five = html("div", { class: "buttons", style: "flex: 1 1 280px" }, ...nodes);
  stage.add(html("div", group, name, five), () => {
    const { p, order } = seen();
    symbols = order.slice(0, TOP).map((k) => SYMBOLS[k]);
    nodes.forEach((node, n) => {
      node.textContent = `${symbols[n] === MARK ? "end" : symbols[n]} ${percent(p[order[n]])}`;
      node.setAttribute("aria-label", `${spoken(symbols[n])}, ${percent(p[order[n]])}`);
    });
  });
}

/** Draw a letter, draw to the end (then: another name), take a letter back. */
function addDrawButtons(stage, model, params, hear) {
  const get = (name) => model.get(name);
  const done = () => isOver(get("typed")) || get("typed").length >= LONGEST;
  const [, toEnd] = stage.buttons(
    ["Draw a letter", () => {
      const typed = drawNext(params, get("typed"), get("temperature"), get("seed"));
      if (typed !== get("typed")) stage.set({ typed });
      else hear(isOver(typed) ? OVER : TOO_LONG);
    }],
    ["Draw to the end", () => {
      const seed = done() ? (get("seed") + 1) % 100 : get("seed");
      const start = done() ? "" : get("typed");
      stage.set({ seed, typed: drawToEnd(params, start, get("temperature"), seed) });
    }],
    ["Back one letter", () => stage.set({ typed: get("typed").slice(0, -1) })],
  );
  const words = () => (done() ? "Another name" : "Draw to the end");
  stage.add(html("span", { style: "flex: 1 1 100%" }), () => (toEnd.textContent = words())); // a new row
}
