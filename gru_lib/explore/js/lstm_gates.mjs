// Chapter 3: one LSTM unit whose gates the reader sets.

import { lstmState } from "./cells.mjs";
import { arrow, box, line, number, s, text } from "./draw.mjs";
import { axes, legend } from "./plot.mjs";
import { makeStage } from "./stage.mjs";

const GATES = { i: "input gate i", f: "forget gate f", o: "output gate o" };

const LINES = [
  ["cell state c", "orange"],
  ["state h", "blue", "6 4"],
];

/** The memory of one unit from c = 0: gates and candidate are lists, one number per step. */
export function trace({ i, f, o, g }) {
  let c = 0;
  const cells = i.map((_, t) => {
    const now = lstmState(c, { i: i[t], f: f[t], o: o[t], g: g[t] });
    c = now.c;
    return now;
  });
  return { c: cells.map((now) => now.c), h: cells.map((now) => now.h) };
}

/** The unit at one step: c runs along the top, what the gates let through beside the arrows. */
function diagram({ width, narrow }, now) {
  const w = Math.min(width, 520);
  const left = (width - w) / 2;
  const at = (share) => left + share * w;
  const [top, low] = [40, 118];
  const weight = (open) => 1 + 4 * open; // an open gate is a wide arrow
  const size = { width: narrow ? 56 : 66 };
  const gate = (name) => `${narrow ? "" : "× "}${name} = ${number(now[name])}`;
  return [
    box(at(0.11), top, number(now.before), { ...size, fill: "state" }),
    text(at(0.11), top - 24, "c_{t−1}", { symbol: true }),
    arrow(at(0.11) + 34, top, at(0.4) - 15, top, { width: weight(now.f) }),
    text(at(0.265), top + (narrow ? 30 : -11), gate("f"), { colour: "purple" }),
    s("circle", { cx: at(0.4), cy: top, r: 13, style: "fill: var(--paper); stroke: var(--ink)" }),
    text(at(0.4), top + 5, "+"),
    arrow(at(0.4), low - 18, at(0.4), top + 15, { width: weight(now.i) }),
    text(at(0.4) + 12, (top + low) / 2 + 3, gate("i"), { colour: "green", anchor: "start" }),
    box(at(0.4), low, number(now.g), { ...size, fill: "input" }),
    text(at(0.4) - 42, low + 5, "g_t", { symbol: true, anchor: "end" }),
    arrow(at(0.4) + 15, top, at(0.64) - 35, top),
    box(at(0.64), top, number(now.c), { ...size, fill: "state" }),
    text(at(0.64), top - 24, "c_t", { symbol: true }),
    arrow(at(0.64) + 34, top, at(0.89), low - 18, { width: weight(now.o) }),
    text(left + w, top + 6, gate("o"), { colour: "red", anchor: "end" }),
    text(at(0.68), (top + low) / 2 + 8, "tanh", { anchor: "start", colour: "soft" }),
    box(at(0.89), low, number(now.h), { ...size, fill: "output" }),
    text(at(0.89) - 42, low + 5, "h_t", { symbol: true, anchor: "end" }),
  ];
}

export function render({ model, el }) {
  const stage = makeStage(model, el);
  const at = (name) => model.get(name)[model.get("step") - 1];
  const put = (name, value) => {
    const all = name !== "g" && model.get("scope") === "all";
    const place = model.get("step") - 1;
    stage.set({ [name]: model.get(name).map((old, k) => (all || k === place ? value : old)) });
  };
  const format = (v) => number(v);
  for (const [name, label] of Object.entries(GATES)) {
    const change = (v) => put(name, v);
    stage.slider(name, { label, min: 0, max: 1, step: 0.01, format, get: () => at(name), change });
  }
  stage.slider("g", {
    label: "candidate g at t",
    min: -1,
    max: 1,
    step: 0.1,
    format,
    get: () => at("g"),
    change: (v) => put("g", v),
  });
  stage.choice("scope", {
    label: "gates are set at",
    options: { all: "every step", one: "this step alone" },
  });
  const last = model.get("i").length;
  stage.player("step", { label: "step t", first: 1, last, pause: 500 });

  return stage.show((room) => {
    const gates = Object.fromEntries(["i", "f", "o", "g"].map((name) => [name, model.get(name)]));
    const { c, h } = trace(gates);
    const t = model.get("step");
    const now = { before: t > 1 ? c[t - 2] : 0, c: c[t - 1], h: h[t - 1] };
    for (const name of Object.keys(gates)) now[name] = gates[name][t - 1];

    const most = Math.max(1, ...c.map(Math.abs));
    const low = Math.min(0, ...c, ...h) < 0 ? -most : 0;
    const frame = { left: 46, top: 190, width: room.width - 60, height: 150 };
    const plot = axes({ ...frame, x: [0, last], y: [low, most], xName: "step t" });
    const series = (values) => [[0, 0], ...values.map((v, k) => [k + 1, v])];
    const strip = frame.top + frame.height + 62;
    return {
      height: strip + 74,
      parts: [
        ...diagram(room, now),
        ...legend(frame.left, 176, LINES, room.width),
        plot.node,
        line(plot.X(t), frame.top, plot.X(t), strip + 66, { colour: "soft", dash: "3 3" }),
        plot.curve(series(c), { colour: "orange" }),
        plot.curve(series(h), { colour: "blue", dash: "6 4" }),
        plot.dots([[t, now.c]], { colour: "orange" }),
        plot.dots([[t, now.h]], { colour: "blue" }),
        ...strips(gates, plot.X, strip),
      ],
      label: "The unit at one step, and its cell state and state over all steps",
      words: gatesWords(now, t) + left(gates, t),
    };
  });
}

/** The two equations at step t, with their numbers. */
export function gatesWords({ i, f, o, g, before, c, h }, t) {
  const low = (n) => [...String(n)].map((digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]).join("");
  const [now, old] = [low(t), low(t - 1)];
  const braced = (v) => (v < 0 ? `(${number(v, 3)})` : number(v, 3));
  return (
    `At step ${t}: c${now} = f c${old} + i g = ${number(f)} · ${braced(before)} + ${number(i)} · ` +
    `${braced(g)} = ${number(c, 3)}, and h${now} = o tanh c${now} = ${number(o)} · ` +
    `tanh ${braced(c)} = ${number(h, 3)}.`
  );
}

/** What is left, at step t, of what first came in: the product of the forget gates since then. */
export function left({ i, f, g }, t) {
  const first = g.findIndex((v, k) => i[k] * v !== 0) + 1;
  if (first < 1 || first >= t) return "";
  const share = f.slice(first, t).reduce((product, v) => product * v, 1);
  return ` Of what came in at step ${first}, ${number(share, 3)} is left: the product of f since then.`;
}

/** Three rows of bars: how far each gate is open at every step. */
function strips(gates, X, top) {
  const wide = (X(1) - X(0)) * 0.6;
  const colours = { i: "green", f: "purple", o: "red" };
  return Object.entries(colours).flatMap(([name, colour], row) => {
    const base = top + 20 + row * 24;
    const style = `fill: var(--${colour})`;
    const bars = gates[name].map((v, t) =>
      s("rect", { x: X(t + 1) - wide / 2, y: base - 18 * v, width: wide, height: 18 * v, style }),
    );
    const end = X(gates.i.length) + wide / 2;
    const under = line(X(1) - wide / 2, base, end, base, { colour: "line" });
    return [under, ...bars, text(X(0) - 14, base - 3, name, { colour, symbol: true })];
  });
}
