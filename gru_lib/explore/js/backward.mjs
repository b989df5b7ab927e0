// Backpropagation through time for the cells of `cells.mjs`, with the numbers of `gru_lib`.
//
// Shapes as there. A gradient has the shape of what it belongs to and its name with a d in front;
// da are the gradients of the pre-activations. Comments name the equations of the book.

import { checkGru, checkRnn, stateBefore } from "./cells.mjs";
import {
  addOuter, addRows, addTo, namedParams, requireCount, requireShape, timesTransposed, zeros,
  zerosLike,
} from "./matrix.mjs";

// Slopes are written in terms of the output, as in `gru_lib`.
const sigmoidSlope = (s) => s * (1 - s); // eq-sigmoid-derivative
const tanhSlope = (h) => 1 - h * h; // eq-tanh-derivative
const SLOPES = { tanh: tanhSlope, sigmoid: sigmoidSlope, identity: () => 1 };

/** From the gradient of h_t (t from 0), all of it or one loss term's, to that of a_t. */
export function rnnDa(run, dh, t) {
  const slope = SLOPES[run.activation];
  return dh.map((d, j) => d * slope(run.h[t][j])); // eq-rnn-da
}

// Recurrent steps that a loss term's gradient may cross; T of them lead from h_T to h_0.
function limitOf(truncate, T) {
  if (truncate === null) return T;
  requireCount("truncate", truncate, 0);
  return truncate;
}

/**
 * Where the gradient of one loss term gets to: that of step t (from 0), on its way back.
 *
 * @param {object} params as in `rnn`.
 * @param {object} run what `rnn` returned.
 * @param {number[]} dh_t (H), the gradient of this loss term with respect to h_t.
 * @param {number} t from 0 to T - 1.
 * @param {?number} truncate recurrent steps that it may cross; null for all.
 * @returns {object} `dh (t + 1, H)`, its gradient with respect to h_s for s = 0 … t, and `dh0
 *   (H)`, that of the initial state, which lies t + 1 recurrent steps back; zeros past the
 *   truncation.
 */
export function rnnReach(params, run, dh_t, t, truncate = null) {
  const [T, H] = checkRnn(params, run.x);
  requireCount("t", t, 0, T - 1);
  requireShape("dh_t", dh_t, H);
  const limit = limitOf(truncate, T);
  const dh = zeros(t + 1, H);
  dh[t] = dh_t.slice();
  for (let s = t; s >= 0; s--) {
    const crossed = t - s;
    if (crossed === limit) return { dh, dh0: zeros(H) };
    const dh_prev = timesTransposed(rnnDa(run, dh[s], s), params.W_hh); // eq-rnn-dh
    if (s === 0) return { dh, dh0: dh_prev };
    dh[s - 1] = dh_prev;
  }
}

// The gradients of all h_t and of h0: each step's own joins the one that arrives from the future.
// They are summed up in `total`, which holds each step's own to begin with.
function rnnFull(params, run, total) {
  for (let t = total.length - 1; t > 0; t--) {
    addTo(total[t - 1], timesTransposed(rnnDa(run, total[t], t), params.W_hh)); // eq-rnn-dh
  }
  return { dh: total, dh0: timesTransposed(rnnDa(run, total[0], 0), params.W_hh) };
}

// The same when each loss term travels on its own and ends after `limit` recurrent steps.
function rnnTruncated(params, run, dh, limit) {
  const total = { dh: zeros(dh.length, run.h0.length), dh0: zeros(run.h0.length) };
  dh.forEach((row, t) => {
    const reach = rnnReach(params, run, row, t, limit);
    reach.dh.forEach((d, s) => addTo(total.dh[s], d));
    addTo(total.dh0, reach.dh0);
  });
  return total;
}

/**
 * Backpropagation through time for `rnn`.
 *
 * @param {object} params as in `rnn`.
 * @param {object} run what `rnn` returned.
 * @param {?number[][]} dh (T, H), for every h_t the gradient of the loss terms that read it
 *   directly, without what comes back through later steps; null for none.
 * @param {object} options `truncate`: the gradient of each loss term crosses at most this many
 *   recurrent steps, null (or at least T) for full backpropagation; `dlast (H)`: the gradient of
 *   the last state, a loss term more at the last step.
 * @returns {object} `dx (T, D)`, `dh0 (H)`, `grads` by the names of `params`.
 */
