// Chapter 2: gradient descent on the loss of one unit, which has a cliff.

import { rnnBackward } from "./backward.mjs";
import { rnn } from "./cells.mjs";
import { BEGIN, RANGE, STEPS, TARGET, landscape, mapFrame, paint } from "./cliff_map.mjs";
import { number } from "./draw.mjs";
import { axes } from "./plot.mjs";
import { makeStage } from "./stage.mjs";

const UPDATES = 60; // of the unit's weights
const SILENCE = Array.from({ length: STEPS }, () => [0]);

/** The loss of the unit after 50 steps and its gradient with respect to w and b. */
export function unitLoss([w, b]) {
  const params = { W_xh: [[0]], W_hh: [[w]], b_h: [b] };
  const run = rnn(params, SILENCE, { h0: [BEGIN] });
  const error = run.h[STEPS - 1][0] - TARGET;
  const { grads } = rnnBackward(params, run, null, { dlast: [2 * error] });
  return { loss: error ** 2, gradient: [grads.W_hh[0][0], grads.b_h[0]] };
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

/** In words: what clipping does to a gradient; nothing when it lets it pass. */
export function wordsOnCut(gradient, { clip, limit }) {
  const taken = clipped(gradient, clip, limit);
  if (taken.every((v, i) => v === gradient[i])) return "";
  if (clip === "norm") return `, clipped to ${size(limit)}`;
  const [was, is] = [gradient, taken].map(([u, v]) => Math.atan2(v, u));
  const turn = (Math.abs(is - was) * 180) / Math.PI; // both in the same quadrant
  return `, cut to (${taken.map((v) => number(v)).join(", ")}), turned by ${number(turn, 0)}°`;
}

/** In words: the last step, and the place where it landed. */
export function wordsOnStep(path, step, knobs) {
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
  const cut = wordsOnCut(before.gradient, knobs);
  const verb = far > 0.3 ? "throws" : "takes";
  return (
    `Step ${step}: gradient of norm ${size(before.norm)}${cut}; a step of length ${size(far)} ${verb} ` +
    `w from ${number(v, 3)} to ${number(w, 3)} and b from ${number(a, 4)} to ${number(b, 4)}, and the loss ` +
    `from ${number(before.loss, 3)} to ${number(loss, 3)}. The gradient there: ` +
    (norm === 0 ? "exactly zero. No further step moves the weights." : `norm ${size(norm)}.`)
  );
}

/** A length with about three digits. */
function size(value) {
  const digits = value >= 1e-3 && value < 1e5 ? 2 - Math.floor(Math.log10(value * 1.0005)) : 2;
  return value === 0 ? "0" : number(value, Math.max(0, digits));
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
  const logarithmic = (name, label, min, max, step, idle) => {
    const get = () => Math.log10(model.get(name));
    const change = (v) => stage.set({ [name]: Number((10 ** v).toPrecision(3)) });
    stage.slider(name, { label, min, max, step, get, change, idle, format: (v) => size(10 ** v) });
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
  logarithmic("limit", "limit c of clipping", -1, 1, 0.1, () => model.get("clip") === "off");
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
      words: wordsOnStep(path, step, knobs),
    };
  });
}
