// Chapter 1: one unit over six steps; numbers go forward, the gradient of the loss comes back.

import { rnnBackward, rnnReach } from "./backward.mjs";
import { rnn } from "./cells.mjs";
import { number } from "./draw.mjs";
import { still } from "./page.mjs";
import { makeStage } from "./stage.mjs";
import { drawUnrolled } from "./unrolled_picture.mjs";

const FLOW = 0.6; // share of a moment in which numbers are under way; then they rest

/** Forward through all steps: h_t = tanh(u x_t + w h_{t−1}), and the loss terms that count. */
export function unrolledForward({ u, w, x, y, loss }) {
  const params = { W_xh: [[u]], W_hh: [[w]], b_h: [0] };
  const run = rnn(params, x.map((v) => [v]));
  const h = run.h.map(([v]) => v);
  const counts = h.map((_, t) => loss === "every" || t === h.length - 1);
  const losses = h.map((v, t) => (counts[t] ? (v - y[t]) ** 2 : 0));
  return { params, run, h, counts, losses };
}

/**
 * Back again, each loss term over at most k recurrent arrows. By step t (from 0): `direct`, what
 * its own loss term gives h_t; `dh`, all that reaches h_t; and `arrows`, what leads to the step
 * before: `terms` that would cross on the full path, how many `arrive` at h_t and how many `cross`,
 * the `part` of dh_t that goes on and the `amount` that it becomes.
 */
export function unrolledBackward(pass, y, k) {
  const { params, run, h, counts } = pass;
  const direct = h.map((v, t) => (counts[t] ? 2 * (v - y[t]) : 0)); // eq-mse-gradient
  // reach[s][t]: the gradient of the loss term of step s alone, at h_t
  const reach = direct.map((d, s) => rnnReach(params, run, [d], s, k).dh.map(([v]) => v));
  const steps = [...h.keys()];
  const later = (t) => steps.filter((s) => s >= t && counts[s]);
  const total = (terms, t) => terms.reduce((sum, s) => sum + reach[s][t], 0);
  const dh = steps.map((t) => total(later(t), t));
  const arrows = steps.map((t) => {
    if (t === 0) return null; // h_0 = 0 is no number that training could change
    const terms = later(t);
    const on = terms.filter((s) => s - t < k);
    const arrive = terms.filter((s) => s - t <= k).length;
    const ends = { part: total(on, t), amount: total(on, t - 1) };
    return { terms: terms.length, arrive, cross: on.length, ...ends };
  });
  return { direct, dh, arrows };
}

/** What each step adds to ∂L/∂w and ∂L/∂u, and both sums on the full path. */
export function weightGradients(pass, x, { direct, dh }) {
  const { params, run, h } = pass;
  const da = dh.map((d, t) => d * (1 - h[t] * h[t])); // eq-rnn-da
  const { grads } = rnnBackward(params, run, direct.map((d) => [d]));
  return {
    w: da.map((d, t) => (t ? h[t - 1] * d : 0)), // eq-rnn-dwhh
    u: da.map((d, t) => x[t] * d), // eq-rnn-dwxh
    full: { w: grads.W_hh[0][0], u: grads.W_xh[0][0] },
  };
}

/** Which way the numbers go at a moment, and at which step (from 0) they arrive. */
export function atMoment(moment, steps) {
  if (moment === 0) return { way: "start", t: -1 };
  return moment <= steps ? { way: "forward", t: moment - 1 } : { way: "back", t: 2 * steps - moment };
}

/** All numbers of the picture, from the model's values. */
export function unrolledView(values) {
  const pass = unrolledForward(values);
  const back = unrolledBackward(pass, values.y, values.k);
  const shares = weightGradients(pass, values.x, back);
  const { way, t } = atMoment(values.moment, pass.h.length);
  const walked = (share) => (way === "back" ? share.slice(t).reduce((a, b) => a + b, 0) : 0);
  const sums = { w: walked(shares.w), u: walked(shares.u) }; // of the steps that the walk has visited
  return { ...values, ...pass, ...back, way, t, sums, full: shares.full };
}

const sub = (n) => [...String(n)].map((digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]).join("");
const three = (v) => (v === 0 ? "0" : number(v, 3));
const plain = (v) => String(Number(v.toFixed(2))).replace("-", "−"); // what a control shows
const braced = (v, form = plain) => (v < 0 ? `(${form(v)})` : form(v));
const plural = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;

