// Chapter 2: how much of a gradient arrives, step by step back, and what clipping does to it.

import { rnnBackward, rnnDa, rnnReach } from "./backward.mjs";
import { rnn, stateBefore, unpack } from "./cells.mjs";
import { number, text } from "./draw.mjs";
import { axes, legend } from "./plot.mjs";
import { makeStage } from "./stage.mjs";

const LIMIT = 1; // the norm that clipping allows
const NEAR = 10; // the last steps, whose part in the weights' gradient is shown apart
const [LEAST, MOST] = [1e-8, 1e8]; // of the logarithmic axes
const KINDS = { orthogonal: "orthogonal", gaussian: "random Gaussian", transient: "growth first" };
const STEEPEST = { tanh: 1, sigmoid: 0.25, identity: 1 }; // γ, the largest slope

/** The length of all numbers in nested arrays as one vector; hypot guards the squares. */
export function lengthOf(...arrays) {
  return Math.hypot(...arrays.flat(Infinity));
}

/** The weights of the network, W_hh scaled to the spectral radius, and its input (T, 1). */
export function network(arrays, { matrix, radius, steps, size }) {
  const params = {
    W_xh: arrays.W_xh,
    W_hh: arrays[matrix].map((row) => row.map((w) => radius * w)),
    b_h: arrays.g.map(() => 0),
  };
  return { params, x: arrays.x.slice(0, steps).map((row) => row.map((v) => size * v)) };
}

/** Norms of the gradient with respect to h_T, h_{T−1}, …, h_0, for g at h_T: T + 1 numbers. */
export function normsBack(arrays, knobs) {
  const { params, x } = network(arrays, knobs);
  const run = rnn(params, x, { activation: knobs.activation });
  const { dh, dh0 } = rnnReach(params, run, arrays.g, x.length - 1);
  return [dh0, ...dh].map((row) => lengthOf(row)).reverse();
}

/**
 * Norm of what each step adds to the gradient of the weights, the last step first: T numbers. Its
 * entries are those of da, times 1 (b_h), times the input (W_xh) and times the state before (W_hh).
 */
export function stepNorms(arrays, knobs) {
  const { params, x } = network(arrays, knobs);
  const run = rnn(params, x, { activation: knobs.activation });
  const { dh } = rnnReach(params, run, arrays.g, x.length - 1);
  const part = (row, t) => lengthOf(rnnDa(run, row, t)) * lengthOf([1], x[t], stateBefore(run, t));
  return dh.map(part).reverse();
}

/**
 * Norm of the gradient of the weights: of all of it, `whole`; of the sum over the last ten steps,
 * `near`; and over those before, `far`. Each part has a way back of its own, so that a far part
 * many powers of ten smaller is not lost in a difference.
 */
export function weightNorms(arrays, knobs) {
  const { params, x } = network(arrays, knobs);
  const { activation } = knobs;
  const early = x.slice(0, -NEAR);
  const first = early.length ? rnn(params, early, { activation }) : null;
  const last = rnn(params, x.slice(-NEAR), { activation, h0: first?.h.at(-1) });
  const near = rnnBackward(params, last, null, { dlast: arrays.g });
  const nearAll = Object.values(near.grads).flat(Infinity);
  if (!first) return { whole: lengthOf(nearAll), near: lengthOf(nearAll), far: 0 };
  const far = rnnBackward(params, first, null, { dlast: near.dh0 });
  const farAll = Object.values(far.grads).flat(Infinity);
  const whole = nearAll.map((v, k) => v + farAll[k]);
  return { whole: lengthOf(whole), near: lengthOf(nearAll), far: lengthOf(farAll) }; // eq-global-norm
}

/** What clipping by norm multiplies every entry by. */
export function clipFactor(norm, limit) {
  return norm > limit ? limit / norm : 1; // eq-clip-norm
}

/** What is said about every distance n: `theory`, radius to the power n, and the proved `bound`. */
export function predictions(norms, { matrix, activation, radius, steps }) {
  const all = Array.from({ length: steps + 1 }, (_, n) => n);
  const most = STEEPEST[activation] * radius * norms[matrix];
  return { theory: all.map((n) => radius ** n), bound: all.map((n) => most ** n) };
}

/** A norm with three digits, or as `1.2·10⁻⁵` when far from 1. */
function shown(value) {
  const digits = value >= 1e-3 && value < 1e5 ? 2 - Math.floor(Math.log10(value * 1.0005)) : 2;
  return number(value, Math.max(0, digits));
}

/** Points of a curve; outside the frame there is none. */
function series(values) {
  return values.map((v, n) => [n, v >= LEAST && v <= MOST ? v : NaN]);
}

/** A number beside the end of a curve, on paper of its own. */
function endLabel({ X, Y }, n, value, down) {
  const node = text(X(n) - 2, Y(value) + down, shown(value), { anchor: "end", size: 13 });
  node.style.cssText += "; paint-order: stroke; stroke: var(--paper); stroke-width: 4px";
  return node;
}

