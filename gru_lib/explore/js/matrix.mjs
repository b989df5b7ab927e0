// Vectors and matrices as plain arrays: the few products that the cells need, and checks of shapes.
// A vector is an array of numbers and stands for a row; a matrix is an array of its rows.

/** Row times matrix: `row (n)` and `matrix (n, m)` give a new row (m). */
export function timesMatrix(row, matrix) {
  const out = zeros(matrix[0].length);
  for (let i = 0; i < row.length; i++) {
    const [number, entries] = [row[i], matrix[i]];
    for (let j = 0; j < out.length; j++) out[j] += number * entries[j];
  }
  return out;
}

/** Row times transposed matrix: `row (m)` and `matrix (n, m)` give a new row (n). */
export function timesTransposed(row, matrix) {
  return matrix.map((entries) => entries.reduce((sum, entry, j) => sum + entry * row[j], 0));
}

/** x W + h U + b: rows `x (n)`, `h (k)`, `b (m)` and matrices `W (n, m)`, `U (k, m)` give (m). */
export function affine(x, W, h, U, b) {
  return addRows(addRows(timesMatrix(x, W), timesMatrix(h, U)), b);
}

/**
 * Apply `f` number by number. Among the values, arrays have one length, and a number stands for an
 * array full of it; numbers alone give a number.
 */
export function elementwise(f, ...values) {
  const vector = values.find(Array.isArray);
  if (!vector) return f(...values);
  const rows = values.map((v) => (Array.isArray(v) ? v : new Array(vector.length).fill(v)));
  const [a, b, c, d] = rows; // spelled out, since spreading a call is slow
  if (rows.length === 1) return a.map((v) => f(v));
  if (rows.length === 2) return a.map((v, j) => f(v, b[j]));
  if (rows.length === 3) return a.map((v, j) => f(v, b[j], c[j]));
  return a.map((v, j) => f(v, b[j], c[j], d[j]));
}

/** The sum of two rows (m), a new row. */
export function addRows(a, b) {
  return a.map((number, j) => number + b[j]);
}

/** Add `row (m)` to `sum (m)`, in place. */
export function addTo(sum, row) {
  for (let j = 0; j < row.length; j++) sum[j] += row[j];
}

/** Add the outer product of `left (n)` and `right (m)` to `sum`, in place, from column `first`. */
export function addOuter(sum, left, right, first = 0) {
  for (let i = 0; i < left.length; i++) {
    for (let j = 0; j < right.length; j++) sum[i][first + j] += left[i] * right[j];
  }
}

/** Zeros: `zeros(n)` is a vector, `zeros(n, m)` a matrix. */
export function zeros(n, m) {
  if (m === undefined) return new Array(n).fill(0); // many times faster than Array.from
  return Array.from({ length: n }, () => zeros(m));
}

/** Zeros of the shapes of `params`, by the same names: where gradients are summed up. */
export function zerosLike(params) {
  const like = (w) => (Array.isArray(w[0]) ? zeros(w.length, w[0].length) : zeros(w.length));
  return Object.fromEntries(Object.entries(params).map(([name, w]) => [name, like(w)]));
}

/**
 * The weights by the names of the equations, `W_xr`, `W_hr`, `b_r`, …, cut from the fused ones.
 *
 * @param {object} params `W_x (D, n H)`, `W_h (H, n H)`, `b (n H)`.
 * @param {string} gates one letter for each of the n gates, in the order of their columns.
 */
export function namedParams(params, gates) {
  const size = params.b.length / gates.length;
  const out = {};
  [...gates].forEach((gate, k) => {
    const block = (row) => row.slice(k * size, (k + 1) * size);
    out[`W_x${gate}`] = params.W_x.map(block);
    out[`W_h${gate}`] = params.W_h.map(block);
    out[`b_${gate}`] = block(params.b);
  });
  return out;
}

// The lengths of nested arrays of numbers, or a word on what else it is.
function shapeOf(value) {
  if (typeof value === "number") return [];
  if (!Array.isArray(value)) return value === null ? "null" : typeof value;
  // Weights are checked in every call, so a row of numbers, by far the commonest, is made short.
  if (value.length > 0 && value.every((v) => typeof v === "number")) return [value.length];
  const inner = value.map(shapeOf);
  const odd = inner.find((shape) => typeof shape === "string");
  if (odd) return odd.startsWith("rows") ? odd : `${odd} inside`;
  if (inner.some((shape) => String(shape) !== String(inner[0]))) return "rows of unequal length";
  return [value.length, ...(inner[0] ?? [])];
}

/**
 * Return the shape of `value`, or throw an Error that names it and says what was expected.
 *
 * @param {string} name what the error calls it.
 * @param {*} value nested arrays of numbers.
 * @param {...(number|string)} expected one entry per axis: a length, or a word for any above zero.
 */
export function requireShape(name, value, ...expected) {
  const shape = shapeOf(value);
  const written = (lengths) => `(${lengths.join(", ")}${lengths.length === 1 ? "," : ""})`;
  const fits = (n, axis) => (typeof expected[axis] === "string" ? n > 0 : n === expected[axis]);
  if (typeof shape === "string" || shape.length !== expected.length || !shape.every(fits)) {
    const got = typeof shape === "string" ? shape : written(shape);
    throw new Error(`${name}: expected shape ${written(expected)}, got ${got}`);
  }
  return shape;
}

/** Throw an Error unless the values, by name, are numbers or arrays, the arrays of one length. */
export function requireAlike(values) {
  const length = Object.values(values).find(Array.isArray)?.length;
  for (const [name, value] of Object.entries(values)) {
    if (Array.isArray(value)) requireShape(name, value, length);
    else if (typeof value !== "number") {
      throw new Error(`${name}: expected a number or an array of numbers, got ${typeof value}`);
    }
  }
}

/** Throw an Error unless `value` is a whole number from `least` to `most`. */
export function requireCount(name, value, least, most = Infinity) {
  if (!Number.isInteger(value) || value < least || value > most) {
    const range = most === Infinity ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new Error(`${name}: expected a whole number ${range}, got ${value}`);
  }
}

/** Throw an Error that lists the `choices`, an array of strings, unless `value` is one. */
export function requireChoice(name, value, choices) {
  if (!choices.includes(value)) {
    const listed = choices.map((choice) => `"${choice}"`).join(", ");
    throw new Error(`${name}: expected one of ${listed}, got ${value}`);
  }
}
