// Chapter 2: gradient descent on the loss of one unit, which has a cliff.

import { rnnBackward } from "./backward.mjs";
import { rnn } from "./cells.mjs";
import { arrow, line, number, s, text } from "./draw.mjs";
import { html } from "./page.mjs";
import { axes } from "./plot.mjs";
import { makeStage } from "./stage.mjs";

const STEPS = 50; // of the unit
const UPDATES = 60; // of its weights
const [BEGIN, TARGET] = [0.5, 0.3];
const RANGE = { w: [1, 1.6], b: [-0.3, 0.1] };
const SILENCE = Array.from({ length: STEPS }, () => [0]);

/** The loss of the unit after 50 steps and its gradient with respect to w and b. */
export function unitLoss([w, b]) {
  const params = { W_xh: [[0]], W_hh: [[w]], b_h: [b] };
  const run = rnn(params, SILENCE, { h0: [BEGIN] });
  const error = run.h[STEPS - 1][0] - TARGET;
  const { grads } = rnnBackward(params, run, null, { dlast: [2 * error] });
  return { loss: error ** 2, gradient: [grads.W_hh[0][0], grads.b_h[0]] };
}

/** The loss alone, fast enough for all points of the map. */
export function lossAt(w, b) {
  let h = BEGIN;
  for (let t = 0; t < STEPS; t++) h = Math.tanh(w * h + b);
  return (h - TARGET) ** 2;
}

/** The gradient as the step takes it: `how` is "off", "norm" or "value". */
export function clipped(gradient, how, limit) {
  if (how === "value") return gradient.map((g) => Math.min(Math.max(g, -limit), limit)); // eq-clip-value
  const norm = Math.hypot(...gradient); // eq-global-norm
  if (how === "off" || norm <= limit) return gradient;
  return gradient.map((g) => (g * limit) / norm); // eq-clip-norm
}

/**
 * The descent up to a step: for every step from 0 the place, the loss, the gradient and its norm.
 * A `path` that is already known, of the same knobs, is gone on with, in place.
 */
export function descend({ w, b, rate, clip, limit }, step, path = []) {
  while (path.length <= step) {
    let place = [w, b];
    if (path.length) {
      const before = path.at(-1);
      const taken = clipped(before.gradient, clip, limit);
      place = before.place.map((v, i) => v - rate * taken[i]);
    }
    const { loss, gradient } = unitLoss(place);
    path.push({ place, loss, gradient, norm: Math.hypot(...gradient) });
  }
  return path;
}

/** In words: the last step, and the place where it landed. */
export function wordsOnStep(path, step) {
  const [w, b] = path[step].place;
  const here = `w = ${number(w, 3)}, b = ${number(b, 4)}`;
  const { loss, norm } = path[step];
  const now = `The loss is ${number(loss, 3)}, the gradient's norm ${size(norm)}`;
  const end = norm === 0 ? ": exactly zero, so no further step moves the weights." : ".";
  if (step === 0) return `Start at ${here}. ${now}${end}`;
  const before = path[step - 1];
  const [v, a] = before.place;
  const far = Math.hypot(w - v, b - a);
  if (far === 0) return `Step ${step}: the weights stay at ${here}. ${now}${end}`;
  const verb = far > 0.3 ? "throws" : "takes";
  return (
    `Step ${step}: gradient of norm ${size(before.norm)}; a step of length ${size(far)} ${verb} w from ` +
    `${number(v, 3)} to ${number(w, 3)} and b from ${number(a, 4)} to ${number(b, 4)}, and the loss ` +
    `from ${number(before.loss, 3)} to ${number(loss, 3)}. The gradient there: ` +
    (norm === 0 ? "exactly zero. No further step moves the weights." : `norm ${size(norm)}.`)
  );
}

/** A length with about three digits. */
function size(value) {
  const digits = value >= 1e-3 && value < 1e5 ? 2 - Math.floor(Math.log10(value * 1.0005)) : 2;
  return value === 0 ? "0" : number(value, Math.max(0, digits));
}

const DEPTHS = [[253, 231, 37], [94, 201, 98], [33, 145, 140], [59, 82, 139], [68, 1, 84]];