/** The moment in words. */
export function unrolledWords(view) {
  if (view.way === "start") return "Nothing has been read; h₀ = 0. Press Play, or Forward for one step.";
  if (view.way === "forward") return forwardWords(view);
  if (view.t > 0) return backWords(view) + ownWords(view);
  return `${backWords(view)} ${resultWords(view)}`;
}

function forwardWords({ u, w, x, y, h, t, counts, losses }) {
  const before = braced(t ? h[t - 1] : 0, three);
  const sum = `${plain(u)} · ${braced(x[t])} + ${braced(w)} · ${before}`;
  const formula = `h${sub(t + 1)} = tanh(u x${sub(t + 1)} + w h${sub(t)})`;
  const loss = counts[t]
    ? `Its loss term is (${three(h[t])} − ${plain(y[t])})² = ${three(losses[t])}.`
    : "This step has no loss term.";
  return `Forward, step ${t + 1}: ${formula} = tanh(${sum}) = ${three(h[t])}. ${loss}`;
}

function backWords({ w, h, y, t, k, direct, dh, arrows }) {
  const arrow = arrows[t + 1];
  if (!arrow) {
    const own = `2 (${three(h[t])} − ${plain(y[t])}) = ${three(direct[t])}`;
    return `Backward, step ${t + 1}: the gradient enters, ∂L/∂h${sub(t + 1)} = ${own}.`;
  }
  const head = `Backward, step ${t + 2} to ${t + 1}:`;
  if (!arrow.cross) {
    const where = k ? `after ${plural(k, "arrow")}` : "at its own step";
    return `${head} nothing crosses. Each loss term stops ${where}.`;
  }
  const verb = arrow.cross === 1 ? "crosses" : "cross";
  const which = `${arrow.cross} of ${plural(arrow.terms, "loss term")} ${verb}`;
  const slope = `(1 − h${sub(t + 2)}²)`;
  const product = `${three(arrow.part)} · ${three(1 - h[t + 1] ** 2)} · ${braced(w)}`;
  const all = arrow.cross === arrow.terms;
  const their = arrow.cross === 1 ? "Its" : "Their";
  const part = all ? "," : `. ${their} part of ${three(dh[t + 1])} is ${three(arrow.part)}, and`;
  const result = `${three(arrow.part)} · ${slope} · w = ${product} = ${three(arrow.amount)}`;
  return `${head} ${which}${part} ${result}.`;
}

function ownWords({ t, counts, direct, dh, arrows }) {
  if (!counts[t] || !arrows[t + 1]) return "";
  const sum = `${three(direct[t])}; together ${three(dh[t])}`;
  return ` The loss term of step ${t + 1} itself adds ${sum}.`;
}

function resultWords({ k, sums, full, h }) {
  const all = k >= h.length - 1;
  const path = `∂L/∂w = ${three(full.w)} and ∂L/∂u = ${three(full.u)}`;
  if (all) return `All arrows are open, so this is the full gradient: ${path}.`;
  const now = `${three(sums.w)} for w and ${three(sums.u)} for u`;
  return `With k = ${k} the walk has gathered ${now}; on the full path ${path}.`;
}

export function render({ model, el }) {
  const stage = makeStage(model, el);
  const last = model.get("x").length; // as many steps
  let phase = 1; // how far the numbers of this moment have come
  const glide = (share) => {
    const before = phase;
    phase = still() ? 1 : Math.min(Math.max(share, 0) / FLOW, 1);
    if (phase !== before) stage.ask();
  };
  const format = (m) => {
    const { way, t } = atMoment(m, last);
    return { start: "start", forward: `forward to ${t + 1}`, back: `back to ${t + 1}` }[way];
  };
  stage.player("moment", { label: "moment", last: 2 * last, pause: 1200, format, glide });
  stage.slider("k", {
    label: "truncation k",
    min: 0,
    max: last - 1,
    step: 1,
    format: (k) => (k === last - 1 ? `${k}, full` : String(k)),
  });
  stage.slider("w", { label: "recurrent weight w", min: -1.5, max: 1.5, step: 0.05, format: number });
  stage.slider("u", { label: "input weight u", min: -2, max: 2, step: 0.1, format: number });
  stage.choice("loss", {
    label: "the loss has a term at",
    options: { last: "the last step alone", every: "every step" },
  });

  return stage.show((room) => {
    const names = ["u", "w", "k", "loss", "moment", "x", "y"];
    const view = unrolledView(Object.fromEntries(names.map((name) => [name, model.get(name)])));
    return {
      ...drawUnrolled(room, view, phase),
      label: "The network step by step: input, state and loss term, and the arrows between them",
      words: unrolledWords(view),
    };
  });
}
