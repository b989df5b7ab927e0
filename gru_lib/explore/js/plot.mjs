// A plot: axes with ticks and names, linear or logarithmic, and lines on them.

import { number, power, s, text, line } from "./draw.mjs";

/** About `count` round numbers from `low` to `high`. */
export function ticks(low, high, count = 5) {
  const rough = (high - low) / count;
  const ten = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * ten).find((m) => m >= rough * 0.999);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}

/** Whole powers of ten from `low` to `high`, at most about `count`. */
function powers(low, high, count) {
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  const step = Math.max(1, Math.ceil((last - first + 1) / count));
  const all = [];
  for (let e = Math.ceil(first / step) * step; e <= last; e += step) all.push(10 ** e);
  return all;
}

/**
 * Axes in the rectangle `left, top, width, height` (of the lines; ticks and names stand outside: give
 * 52 units on the left and 46 below).
 *
 * `x` and `y` are `[low, high]`; with `log: true` y is logarithmic. Returns `node`, the scales `X` and
 * `Y` from values to units, and `curve(values, look)`, `dots(points, look)` that return elements.
 */
export function axes({ left, top, width, height, x, y, log = false, xName, yName, xTicks, yTicks }) {
  const X = (v) => left + ((v - x[0]) / (x[1] - x[0])) * width;
  const share = log
    ? (v) => Math.log(v / y[0]) / Math.log(y[1] / y[0])
    : (v) => (v - y[0]) / (y[1] - y[0]);
  const Y = (v) => top + height * (1 - Math.min(Math.max(share(v), 0), 1)); // stays in the frame
  const xs = xTicks ?? ticks(...x, Math.max(2, Math.floor(width / 70)));
  const round = log ? powers(...y, Math.floor(height / 26)) : ticks(...y, Math.floor(height / 34));
  const ys = yTicks ?? round;
  const whole = (v) => Math.abs(v - Math.round(v)) < 1e-6;
  const digits = (all) => [0, 1].find((n) => all.every((v) => whole(v * 10 ** n))) ?? 2;
  const bottom = top + height;
  const node = s("g", {});
  for (const v of ys) {
    node.append(line(left, Y(v), left + width, Y(v), { colour: "line", width: 1 }));
    const words = log ? power(Math.round(Math.log10(v))) : number(v, digits(ys));
    node.append(text(left - 7, Y(v) + 5, words, { anchor: "end", size: 13 }));
  }
  for (const v of xs) {
    node.append(line(X(v), bottom, X(v), bottom + 5, { colour: "soft", width: 1 }));
    node.append(text(X(v), bottom + 19, number(v, digits(xs)), { size: 13 }));
  }
  node.append(line(left, bottom, left + width, bottom, { colour: "soft", width: 1 }));
  node.append(line(left, top, left, bottom, { colour: "soft", width: 1 }));
  if (xName) node.append(text(left + width / 2, bottom + 38, xName, { size: 13, colour: "soft" }));
  if (yName) node.append(text(left - 40, top - 9, yName, { size: 13, colour: "soft", anchor: "start" }));

  /** A curve through `[[x, y], …]`; a value that is not finite leaves a gap. */
  const curve = (points, { colour = "blue", width = 2.2, dash, opacity } = {}) => {
    let path = "";
    let pen = "M";
    for (const [px, py] of points) {
      const seen = Number.isFinite(py) && (!log || py > 0);
      if (seen) path += `${pen}${X(px).toFixed(2)} ${Y(py).toFixed(2)}`;
      pen = seen ? "L" : "M";
    }
    const style = `fill: none; stroke: var(--${colour}); stroke-linejoin: round`;
    return s("path", { d: path, style, "stroke-width": width, "stroke-dasharray": dash, opacity });
  };
  /** A dot at each of `[[x, y], …]`. */
  const dots = (points, { colour = "blue", radius = 3.5 } = {}) => {
    const look = { r: radius, style: `fill: var(--${colour})` };
    return s("g", {}, ...points.map(([px, py]) => s("circle", { cx: X(px), cy: Y(py), ...look })));
  };
  return { node, X, Y, curve, dots };
}

/** Names of lines in a row that starts at `x, y`: `[[words, colour, dash], …]`; returns elements. */
export function legend(x, y, entries, room) {
  const parts = [];
  let at = x;
  let down = y;
  for (const [words, colour, dash] of entries) {
    const wide = 40 + words.length * 7.4;
    if (at > x && at + wide > x + room) [at, down] = [x, down + 20];
    parts.push(line(at, down - 5, at + 24, down - 5, { colour, width: 2.6, dash }));
    parts.push(text(at + 30, down, words, { anchor: "start" }));
    at += wide + 10;
  }
  return parts;
}