/** Colour of a loss, from yellow (above 1) in equal ratios to purple (below 10⁻⁴). */
export function shade(loss) {
  const at = Math.min(Math.max(-Math.log10(Math.max(loss, 1e-9)), 0), 4);
  const k = Math.min(Math.floor(at), 3);
  return DEPTHS[k].map((v, i) => Math.round(v + (DEPTHS[k + 1][i] - v) * (at - k)));
}

/** The map as an element; it holds for all knobs, so it is painted once. */
function paint(columns = 150, rows = 150) {
  const canvas = html("canvas", { width: columns, height: rows });
  const pen = canvas.getContext("2d");
  const image = pen.createImageData(columns, rows);
  const along = ([low, high], share) => low + share * (high - low);
  for (let k = 0; k < columns * rows; k++) {
    const w = along(RANGE.w, ((k % columns) + 0.5) / columns);
    const b = along(RANGE.b, 1 - (Math.floor(k / columns) + 0.5) / rows);
    image.data.set([...shade(lossAt(w, b)), 255], 4 * k);
  }
  pen.putImageData(image, 0, 0);
  return s("image", { href: canvas.toDataURL(), preserveAspectRatio: "none" });
}

const inside = (v, [low, high]) => v >= low && v <= high;
const onMap = ([w, b]) => inside(w, RANGE.w) && inside(b, RANGE.b);

/** Where the way from a place on the map to one beyond it leaves the map. */
export function leaving(from, to) {
  const share = (v, next, [low, high]) => {
    if (inside(next, [low, high])) return 1;
    return ((next > high ? high : low) - v) / (next - v);
  };
  const part = Math.min(share(from[0], to[0], RANGE.w), share(from[1], to[1], RANGE.b));
  return from.map((v, i) => v + part * (to[i] - v));
}

/** Frame of the map, in the picture's units. */
function mapFrame({ width, narrow }) {
  return { left: 52, top: narrow ? 62 : 28, width: width - (narrow ? 66 : 150), height: narrow ? 220 : 240 };
}

/** Key of the colours: beside the map, on a phone above it. */
function colourKey({ width, narrow }) {
  const parts = narrow ? [] : [text(width - 76, 38, "loss", { colour: "soft", anchor: "start" })];
  ["1", "10⁻¹", "10⁻²", "10⁻³", "10⁻⁴"].forEach((words, k) => {
    const [x, y] = narrow ? [14 + (k * (width - 28)) / 5, 6] : [width - 76, 50 + 24 * k];
    parts.push(s("rect", { x, y, width: 16, height: 16, style: `fill: rgb(${DEPTHS[k].join(" ")})` }));
    parts.push(text(x + 21, y + 13, words, { anchor: "start", size: 13 }));
  });
  return parts;
}

/** The way so far on the map, with an arrow where it leaves; black and white are seen on every colour. */
function trail(path, step, { X, Y }) {
  const parts = [];
  const stroke = ([w, b], [v, a], stroke, width) =>
    s("line", { x1: X(w), y1: Y(b), x2: X(v), y2: Y(a), stroke, "stroke-width": width });
  const dot = ([w, b], r, fill) =>
    s("circle", { cx: X(w), cy: Y(b), r, fill, stroke: "#000", "stroke-width": 1.2 });
  const gone = [];
  for (let k = 1; k <= step; k++) {
    const [from, to] = [path[k - 1].place, path[k].place];
    if (onMap(from) && onMap(to)) parts.push(stroke(from, to, "#000", 1.2));
    else if (onMap(from)) gone.push(leaving(from, to), from);
  }
  for (let k = 1; k < step; k++) if (onMap(path[k].place)) parts.push(dot(path[k].place, 3, "#fff"));
  if (onMap(path[0].place)) parts.push(dot(path[0].place, 7, "#fff"));
  if (step > 0 && onMap(path[step].place)) parts.push(dot(path[step].place, 6, "#ff7a1a"));
  for (let k = 0; k < gone.length; k += 2) {
    const [[x1, y1], [x2, y2]] = [gone[k + 1], gone[k]].map(([w, b]) => [X(w), Y(b)]);
    parts.unshift(s("g", { style: "--ink: #000" }, arrow(x1, y1, x2, y2, { width: 2.4 })));
  }
  return parts;
}

