// Chapter 4: a small GRU whose gates are computed by its weights or set by the reader.

import { gru, gruState, unpack } from "./cells.mjs";
import { arrow, box, line, number, s, text } from "./draw.mjs";
import { affine, namedParams, timesMatrix } from "./matrix.mjs";
import { axes, legend } from "./plot.mjs";
import { makeStage } from "./stage.mjs";

/** A GRU from h = 0 whose gates `r` and `z`, each (T, H), are given; the candidate is computed. */
export function runWithGates(params, x, r, z) {
  const { W_xh, W_hh, b_h } = namedParams(params, "rzh");
  let h = b_h.map(() => 0);
  const run = { r, z, candidate: [], h: [] };
  x.forEach((x_t, t) => {
    const rh = r[t].map((v, j) => v * h[j]); // what the candidate may see of the old state
    const candidate = affine(x_t, W_xh, rh, W_hh, b_h).map(Math.tanh); // eq-gru-candidate
    h = gruState(h, { z: z[t], candidate });
    run.candidate.push(candidate);
    run.h.push(h);
  });
  return run;
}

/** All of a run: `gates` is "learned", by the weights, or "hand", the lists `r` and `z`. */
export function runGru({ params, x, gates, r, z }) {
  return gates === "hand" ? runWithGates(params, x, r, z) : gru(params, x);
}

/** The gate of one unit set to `value` at `step` (from 1), or at every step: a new list (T, H). */
export function setGate(gate, { unit, step, all, value }) {
  const put = (row) => row.map((old, j) => (j === unit ? value : old));
  return gate.map((row, k) => (all || k === step - 1 ? put(row) : row));
}

/** The numbers of step t (from 1) of one unit, named as in the equations; `a = fromX + fromH + b`. */
export function stepOf(run, params, x, t, unit) {
  const { W_xh, W_hh, b_h } = namedParams(params, "rzh");
  const k = t - 1; // where the lists keep step t
  const old = k ? run.h[k - 1] : b_h.map(() => 0);
  const gated = run.r[k].map((v, j) => v * old[j]);
  return {
    old: old[unit],
    r: run.r[k][unit],
    z: run.z[k][unit],
    gated,
    fromX: timesMatrix(x[k], W_xh)[unit],
    fromH: timesMatrix(gated, W_hh)[unit],
    b: b_h[unit],
    candidate: run.candidate[k][unit],
    h: run.h[k][unit],
  };
}

/** What such gates make of a unit, in words: the corners of the square of z and r. */
export function corner({ r, z }) {
  if (z >= 0.85) return "z is near 1: the unit keeps most of its old value, whatever the candidate says.";
  if (z > 0.15) return "z is in between: the unit mixes the old value and the candidate.";
  if (r >= 0.85) return "z is near 0 and r near 1: nearly a vanilla RNN, the candidate sees the old value.";
  if (r <= 0.15) return "z and r are near 0: nearly a feed-forward layer, the old value is gone.";
  return "z is near 0: the candidate takes over, and it sees a part of the old value.";
}

/** A number to so many digits and no further: a gate of 10⁻⁶ is 0.00 here. */
const rounded = (value, digits = 2) => number(Number(value.toFixed(digits)), digits);

