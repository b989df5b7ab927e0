// The cells of `gru_lib` for one sequence at a time, with its names, formulas and numbers.
//
// Shapes: T steps, D numbers per step in the input, H numbers in the state. A matrix is an array of
// rows, a vector an array; the input is `x (T, D)`, the states are `h (T, H)`. What comes before
// the first step is `h0 (H)`, zeros if null. What a cell returns is a *run*, which the way back,
// `backward.mjs`, reads; it keeps `x` and `h0` themselves, not copies. Comments name the equations
// of the book. An array of a wrong shape throws an Error that names it.

import {
  addRows, affine, elementwise, namedParams, requireAlike, requireChoice, requireShape, timesMatrix,
  zeros,
} from "./matrix.mjs";

/** Logistic sigmoid of a number, 1 / (1 + exp(-a)), in a form that cannot overflow. */
export function sigmoid(a) {
  return 0.5 * (Math.tanh(0.5 * a) + 1);
}

/** Softmax of the scores (n) divided by the temperature (a finite number above 0); gives (n). */
export function softmax(scores, temperature = 1) {
  requireShape("scores", scores, "n");
  if (!(Number.isFinite(temperature) && temperature > 0)) {
    throw new Error(`temperature: expected a finite number above 0, got ${temperature}`);
  }
  const largest = Math.max(...scores); // subtracted, so that nothing overflows
  const e = scores.map((score) => Math.exp((score - largest) / temperature));
  const sum = e.reduce((a, b) => a + b);
  return e.map((value) => value / sum); // eq-softmax
}

// `identity` makes the linear network of chapter 2, which `gru_lib` does not have: it is there for
// a figure of that chapter only.
const ACTIVATIONS = { tanh: Math.tanh, sigmoid, identity: (a) => a };

/** Return [T, H], or throw an Error if weights, or input, of `rnn` do not go together. */
export function checkRnn(params, x) {
  const [T, D] = requireShape("x", x, "T", "D");
  const [H] = requireShape("b_h", params.b_h, "H");
  requireShape("W_xh", params.W_xh, D, H);
  requireShape("W_hh", params.W_hh, H, H);
  return [T, H];
}

/**
 * A vanilla recurrent network.
 *
 * @param {object} params `W_xh (D, H)`, `W_hh (H, H)`, `b_h (H)`.
 * @param {number[][]} x (T, D).
 * @param {object} options `h0 (H)`; `activation`: "tanh", "sigmoid" or "identity" (chapter 2).
 * @returns {object} `a (T, H)`, `h (T, H)`; and `x`, `h0`, `activation`.
 */
export function rnn(params, x, { h0 = null, activation = "tanh" } = {}) {
  const [T, H] = checkRnn(params, x);
  h0 ??= zeros(H);
  requireShape("h0", h0, H);
  requireChoice("activation", activation, Object.keys(ACTIVATIONS));
  const phi = ACTIVATIONS[activation];
  const run = { a: [], h: [], x, h0, activation };
  for (let t = 0; t < T; t++) {
    const h_prev = stateBefore(run, t);
    run.a[t] = affine(x[t], params.W_xh, h_prev, params.W_hh, params.b_h); // eq-rnn-preactivation
    run.h[t] = run.a[t].map((a) => phi(a)); // eq-rnn-state
  }
  return run;
}

/** The state (H) that step t (from 0) of a run starts from. */
export function stateBefore(run, t) {
  return t === 0 ? run.h0 : run.h[t - 1];
}

// Return [T, H] if fused weights and input go together.
function checkFused(params, x, gates) {
  const [T, D] = requireShape("x", x, "T", "D");
  const [columns] = requireShape("b", params.b, `${gates} H`);
  const H = columns / gates;
  if (!Number.isInteger(H)) {
    throw new Error(`b: expected shape (${gates} H,), got (${columns},)`);
  }
  requireShape("W_x", params.W_x, D, columns);
  requireShape("W_h", params.W_h, H, columns);
  return [T, H];
}