/** The upper picture: norm against distance, with the two predictions. */
function distancePlot({ width }, top, { norms, theory, bound }) {
  const last = norms.length - 1;
  const frame = { left: 50, top, width: width - 66, height: 230, log: true };
  const names = { xName: "n, steps back from the last state", yName: "norm of the state's gradient" };
  const yTicks = [1e-8, 1e-6, 1e-4, 1e-2, 1, 1e2, 1e4, 1e6, 1e8];
  const plot = axes({ ...frame, x: [0, last], y: [LEAST, MOST], yTicks, ...names });
  const parts = [
    plot.node,
    plot.curve(series(norms), { colour: "blue", width: 2.6 }),
    plot.dots(series(norms).filter(([n, v]) => n % 5 === 0 && v > 0)),
    plot.curve(series(theory), { colour: "orange", dash: "8 5" }), // on top: seen where lines agree
    plot.curve(series(bound), { colour: "ink", dash: "2 4", width: 2.4 }),
  ];
  const [measured, told] = [norms[last], theory[last]];
  const within = (v) => v > LEAST * 100 && v < MOST / 100; // room for the number
  const same = Math.abs(Math.log(measured / told)) < 0.01;
  if (within(measured)) parts.push(endLabel(plot, last, measured, measured < told ? 20 : -10));
  if (within(told) && !same) parts.push(endLabel(plot, last, told, measured < told ? -10 : 20));
  return parts;
}

/** The lower picture: what each step adds to the gradient of the weights, before and after clipping. */
function weightPlot({ width }, top, added, whole, factor) {
  const clipped = factor < 1;
  const head = text(14, top, "Gradient of the weights", { anchor: "start", bold: true });
  const look = { colour: "red", width: 2.6, dash: "12 3" };
  const names = [[`norm ${shown(whole)}`, "blue"]];
  if (clipped) names.push([`clipped: norm ${shown(whole * factor)}`, look.colour, look.dash]);
  const key = legend(14, top + 24, names, width - 28);
  const above = Number(key.at(-1).getAttribute("y")); // the last row of names
  const frame = { left: 50, top: above + 32, width: width - 66, height: 130, log: true };
  const yTicks = [1e-8, 1e-4, 1, 1e4, 1e8];
  const words = { xName: "n, steps back from the last state", yName: "norm of each step's part in it" };
  const plot = axes({ ...frame, x: [0, added.length], y: [LEAST, MOST], yTicks, ...words });
  const parts = [head, ...key, plot.node, plot.curve(series(added), { width: 2.6 })];
  if (clipped) parts.push(plot.curve(series(added.map((v) => v * factor)), look));
  return { parts, bottom: frame.top + frame.height + 46 };
}

/** In words: where the gradient stands at the largest distance, and what was predicted. */
export function wordsOnDistance({ norms, theory, bound }) {
  const n = norms.length - 1;
  const peak = norms.indexOf(Math.max(...norms));
  const between = peak > 0 && peak < n;
  const grown = between ? ` On the way it grows to ${shown(norms[peak])}, at n = ${peak}.` : "";
  return (
    `At n = ${n} the norm is ${shown(norms[n])}; the spectral radius to the power ${n} is ` +
    `${shown(theory[n])}, the bound ${shown(bound[n])}.${grown}`
  );
}

/** In words: the gradient of the weights and its two parts, what clipping does to it and leaves. */
export function wordsOnClipping({ whole, near, far }, on) {
  const factor = on ? clipFactor(whole, LIMIT) : 1;
  const to = (v) => (factor < 1 ? `from ${shown(v)} to ${shown(v * factor)}` : shown(v));
  const first = ` the part of the last ${NEAR} steps alone ${to(near)}`;
  const ratio = `(ratio ${shown(far / near)}${factor < 1 ? ", as before" : ""})`;
  const parts = far > 0 ? `,${first}, that of all before ${to(far)} ${ratio}` : "";
  if (factor < 1) {
    const by = `Clipping multiplies the weights' gradient by ${shown(factor)}`;
    return ` ${by}: its norm goes ${to(whole)}${parts}.`;
  }
  const aside = on ? `, not above ${LIMIT}, so clipping does nothing` : "";
  return ` The weights' gradient has the norm ${shown(whole)}${aside}${parts.replace(",", ";")}.`;
}

export function render({ model, el }) {
  const stage = makeStage(model, el);
  const arrays = unpack(model.get("weights"));
  const two = (v) => number(v);
  stage.choice("matrix", { label: "matrix", options: KINDS });
  stage.choice("activation", {
    label: "activation",
    options: { tanh: "tanh", sigmoid: "sigmoid", identity: "identity (linear)" },
  });
  stage.slider("radius", { label: "spectral radius", min: 0.5, max: 1.6, step: 0.01, format: two });
  stage.slider("steps", { label: "length T", min: 10, max: arrays.x.length, step: 1 });
  stage.slider("size", { label: "inputs ×", min: 0, max: 3, step: 0.1, format: (v) => number(v, 1) });
  stage.toggle("clip", { label: `clip the weights' gradient to norm ${LIMIT}` });

  return stage.show((room) => {
    const names = ["matrix", "activation", "radius", "steps", "size"];
    const knobs = Object.fromEntries(names.map((name) => [name, model.get(name)]));
    const seen = { norms: normsBack(arrays, knobs), ...predictions(model.get("norms"), knobs) };
    const weights = weightNorms(arrays, knobs);
    const factor = model.get("clip") ? clipFactor(weights.whole, LIMIT) : 1;
    const proved = knobs.activation === "sigmoid" ? "(spectral norm / 4)ⁿ" : "spectral normⁿ";
    const entries = [["measured", "blue"], ["spectral radiusⁿ", "orange", "8 5"]];
    const key = legend(14, 16, [...entries, [`bound: ${proved}`, "ink", "2 4"]], room.width - 28);
    const top = Number(key.at(-1).getAttribute("y")) + 38; // the last row of names
    const lower = weightPlot(room, top + 310, stepNorms(arrays, knobs), weights.whole, factor);
    return {
      height: lower.bottom,
      parts: [...key, ...distancePlot(room, top, seen), ...lower.parts],
      label: "Norm of the gradient against the distance, and each step's part in the weights' gradient",
      words: wordsOnDistance(seen) + wordsOnClipping(weights, model.get("clip")),
    };
  });
}