/** One step of one unit, laid out as in the chapter's picture of the cell. */
function stepDiagram({ width, narrow }, now, x_t) {
  const w = Math.min(width, 560);
  const left = (width - w) / 2;
  const at = (share) => left + share * w;
  const [top, low] = [44, 146];
  const half = (top + low) / 2;
  const [a, b, c] = [at(0.17), at(0.65), at(0.9)];
  const small = { width: 54 };
  const open = (gate) => 1 + 4 * gate; // an open gate is a wide arrow
  const mix = narrow ? ["× (1 − z)", `= ${rounded(1 - now.z)}`] : [`× (1 − z) = ${rounded(1 - now.z)}`];
  return [
    arrow(a + 28, top, b - 15, top, { width: open(now.z) }),
    text((a + b) / 2, top - 12, `× z = ${rounded(now.z)}`, { colour: "purple" }),
    arrow(a, top + 18, a, low - 19, { width: open(now.r) }),
    text(a + 13, half + 2, `× r = ${rounded(now.r)}`, { colour: "red", anchor: "start" }),
    arrow(a + 48, low, b - 29, low),
    text((a + 48 + b - 29) / 2, low - 10, "tanh", { colour: "soft" }),
    arrow(c - 28, low, b + 28, low),
    arrow(b, low - 18, b, top + 15, { width: open(1 - now.z) }),
    ...mix.map((words, k) =>
      text(b + 13, half + 4 + 18 * (k - (mix.length - 1) / 2), words, { colour: "purple", anchor: "start" }),
    ),
    arrow(b + 14, top, c - 28, top),
    s("circle", { cx: b, cy: top, r: 13, style: "fill: var(--paper); stroke: var(--ink)" }),
    text(b, top + 5, "+"),
    box(a, top, rounded(now.old), { ...small, fill: "state" }),
    box(a, low, now.gated.map((v) => rounded(v)).join(", "), { width: 96, fill: "state" }),
    box(b, low, rounded(now.candidate), { ...small, fill: "fill" }),
    box(c, low, x_t.map((v) => number(v, 0)).join(", "), { ...small, fill: "input" }),
    box(c, top, rounded(now.h), { ...small, fill: "state" }),
    text(a, top - 25, "h_{t−1}", { symbol: true }),
    text(c, top - 25, "h_t", { symbol: true }),
    text(a - 48, low + 35, "r_t ⊙ h_{t−1}, both units", { symbol: true, anchor: "start" }),
    text(b, low + 35, "h̃_t", { symbol: true }),
    text(c, low + 35, "x_t", { symbol: true }),
  ];
}

/** Four rows under the curves, step t marked: the two inputs as digits, the two gates as bars. */
function rows(x, r, z, t, X, top) {
  const wide = (X(2) - X(1)) * 0.6;
  const digits = [0, 1].flatMap((d) => {
    const y = top + 14 + 20 * d;
    const look = (v) => (v ? { bold: true } : { colour: "soft" });
    const name = text(X(1) - 12, y, ["pulse", "start"][d], { anchor: "end", size: 13 });
    return [name, ...x.map((row, k) => text(X(k + 1), y, number(row[d], 0), look(row[d])))];
  });
  const bars = [["r", r, "red"], ["z", z, "purple"]].flatMap(([letter, gate, colour], row) => {
    const base = top + 66 + 26 * row;
    const style = `fill: var(--${colour})`;
    const bar = (v, k) =>
      s("rect", { x: X(k + 1) - wide / 2, y: base - 20 * v, width: wide, height: 20 * v, style });
    const under = line(X(1) - wide / 2, base, X(x.length) + wide / 2, base, { colour: "line" });
    return [text(X(1) - 26, base - 3, letter, { symbol: true, colour }), under, ...gate.map(bar)];
  });
  const band = { x: X(t) - wide * 0.75, y: top - 3, width: wide * 1.5, height: 99, rx: 4 };
  return [s("rect", { ...band, style: "fill: var(--lit)" }), ...digits, ...bars];
}