/**
 * One step of the memory, with the gates given: numbers, or arrays (H), or some of each.
 *
 * @param {number|number[]} c the memory before the step.
 * @param {object} gates `i`, `f`, `o` and the candidate `g`.
 * @returns {object} `c` and `h` after it: numbers if all is numbers, else arrays (H).
 */
export function lstmState(c, { i, f, o, g }) {
  requireAlike({ c, i, f, o, g });
  const c_next = elementwise((c, i, f, g) => f * c + i * g, c, i, f, g); // eq-lstm-cell
  const h = elementwise((o, c) => o * Math.tanh(c), o, c_next); // eq-lstm-state
  return { c: c_next, h };
}

/**
 * A long short-term memory.
 *
 * @param {object} params `W_x (D, 4 H)`, `W_h (H, 4 H)`, `b (4 H)`: columns of i, f, o, g.
 * @param {number[][]} x (T, D).
 * @param {object} options `h0 (H)`, `c0 (H)`.
 * @returns {object} `i`, `f`, `o`, `g`, `c`, `h`, each (T, H); and `x`, `h0`, `c0`.
 */
export function lstm(params, x, { h0 = null, c0 = null } = {}) {
  const [T, H] = checkFused(params, x, 4);
  h0 ??= zeros(H);
  c0 ??= zeros(H);
  requireShape("h0", h0, H);
  requireShape("c0", c0, H);
  const p = namedParams(params, "ifog");
  const run = { i: [], f: [], o: [], g: [], c: [], h: [], x, h0, c0 };
  for (let t = 0; t < T; t++) {
    const h_prev = stateBefore(run, t);
    const c_prev = t === 0 ? c0 : run.c[t - 1];
    const i = affine(x[t], p.W_xi, h_prev, p.W_hi, p.b_i).map(sigmoid); // eq-lstm-input
    const f = affine(x[t], p.W_xf, h_prev, p.W_hf, p.b_f).map(sigmoid); // eq-lstm-forget
    const o = affine(x[t], p.W_xo, h_prev, p.W_ho, p.b_o).map(sigmoid); // eq-lstm-output
    const g = affine(x[t], p.W_xg, h_prev, p.W_hg, p.b_g).map(Math.tanh); // eq-lstm-candidate
    const values = { i, f, o, g, ...lstmState(c_prev, { i, f, o, g }) };
    for (const name in values) run[name][t] = values[name];
  }
  return run;
}

/**
 * Return [T, H], or throw an Error if weights, input and form of a `gru` do not go together.
 * `reset` is "before" or "after".
 */
export function checkGru(params, x, reset) {
  const [T, H] = checkFused(params, x, 3);
  requireChoice("reset", reset, ["before", "after"]);
  if (reset === "after") requireShape("b_hh", params.b_hh, H);
  else if (params.b_hh != null) throw new Error('b_hh: expected only with reset "after"');
  return [T, H];
}

/**
 * One step of the state, with gate and candidate given: numbers, or arrays (H), or some of each.
 *
 * @param {number|number[]} h the state before the step.
 * @param {object} gates `z` and the `candidate` h̃.
 * @returns {number|number[]} the state after it: a number if all is numbers, else an array (H).
 */
export function gruState(h, { z, candidate }) {
  requireAlike({ h, z, candidate });
  return elementwise((h, z, h_tilde) => z * h + (1 - z) * h_tilde, h, z, candidate); // eq-gru-state
}

/**
 * One step of a `gru` from the state `h_prev (H)`, for whoever carries the state; nothing is checked.
 *
 * @param {object} p `namedParams(params, "rzh")` and, with reset "after", `b_hh`.
 * @returns {object} `r`, `z`, `candidate`, `h` and, with reset "after", `m`, each (H).
 */
export function gruStep(p, x_t, h_prev, reset = "before") {
  const r = affine(x_t, p.W_xr, h_prev, p.W_hr, p.b_r).map(sigmoid); // eq-gru-reset
  const z = affine(x_t, p.W_xz, h_prev, p.W_hz, p.b_z).map(sigmoid); // eq-gru-update
  if (reset === "before") {
    const rh = r.map((value, j) => value * h_prev[j]);
    const candidate = affine(x_t, p.W_xh, rh, p.W_hh, p.b_h).map(Math.tanh); // eq-gru-candidate
    return { r, z, candidate, h: gruState(h_prev, { z, candidate }) };
  }
  const m = addRows(timesMatrix(h_prev, p.W_hh), p.b_hh); // eq-gru-memory
  const a_x = addRows(timesMatrix(x_t, p.W_xh), p.b_h);
  const candidate = a_x.map((a, j) => Math.tanh(a + r[j] * m[j])); // eq-gru-candidate-after
  return { r, z, candidate, m, h: gruState(h_prev, { z, candidate }) };
}