/** The upper picture: the loss over both weights, and the way. */
function landscape(room, image, path, step) {
  const frame = mapFrame(room);
  const plot = axes({ ...frame, x: RANGE.w, y: RANGE.b, xName: "recurrent weight w", yName: "bias b" });
  const { left: x, top: y, width, height } = frame;
  for (const [name, value] of Object.entries({ x, y, width, height })) image.setAttribute(name, value);
  const parts = [plot.node, image, ...trail(path, step, plot), ...colourKey(room)];
  const [w, b] = path[step].place;
  if (onMap([w, b])) return parts;
  const words = `off the map, at (${number(w)}, ${number(b)})`;
  const at = b > RANGE.b[1] ? y + height - 32 : y + 8; // not where the arrow is
  parts.push(s("rect", { x: x + 8, y: at, width: 232, height: 24, rx: 5, style: "fill: var(--paper)" }));
  parts.push(text(x + 16, at + 17, words, { anchor: "start", size: 13 }));
  return parts;
}

/** The lower picture: the loss after every step so far. */
function losses({ width }, top, path, step) {
  const frame = { left: 52, top, width: width - 66, height: 120 };
  const names = { xName: "step of the descent", yName: "loss" };
  const plot = axes({ ...frame, x: [0, UPDATES], y: [0, 1.75], yTicks: [0, 0.5, 1, 1.5], ...names });
  const values = path.slice(0, step + 1).map(({ loss }, k) => [k, loss]);
  return [
    plot.node,
    plot.curve(values, { colour: "blue" }),
    plot.dots(values, { colour: "blue", radius: 2.6 }),
    plot.dots([values[step]], { colour: "red", radius: 6 }),
  ];
}

export function render({ model, el }) {
  const stage = makeStage(model, el);
  const within = (v, [low, high], unit) => Math.min(Math.max(Math.round(v / unit) * unit, low), high);
  const move = (w, b) => {
    const place = { w: within(w, RANGE.w, 0.001), b: within(b, RANGE.b, 0.0001) };
    stage.set({ w: Number(place.w.toFixed(3)), b: Number(place.b.toFixed(4)), step: 0 });
  };
  const logarithmic = (name, label, min, max, step) => {
    const get = () => Math.log10(model.get(name));
    const change = (v) => stage.set({ [name]: Number((10 ** v).toPrecision(3)) });
    stage.slider(name, { label, min, max, step, get, change, format: (v) => size(10 ** v) });
  };
  stage.buttons(
    ["Start on the face", () => (stage.stop(), move(1.4, -0.1514))],
    ["Start at the edge", () => (stage.stop(), move(1.4, -0.1509))],
  );
  const start = (name, label, step, digits) =>
    stage.slider(name, {
      label,
      min: RANGE[name][0],
      max: RANGE[name][1],
      step,
      format: (v) => number(v, digits),
      change: (v) => move(...(name === "w" ? [v, model.get("b")] : [model.get("w"), v])),
    });
  start("w", "start w", 0.001, 3);
  start("b", "start b", 0.0001, 4);
  logarithmic("rate", "learning rate", -3, -1, 0.1);
  stage.choice("clip", { label: "clipping", options: { off: "off", norm: "by norm", value: "by value" } });
  logarithmic("limit", "limit of clipping", -1, 1, 0.1);
  stage.player("step", { label: "step", last: UPDATES, pause: 350 });
  const image = paint();
  let room = { width: 700, narrow: false };
  stage.drag((x, y) => {
    const { left, top, width, height } = mapFrame(room);
    const [u, v] = [(x - left) / width, (y - top) / height];
    if (u < -0.05 || u > 1.05 || v < -0.05 || v > 1.05) return;
    move(RANGE.w[0] + u * (RANGE.w[1] - RANGE.w[0]), RANGE.b[1] - v * (RANGE.b[1] - RANGE.b[0]));
  });

  let [known, path] = ["", []]; // from one step of the player to the next only one is added
  return stage.show((now) => {
    room = now;
    const knobs = Object.fromEntries(["w", "b", "rate", "clip", "limit"].map((n) => [n, model.get(n)]));
    const key = JSON.stringify(knobs);
    if (key !== known) [known, path] = [key, []];
    const step = model.get("step");
    descend(knobs, step, path);
    const { top, height } = mapFrame(room);
    const below = top + height + 76;
    return {
      height: below + 168,
      parts: [...landscape(room, image, path, step), ...losses(room, below, path, step)],
      label: "Map of the loss with the way of the descent, and the loss after every step",
      words: wordsOnStep(path, step),
    };
  });
}