/** The curves of one unit over all steps, the state from h_0 = 0 on: state, candidate, targets. */
function curves(room, values, t, top) {
  const last = values.h.length;
  const all = [...values.h, ...values.candidate];
  const most = Math.max(...all.map(Math.abs)) > 0.6 ? 1 : 0.6;
  const low = Math.min(...all) < -0.005 ? -most : 0;
  const frame = { left: 46, top, width: room.width - 60, height: 150 };
  const xTicks = [0, 1, 2, 3, 4].map((k) => (k * last) / 4);
  const plot = axes({ ...frame, x: [0, last], y: [low, most], xName: "step t", xTicks });
  const points = (list) => list.map((v, k) => [k + 1, v]);
  const ring = (x, y, r) =>
    s("circle", { cx: x, cy: y, r, style: "fill: none; stroke: var(--ink)", "stroke-width": 1.4 });
  const keys = top - (room.narrow ? 36 : 16);
  const key = room.narrow ? [frame.left + 12, top - 16] : [frame.left + 246, keys];
  const names = [["state h", "blue"], ["candidate h̃", "green", "6 4"]];
  const parts = [
    ...legend(frame.left, keys, names, room.width),
    ring(key[0], key[1] - 5, 5),
    text(key[0] + 14, key[1], "target", { anchor: "start" }),
    plot.node,
    line(plot.X(t), top, plot.X(t), top + 150, { colour: "soft", dash: "3 3" }),
    plot.curve(points(values.candidate), { colour: "green", dash: "6 4" }),
    plot.curve([[0, 0], ...points(values.h)], { colour: "blue" }),
    ...points(values.target).map(([k, v]) => ring(plot.X(k), plot.Y(v), 5)),
    plot.dots([[t, values.candidate[t - 1]]], { colour: "green" }),
    plot.dots([[t, values.h[t - 1]]], { colour: "blue" }),
  ];
  return { parts, X: plot.X };
}

export function render({ model, el }) {
  const stage = makeStage(model, el);
  const params = unpack(model.get("weights"));
  const { x, targets } = unpack(model.get("task"));
  const unit = () => Number(model.get("unit")) - 1;
  const knobs = () => ({ params, x, gates: model.get("gates"), r: model.get("r"), z: model.get("z") });
  // Whoever moves a slider goes on from the gates that are now to be seen, learned ones too.
  const put = (name, value) => {
    const { r, z } = runGru(knobs());
    const [step, all] = [model.get("step"), model.get("scope") === "all"];
    const gate = setGate({ r, z }[name], { unit: unit(), step, all, value });
    stage.set({ r, z, [name]: gate, gates: "hand" });
  };
  stage.choice("unit", { label: "unit", options: { 1: "1, the sum", 2: "2, the last pulse" } });
  stage.choice("gates", { label: "gates", options: { learned: "learned", hand: "set by hand" } });
  for (const [name, label] of [["r", "reset gate r"], ["z", "update gate z"]]) {
    const get = () => runGru(knobs())[name][model.get("step") - 1][unit()];
    const change = (value) => put(name, value);
    stage.slider(name, { label, min: 0, max: 1, step: 0.01, format: (v) => rounded(v), get, change });
  }
  stage.choice("scope", {
    label: "a slider sets",
    options: { all: "every step", one: "this step alone" },
  });
  stage.player("step", { label: "step t", first: 1, last: x.length, pause: 700 });

  return stage.show((room) => {
    const run = runGru(knobs());
    const [t, j] = [model.get("step"), unit()];
    const now = stepOf(run, params, x, t, j);
    const of = (list) => list.map((row) => row[j]);
    const values = { h: of(run.h), candidate: of(run.candidate), target: of(targets) };
    const top = room.narrow ? 246 : 226;
    const drawn = curves(room, values, t, top);
    const strip = top + 206;
    const f = (v) => rounded(v, 3);
    const inner = (v) => (f(v).startsWith("−") ? `(${f(v)})` : f(v)); // after a + or a ·
    return {
      height: strip + 98,
      parts: [
        ...stepDiagram(room, now, x[t - 1]),
        ...drawn.parts,
        ...rows(x, of(run.r), of(run.z), t, drawn.X, strip),
      ],
      label: "One step of the unit, and its state, candidate and gates over all steps",
      words:
        `Step ${t}, unit ${j + 1}: h̃ = tanh(${f(now.fromX)} from x + ${inner(now.fromH)} from r ⊙ h + ` +
        `${inner(now.b)} from b) = ${f(now.candidate)}; h = ${rounded(now.z)} · ${inner(now.old)} + ` +
        `${rounded(1 - now.z)} · ${inner(now.candidate)} = ${f(now.h)}; ` +
        `its target is ${f(values.target[t - 1])}. ${corner(now)}`,
    };
  });
}
