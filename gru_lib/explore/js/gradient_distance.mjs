// Chapter 2: how much of a gradient arrives, step by step back, and what clipping does to it.

import { rnnBackward, rnnReach } from "./backward.mjs";
import { rnn, unpack } from "./cells.mjs";
import { arrow, line, number, power, s, text } from "./draw.mjs";
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

/** The upper picture: norm against distance, with the two predictions. */
function distancePlot({ width }, top, { norms, theory, bound }, factor) {
  const last = norms.length - 1;
  const frame = { left: 50, top, width: width - 66, height: 230, log: true };
  const names = { xName: "distance T − s (steps back)", yName: "norm of the gradient at h" };
  const yTicks = [1e-8, 1e-6, 1e-4, 1e-2, 1, 1e2, 1e4, 1e6, 1e8];
  const plot = axes({ ...frame, x: [0, last], y: [LEAST, MOST], yTicks, ...names });
  const clipped = norms.map((v) => v * factor);
  const dots = (values) => series(values).filter(([n, v]) => n % 5 === 0 && v > 0);
  const parts = [
    plot.node,
    plot.curve(series(theory), { colour: "orange", dash: "8 5" }),
    plot.curve(series(bound), { colour: "ink", dash: "2 4", width: 2.4 }),
    plot.curve(series(norms), { colour: "blue", width: 2.6 }),
    plot.dots(dots(norms)),
  ];
  if (factor < 1) {
    parts.push(plot.curve(series(clipped), { colour: "red", width: 2.6, dash: "12 3" }));
    parts.push(plot.dots(dots(clipped), { colour: "red" }));
  }
  return parts;
}

/** One row of the lower picture: where a norm stands on a logarithmic scale, before and after. */
function normRow({ X, narrow, left, right }, y, [name, value], factor) {
  const after = value * factor;
  const words = factor < 1 ? `${shown(value)} → ${shown(after)}` : shown(value);
  const dot = (v, style) => s("circle", { cx: X(v), cy: y, r: 6, "stroke-width": 2, style });
  const parts = [
    text(narrow ? left : left - 14, narrow ? y - 14 : y + 5, name, { anchor: narrow ? "start" : "end" }),
    text(right, narrow ? y - 14 : y + 5, value > 0 ? words : "none", { anchor: "end" }),
    line(X(LEAST), y, X(MOST), y, { colour: "line", width: 1 }),
  ];
  if (!(value > 0)) return parts;
  parts.push(dot(value, `fill: var(--${factor < 1 ? "paper" : "blue"}); stroke: var(--blue)`));
  if (factor < 1) {
    if (X(value) - X(after) > 20) {
      parts.push(arrow(X(value) - 8, y, X(after) + 7, y, { colour: "red" }));
    }
    parts.push(dot(after, "fill: var(--red); stroke: var(--red)"));
  }
  return parts;
}

/** The lower picture: the gradient of the weights, all of it and its two parts. */
function weightPlot({ width, narrow }, top, weights, factor, steps) {
  const [left, right] = narrow ? [14, width - 14] : [190, width - 14];
  const end = narrow ? right : right - 150;
  const share = (v) => Math.log(v / LEAST) / Math.log(MOST / LEAST);
  const X = (v) => left + Math.min(Math.max(share(v), 0), 1) * (end - left);
  const rows = [
    ["all steps", weights.whole],
    [`the last ${NEAR} steps`, weights.near],
    [steps > NEAR ? `steps 1 to ${steps - NEAR}` : "further steps", weights.far],
  ];
  const first = top + (narrow ? 58 : 38);
  const pitch = narrow ? 46 : 30;
  const low = first + 2 * pitch + 14;
  const title = "Norm of all weights' gradient";
  const parts = [text(14, top, title, { anchor: "start", bold: true })];
  for (const v of [1e-8, 1e-4, 1, 1e4, 1e8]) {
    const anchor = narrow && v === LEAST ? "start" : narrow && v === MOST ? "end" : "middle";
    parts.push(line(X(v), low, X(v), low + 5, { colour: "soft", width: 1 }));
    parts.push(text(X(v), low + 19, power(Math.round(Math.log10(v))), { size: 13, anchor }));
  }
  parts.push(line(X(LEAST), low, X(MOST), low, { colour: "soft", width: 1 }));
  const place = { X, narrow, left, right };
  rows.forEach((row, k) => parts.push(...normRow(place, first + k * pitch, row, factor)));
  if (factor < 1) parts.push(line(X(LIMIT), first - 12, X(LIMIT), low, { colour: "soft", dash: "3 3" }));
  return { parts, bottom: low + 30 };
}

/** In words: where the gradient stands at the largest distance, and what was predicted. */
export function wordsOnDistance({ norms, theory, bound }) {
  const n = norms.length - 1;
  const peak = norms.indexOf(Math.max(...norms));
  const between = peak > 0 && peak < n;
  const grown = between ? ` On the way it grows to ${shown(norms[peak])}, at distance ${peak}.` : "";
  const value = norms[n] > 0 ? shown(norms[n]) : "0 (below the smallest number there is)";
  return (
    `At distance ${n} the norm is ${value}; radius to the power ${n} is ${shown(theory[n])}, ` +
    `the bound ${shown(bound[n])}.${grown}`
  );
}

/** In words: what clipping does to the gradient of the weights, and what it leaves. */
export function wordsOnClipping({ whole, near, far }, on) {
  const factor = clipFactor(whole, LIMIT);
  const parts = far > 0 ? ` The far part is ${shown(far / near)} times the near one` : "";
  if (factor === 1 || !on) {
    const aside = on ? `, not above ${LIMIT}, so clipping does nothing` : "";
    return ` The gradient of the weights has the norm ${shown(whole)}${aside}.${parts && `${parts}.`}`;
  }
  return (
    ` Clipping multiplies every entry of the weights' gradient by ${shown(factor)}, so its norm goes ` +
    `from ${shown(whole)} to ${shown(LIMIT)}.${parts && `${parts}, before and after.`}`
  );
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
  stage.toggle("clip", { label: `clip the norm at ${LIMIT}` });

  return stage.show((room) => {
    const names = ["matrix", "activation", "radius", "steps", "size"];
    const knobs = Object.fromEntries(names.map((name) => [name, model.get(name)]));
    const seen = { norms: normsBack(arrays, knobs), ...predictions(model.get("norms"), knobs) };
    const weights = weightNorms(arrays, knobs);
    const factor = model.get("clip") ? clipFactor(weights.whole, LIMIT) : 1;
    const proved = knobs.activation === "sigmoid" ? "bound: (norm / 4)ⁿ" : "bound: spectral normⁿ";
    const entries = [["measured", "blue"], ["spectral radiusⁿ", "orange", "8 5"], [proved, "ink", "2 4"]];
    if (factor < 1) entries.push([`clipped: × ${shown(factor)}`, "red", "12 3"]);
    const key = legend(14, 16, entries, room.width - 28);
    const top = Number(key.at(-1).getAttribute("y")) + 38; // the last row of names
    const lower = weightPlot(room, top + 306, weights, factor, knobs.steps);
    return {
      height: lower.bottom,
      parts: [
        ...key,
        ...distancePlot(room, top, seen, factor),
        ...lower.parts,
      ],
      label: "Norm of the gradient against the distance in time, and norm of the gradient of the weights",
      words: wordsOnDistance(seen) + wordsOnClipping(weights, model.get("clip")),
    };
  });
}
