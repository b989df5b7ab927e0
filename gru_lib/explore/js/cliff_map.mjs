// The map of the loss of one unit over its two weights, for the figure of the cliff.

import { arrow, number, s, text } from "./draw.mjs";
import { html } from "./page.mjs";
import { axes } from "./plot.mjs";

export const STEPS = 50; // of the unit
export const [BEGIN, TARGET] = [0.5, 0.3];
export const RANGE = { w: [1, 1.6], b: [-0.3, 0.1] };

/** The state of the unit after all its steps. */
function lastState(w, b) {
  let h = BEGIN;
  for (let t = 0; t < STEPS; t++) h = Math.tanh(w * h + b);
  return h;
}

/** The loss alone, fast enough for all points of the map. */
export function lossAt(w, b) {
  return (lastState(w, b) - TARGET) ** 2;
}

const DEPTHS = [[253, 231, 37], [94, 201, 98], [33, 145, 140], [59, 82, 139], [68, 1, 84]];

/** Colour of a loss, from yellow (above 1) in equal ratios to purple (below 10⁻⁴). */
export function shade(loss) {
  const at = Math.min(Math.max(-Math.log10(Math.max(loss, 1e-9)), 0), 4);
  const k = Math.min(Math.floor(at), 3);
  return DEPTHS[k].map((v, i) => Math.round(v + (DEPTHS[k + 1][i] - v) * (at - k)));
}

/** The bias at which the loss is zero; the last state grows with b, so halving finds it. */
export function valley(w) {
  let [low, high] = RANGE.b;
  for (let k = 0; k < 60; k++) {
    const b = (low + high) / 2;
    if (lastState(w, b) < TARGET) low = b;
    else high = b;
  }
  return (low + high) / 2;
}

/**
 * The map as an element; it holds for all knobs, so it is painted once. The valley is narrower than a
 * point of the map, which would miss it at most places: there it is drawn a point wide.
 */
export function paint(columns = 150, rows = 150) {
  const canvas = html("canvas", { width: columns, height: rows });
  const pen = canvas.getContext("2d");
  const image = pen.createImageData(columns, rows);
  const along = ([low, high], share) => low + share * (high - low);
  for (let k = 0; k < columns * rows; k++) {
    const w = along(RANGE.w, ((k % columns) + 0.5) / columns);
    const b = along(RANGE.b, 1 - (Math.floor(k / columns) + 0.5) / rows);
    image.data.set([...shade(lossAt(w, b)), 255], 4 * k);
  }
  for (let column = 0; column < columns; column++) {
    const b = valley(along(RANGE.w, (column + 0.5) / columns));
    const row = Math.floor(((RANGE.b[1] - b) / (RANGE.b[1] - RANGE.b[0])) * rows);
    image.data.set([...shade(0), 255], 4 * (row * columns + column));
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
export function mapFrame({ width, narrow }) {
  return { left: 52, top: narrow ? 62 : 28, width: width - (narrow ? 66 : 150), height: narrow ? 220 : 240 };
}

/** Key of the colours: beside the map, on a phone above it. */
function colourKey({ width, narrow }) {
  const parts = narrow ? [] : [text(width - 76, 38, "loss", { colour: "soft", anchor: "start" })];
  ["≥ 1", "10⁻¹", "10⁻²", "10⁻³", "≤ 10⁻⁴"].forEach((words, k) => {
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
export function landscape(room, image, path, step) {
  const frame = mapFrame(room);
  const plot = axes({ ...frame, x: RANGE.w, y: RANGE.b, xName: "recurrent weight w", yName: "bias b" });
  const { left: x, top: y, width, height } = frame;
  for (const [name, value] of Object.entries({ x, y, width, height })) image.setAttribute(name, value);
  const parts = [plot.node, image, ...trail(path, step, plot), ...colourKey(room)];
  const [w, b] = path[step].place;
  if (onMap([w, b])) return parts;
  const at = b > RANGE.b[1] ? y + height - 50 : y + 8; // not where the arrow is
  parts.push(s("rect", { x: x + 8, y: at, width: 182, height: 42, rx: 5, style: "fill: var(--paper)" }));
  [`after step ${step}: off the map,`, `at w = ${number(w)}, b = ${number(b)}`].forEach((words, k) => {
    parts.push(text(x + 16, at + 17 + 17 * k, words, { anchor: "start", size: 13 }));
  });
  return parts;
}
