// Names, letter by letter: what `gru_lib.letters` and chapter 9 compute, in the browser.
//
// A name that is being written, `typed`, is a string of letters a to z, with the mark "·" at its
// end if it is over. `params` are the weights of a GRU with reset "after" and of its readout.

import { gruBackward } from "./backward.mjs";
import { dense, gru, gruStep, softmax } from "./cells.mjs";
import { number } from "./draw.mjs";
import { addRows, namedParams, timesTransposed, zeros } from "./matrix.mjs";

export const MARK = "·";
export const SYMBOLS = [..."·abcdefghijklmnopqrstuvwxyz"]; // as in gru_lib: the mark has index 0
export const LONGEST = 20;

const KEPT = 40; // beginnings whose exchanged copies are remembered, 20 kB for each letter of each
const ONE_HOT = SYMBOLS.map((_, k) => SYMBOLS.map((_, j) => Number(j === k)));
const indexOf = (symbol) => SYMBOLS.indexOf(symbol);

/** Whether the name has its end. */
export const isOver = (typed) => typed.endsWith(MARK);

/** The letters alone. */
export const lettersOf = (typed) => (isOver(typed) ? typed.slice(0, -1) : typed);

/**
 * What a reader typed, made a name: `{ typed, hint }`; `hint` says what was refused, if anything. A
 * full stop is the mark, which few keyboards have.
 */
export function clean(raw) {
  const lowered = raw.normalize("NFC").toLowerCase().replaceAll(".", MARK);
  const cut = lowered.indexOf(MARK);
  const all = [...(cut < 0 ? lowered : lowered.slice(0, cut))];
  const letters = all.filter((c) => c >= "a" && c <= "z").join("");
  const odd = all.find((c) => !(c >= "a" && c <= "z"));
  let hint = "";
  if (cut >= 0 && cut < lowered.length - 1) hint = `Refused: nothing comes after the mark ${MARK}.`;
  else if (odd) hint = `${odd.trim() ? `“${odd}”` : "A space"} is refused: letters a to z only.`;
  else if (letters.length > LONGEST) hint = `Cut off: a name has at most ${LONGEST} letters.`;
  return { typed: letters.slice(0, LONGEST) + (cut < 0 ? "" : MARK), hint };
}

/** Read the mark and the letters: the network's `run`, and its `scores (T, 27)`, one row a step. */
export function readName(params, typed) {
  const x = [0, ...[...lettersOf(typed)].map(indexOf)].map((k) => ONE_HOT[k]);
  const run = gru(params, x, { reset: "after" });
  return { run, scores: dense(params, run.h) };
}

/** The probabilities (27) of what comes after the letters of a reading; eq-softmax, math-temperature. */
export function nextLetter({ scores }, temperature) {
  return softmax(scores.at(-1), temperature);
}

/** log p of symbol number k by one row of scores, in a form that cannot give the log of 0. */
function logP(row, k) {
  const most = Math.max(...row);
  return row[k] - most - Math.log(row.reduce((sum, y) => sum + Math.exp(y - most), 0));
}

/** What each symbol of the name cost, its end too if it is there: -log p, in nats. */
export function natsOf({ scores }, typed) {
  return [...typed].map((symbol, t) => -logP(scores[t], indexOf(symbol)));
}

/** The root of the mean square of what the 26 exchanges of one letter change; math-letters-lean. */
function rootOfMean(changes) {
  return Math.sqrt(changes.reduce((sum, change) => sum + change ** 2, 0) / (changes.length - 1));
}

/** How much the next prediction, of symbol number k, leans on each letter: by the gradient, in nats. */
export function leaning(params, { run, scores }, k) {
  const p = softmax(scores.at(-1));
  const dy = ONE_HOT[k].map((one, j) => one - p[j]); // of log p = -L: eq-cross-entropy-gradient
  const dh = zeros(run.h.length, run.h[0].length);
  dh[dh.length - 1] = timesTransposed(dy, params.W_hy);
  const { dx } = gruBackward(params, run, dh);
  return dx.slice(1).map((g, s) => rootOfMean(g.map((change) => change - g[run.x[s + 1].indexOf(1)])));
}

/** The weights of a step that reads symbol k: a one-hot row picks a row of W_x, here put into b. */
function readingOf(p, k) {
  const b = (gate) => addRows(p[`W_x${gate}`][k], p[`b_${gate}`]);
  return { ...p, b_r: b("r"), b_z: b("z"), b_h: b("h") };
}

/**
 * The state after the letters, and the states (letters, 27) after the copies of the name in which one
 * letter is exchanged. `kept` remembers them, so that a letter more costs one step for each copy.
 */
function exchanged(p, letters, kept) {
  if (kept.has(letters)) return kept.get(letters);
  const step = (reads, h) => gruStep(reads, [], h, "after").h;
  let now = { h: step(readingOf(p, 0), zeros(p.b_hh.length)), copies: [] };
  if (letters) {
    const before = exchanged(p, letters.slice(0, -1), kept);
    const reads = readingOf(p, indexOf(letters.at(-1)));
    const copies = before.copies.map((row) => row.map((h) => step(reads, h)));
    const others = SYMBOLS.map((_, k) => step(readingOf(p, k), before.h));
    now = { h: step(reads, before.h), copies: [...copies, others] };
  }
  if (kept.size >= KEPT) kept.clear();
  kept.set(letters, now);
  return now;
}