/**
 * A gated recurrent unit.
 *
 * @param {object} params `W_x (D, 3 H)`, `W_h (H, 3 H)`, `b (3 H)`: columns of r, z, h̃; with
 *   reset "after" also `b_hh (H)`.
 * @param {number[][]} x (T, D).
 * @param {object} options `h0 (H)`; `reset`: whether the reset gate acts "before" or "after" the
 *   product with W_hh.
 * @returns {object} `r`, `z`, `candidate`, `h` and, with reset "after", `m`, each (T, H); and `x`,
 *   `h0`, `reset`.
 */
export function gru(params, x, { h0 = null, reset = "before" } = {}) {
  const [T, H] = checkGru(params, x, reset);
  h0 ??= zeros(H);
  requireShape("h0", h0, H);
  const p = { ...namedParams(params, "rzh"), b_hh: params.b_hh };
  const run = { r: [], z: [], candidate: [], h: [], x, h0, reset };
  if (reset === "after") run.m = [];
  for (let t = 0; t < T; t++) {
    const values = gruStep(p, x[t], stateBefore(run, t), reset);
    for (const name in values) run[name][t] = values[name];
  }
  return run;
}

/**
 * The readout.
 *
 * @param {object} params `W_hy (H, M)`, `b_y (M)`.
 * @param {number[]|number[][]} h one row (H) or rows (T, H).
 * @returns {number[]|number[][]} y (M) or (T, M).
 */
export function dense(params, h) {
  const [M] = requireShape("b_y", params.b_y, "M");
  const [H] = requireShape("W_hy", params.W_hy, "H", M);
  const one = !Array.isArray(h?.[0]);
  requireShape("h", h, ...(one ? [H] : ["T", H]));
  const readout = (row) => addRows(timesMatrix(row, params.W_hy), params.b_y); // eq-rnn-readout
  return one ? readout(h) : h.map(readout);
}

/**
 * Weights as `gru_lib.explore.weights.pack` writes them, back to nested arrays.
 *
 * @param {object} packed by name either a nested array, which stays as it is, or
 *   `{ shape: [n, …], dtype: "float32" | "float64", data }`, where data is the base64 text of the
 *   numbers' bytes, little-endian and in C order (the last axis runs fastest).
 * @returns {object} nested arrays by the same names.
 */
export function unpack(packed) {
  const entries = Object.entries(packed);
  return Object.fromEntries(entries.map(([name, value]) => [name, unpackArray(name, value)]));
}

function unpackArray(name, value) {
  if (Array.isArray(value)) return value;
  const { shape, dtype, data } = value;
  const numbers = { float32: Float32Array, float64: Float64Array }[dtype];
  if (!numbers) throw new Error(`${name}: expected dtype float32 or float64, got ${dtype}`);
  // A new buffer starts at 0, so it is aligned for either type. Typed arrays read the bytes in the
  // machine's own order, which is little-endian wherever browsers run today.
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const expected = shape.reduce((a, b) => a * b, numbers.BYTES_PER_ELEMENT);
  if (bytes.length !== expected) {
    throw new Error(`${name}: expected ${expected} bytes of data, got ${bytes.length}`);
  }
  return nestRows(Array.from(new numbers(bytes.buffer)), shape);
}

// Cut a flat array into rows, rows of rows, …; shape [] gives the number itself.
function nestRows(flat, shape) {
  if (shape.length === 0) return flat[0];
  const [length, ...inner] = shape;
  const size = inner.reduce((a, b) => a * b, 1);
  return Array.from({ length }, (_, k) => nestRows(flat.slice(k * size, (k + 1) * size), inner));
}