export function rnnBackward(params, run, dh, { truncate = null, dlast = null } = {}) {
  const [T, H] = checkRnn(params, run.x);
  dh ??= zeros(T, H);
  requireShape("dh", dh, T, H);
  const terms = dh.map((row) => row.slice());
  if (dlast !== null) {
    requireShape("dlast", dlast, H);
    addTo(terms[T - 1], dlast);
  }
  const limit = limitOf(truncate, T);
  const total = limit >= T ? rnnFull(params, run, terms) : rnnTruncated(params, run, terms, limit);
  const grads = zerosLike({ W_xh: params.W_xh, W_hh: params.W_hh, b_h: params.b_h });
  const dx = [];
  for (let t = 0; t < T; t++) {
    const da = rnnDa(run, total.dh[t], t);
    addOuter(grads.W_xh, run.x[t], da); // eq-rnn-dwxh
    addOuter(grads.W_hh, stateBefore(run, t), da); // eq-rnn-dwhh
    addTo(grads.b_h, da); // eq-rnn-dbh
    dx[t] = timesTransposed(da, params.W_xh); // eq-rnn-dx
  }
  return { dx, dh0: total.dh0, grads };
}

// One step back: from all that reaches h_t, dh, to the gradients of the pre-activations of r, z and
// h̃, of the product with W_hh (`dm`, for reset "after"), and of the state before.
function gruStepBack(p, run, dh, t) {
  const [r, z, h_tilde, h_prev] = [run.r[t], run.z[t], run.candidate[t], stateBefore(run, t)];
  const da_z = dh.map((d, j) => d * (h_prev[j] - h_tilde[j]) * sigmoidSlope(z[j])); // eq-gru-daz
  const da_h = dh.map((d, j) => d * (1 - z[j]) * tanhSlope(h_tilde[j])); // eq-gru-dah
  let da_r, dm, through_h;
  if (run.reset === "before") {
    const d_rh = timesTransposed(da_h, p.W_hh); // eq-gru-drh
    da_r = d_rh.map((d, j) => d * h_prev[j] * sigmoidSlope(r[j])); // eq-gru-dar
    through_h = d_rh.map((d, j) => d * r[j]);
  } else {
    dm = da_h.map((d, j) => d * r[j]); // eq-gru-dm
    da_r = da_h.map((d, j) => d * run.m[t][j] * sigmoidSlope(r[j])); // eq-gru-dar-after
    through_h = timesTransposed(dm, p.W_hh);
  }
  const through_r = timesTransposed(da_r, p.W_hr);
  const through_z = timesTransposed(da_z, p.W_hz);
  const through_gates = addRows(through_r, through_z);
  // eq-gru-dh-prev, eq-gru-dh-prev-after
  const dh_prev = dh.map((d, j) => d * z[j] + through_h[j] + through_gates[j]);
  return { da_r, da_z, da_h, dm, dh_prev };
}

/**
 * Backpropagation through time for `gru`, in either form.
 *
 * @param {object} params as in `gru`.
 * @param {object} run what `gru` returned.
 * @param {number[][]} dh (T, H), for every h_t the gradient of the loss terms that read it
 *   directly.
 * @returns {object} `dx (T, D)`, `dh0 (H)`, `grads` by the names of `params`.
 */
export function gruBackward(params, run, dh) {
  const [T, H] = checkGru(params, run.x, run.reset);
  requireShape("dh", dh, T, H);
  const { W_x, W_h, b, b_hh } = params;
  const grads = zerosLike(run.reset === "before" ? { W_x, W_h, b } : { W_x, W_h, b, b_hh });
  const p = namedParams(params, "rzh");
  const dx = [];
  let carry = zeros(H);
  for (let t = T - 1; t >= 0; t--) {
    addTo(carry, dh[t]);
    const { da_r, da_z, da_h, dm, dh_prev } = gruStepBack(p, run, carry, t);
    const [h_prev, da] = [stateBefore(run, t), [...da_r, ...da_z, ...da_h]];
    addOuter(grads.W_x, run.x[t], da); // eq-rnn-dwxh
    addTo(grads.b, da); // eq-rnn-dbh
    dx[t] = timesTransposed(da, params.W_x); // eq-rnn-dx
    addOuter(grads.W_h, h_prev, [...da_r, ...da_z]); // eq-rnn-dwhh
    if (run.reset === "before") {
      const rh = run.r[t].map((r, j) => r * h_prev[j]);
      addOuter(grads.W_h, rh, da_h, 2 * H); // eq-gru-dwhh
    } else {
      addOuter(grads.W_h, h_prev, dm, 2 * H); // eq-gru-dwhh-after
      addTo(grads.b_hh, dm); // eq-gru-dbhh
    }
    carry = dh_prev;
  }
  return { dx, dh0: carry, grads };
}