/** The same as `leaning` by real exchanges: every other symbol in the letter's place. */
export function exchanging(params, typed, k, kept = new Map()) {
  const p = { ...namedParams(params, "rzh"), b_hh: params.b_hh };
  const { h, copies } = exchanged(p, lettersOf(typed), kept);
  const real = logP(dense(params, h), k);
  return copies.map((row) => rootOfMean(dense(params, row).map((scores) => logP(scores, k) - real)));
}

/** Number n of the generator with this seed, from 0 to below 1: Mulberry32. */
export function randomNumber(seed, n) {
  let a = (seed + (n + 1) * 0x6d2b79f5) | 0;
  a = Math.imul(a ^ (a >>> 15), a | 1);
  a ^= a + Math.imul(a ^ (a >>> 7), a | 61);
  return ((a ^ (a >>> 14)) >>> 0) / 2 ** 32;
}

/** The index that a random number from 0 to below 1 draws from the probabilities. */
export function drawSymbol(p, random) {
  let sum = 0;
  const passed = p.slice(0, -1).filter((value) => random >= (sum += value));
  return passed.length;
}

/** The name with one symbol more, drawn; place n takes number n of the seed's generator. */
export function drawNext(params, typed, temperature, seed) {
  if (isOver(typed) || typed.length >= LONGEST) return typed;
  const p = nextLetter(readName(params, typed), temperature);
  return typed + SYMBOLS[drawSymbol(p, randomNumber(seed, typed.length))];
}

/** The name drawn to its end, or to 20 letters. */
export function drawToEnd(params, typed, temperature, seed) {
  const next = drawNext(params, typed, temperature, seed);
  return next === typed ? typed : drawToEnd(params, next, temperature, seed);
}

/** The indices of the symbols, the likeliest first. */
export function ranked(p) {
  return p.map((_, k) => k).sort((a, b) => p[b] - p[a]);
}

/** A probability as people say it: `31 %`, its space one that does not break. */
export function percent(p) {
  if (p < 0.005) return "<1\u00a0%";
  return p >= 0.995 && p < 1 ? ">99\u00a0%" : `${Math.round(100 * p)}\u00a0%`;
}

/** A lean as it is written, over its bar and in the words. */
export const inNats = (lean) => lean.toFixed(lean < 10 ? 2 : 1);

/** A symbol as people say it. */
export const spoken = (symbol) => (symbol === MARK ? "the end" : symbol);

/** All that the figure shows of a name: numbers alone. `kept` is the memory of `exchanging`. */
export function look(params, { typed, temperature, measure }, kept) {
  const reading = readName(params, typed);
  const p = nextLetter(reading, temperature);
  const order = ranked(p);
  const target = isOver(typed) ? 0 : order[0];
  const lean =
    measure === "gradient" ? leaning(params, reading, target) : exchanging(params, typed, target, kept);
  const nats = natsOf(reading, typed).reduce((sum, cost) => sum + cost, 0);
  return { typed, temperature, measure, p, plain: nextLetter(reading, 1), order, target, lean, nats };
}

/** The sentences below the picture. */
export function tell({ typed, temperature, measure, p, order, target, lean, nats }) {
  const letters = lettersOf(typed);
  const best = order.slice(0, 3).map((k) => `${spoken(SYMBOLS[k])} ${percent(p[k])}`);
  const list = `${best[0]}, ${best[1]} and ${best[2]}`;
  const cost = `${number(nats)} nats`;
  const first = letters ? `After “${letters}”` : "At the beginning of a name";
  const at = temperature === 1 ? "" : ` at temperature ${number(temperature, 1)}`;
  const was = isOver(typed) ? "were" : "are";
  const sentences = [`${first}${at} the likeliest ${was}: ${list}.`];
  if (letters) sentences.push(leanWords(letters, measure, SYMBOLS[target], lean));
  const whole = letters ? `“${letters}”` : "The empty name";
  if (isOver(typed)) sentences.push(`${whole} is over; with its end it cost ${cost}.`);
  else if (letters) sentences.push(`So far the name cost ${cost}.`);
  if (letters && at) sentences.push("Lean and cost are those of temperature 1.");
  return sentences.join(" ");
}

function leanWords(letters, measure, symbol, lean) {
  const by = measure === "gradient" ? "By the gradient" : "By exchange";
  const what = `${by}, the prediction of ${spoken(symbol)} leans`;
  if (letters.length === 1) return `${what} on ${letters} by ${inNats(lean[0])} nats.`;
  const [most, least] = [Math.max(...lean), Math.min(...lean)].map((value) => lean.indexOf(value));
  const where = (n) => `letter ${n + 1}, ${letters[n]}`;
  const end = `and least on ${where(least)} (${inNats(lean[least])})`;
  return `${what} most on ${where(most)} (${inNats(lean[most])} nats), ${end}.`;
}
