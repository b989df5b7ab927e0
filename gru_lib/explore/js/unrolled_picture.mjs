// The picture of the unrolled network: time runs to the right, or downwards where there is no room.

import { arrow, box, line, number, s, text } from "./draw.mjs";

/** A number for a small place: two digits, or one with a power of ten. */
function brief(value) {
  if (value === 0) return "0";
  if (Math.abs(value) >= 0.005) return number(value);
  const [head, exponent] = value.toExponential(0).split("e");
  return number(Number(`1e${exponent}`)).replace(/^1\.0/, head).replace("-", "−");
}

const FRAME = "fill: none; stroke: var(--soft); stroke-dasharray: 4 3; stroke-width: 1.4";

/** How wide the arrow of a number is. */
const widthOf = (value) => 1 + 5 * Math.min(Math.abs(value), 1);

/**
 * Where things stand. `at(t, side)` is the centre of a box, side −1 the input, 0 the state, 1 the
 * loss term; `half(side)` is half its size along time and across.
 */
function plan({ width }, steps) {
  const down = width < 620;
  if (down) {
    const wide = Math.min(width, 420);
    const [left, pitch] = [(width - wide) / 2, 76];
    const across = { "-1": 26, 0: wide * 0.46, 1: wide - 26 };
    return {
      down,
      left,
      at: (t, side) => [left + across[side], 46 + t * pitch],
      size: (side) => (side ? { width: 48, height: 30 } : { width: 112, height: 30 }),
      height: 46 + (steps - 1) * pitch + 30,
      wide,
    };
  }
  const namesWide = 62;
  const pitch = (width - namesWide - 24) / steps;
  const across = { "-1": 216, 0: 134, 1: 44 };
  return {
    down,
    left: 0,
    at: (t, side) => [namesWide + pitch * (t + 0.5), across[side]],
    size: (side) => (side ? { width: 52, height: 28 } : { width: 56, height: 48 }),
    height: 240,
    wide: width,
  };
}

/** The ends of an arrow from box to box, moved sideways by `lane` so that two can pass. */
function ends({ at, size }, [t1, side1], [t2, side2], lane) {
  const [[x1, y1], [x2, y2]] = [at(t1, side1), at(t2, side2)];
  const upright = Math.abs(y2 - y1) > Math.abs(x2 - x1);
  const edge = (side) => (upright ? size(side).height : size(side).width) / 2 + 2;
  const sign = Math.sign(upright ? y2 - y1 : x2 - x1);
  const [from, to] = [sign * edge(side1), -sign * edge(side2)];
  return upright ? [x1 + lane, y1 + from, x2 + lane, y2 + to] : [x1 + from, y1 + lane, x2 + to, y2 + lane];
}

/** All arrows of the network: their ends, their number, and when it has passed. */
function arrowsOf(place, view) {
  const { h, u, w, x, t: now, way, counts, direct, arrows, losses } = view;
  const { down } = place;
  const read = (t) => way === "back" || (way === "forward" && t <= now);
  const walked = (t) => way === "back" && t >= now;
  const all = [];
  for (const t of h.keys()) {
    const input = { ends: ends(place, [t, -1], [t, 0], 0), value: u * x[t], kind: "input" };
    all.push({ ...input, t, colour: "blue", done: read(t), flows: way === "forward" && t === now });
    if (counts[t]) {
      const up = ends(place, [t, 0], [t, 1], down ? -6 : -9);
      all.push({ ends: up, value: losses[t], kind: "loss", t, colour: "blue", done: read(t) });
      const back = { ends: ends(place, [t, 1], [t, 0], down ? 6 : 9), value: direct[t], kind: "direct" };
      all.push({ ...back, t, colour: "red", done: walked(t), flows: way === "back" && t === now });
    }
    if (t === 0) continue;
    const next = { ends: ends(place, [t - 1, 0], [t, 0], -11), value: w * h[t - 1], kind: "next" };
    all.push({ ...next, t, colour: "blue", done: read(t), flows: way === "forward" && t === now });
    const back = { ends: ends(place, [t, 0], [t - 1, 0], 11), value: arrows[t].amount, kind: "back" };
    const { terms, arrive, cross } = arrows[t];
    const done = walked(t - 1);
    all.push({ ...back, t, terms, arrive, cross, colour: "red", done, flows: done && t - 1 === now });
  }
  return all;
}

/** One arrow: passed with its width and number, not yet passed pale, cut off with a bar. */
function drawArrow(one, place, arrived) {
  const [x1, y1, x2, y2] = one.ends;
  const { colour, kind, value } = one;
  const upright = Math.abs(y2 - y1) > Math.abs(x2 - x1);
  if (kind === "back" && !one.cross) return drawCut(one, place);
  const done = one.done && (arrived || !one.flows);
  const look = done ? { colour, width: widthOf(value) } : { colour, width: 1.2, opacity: 0.4 };
  const parts = [arrow(x1, y1, x2, y2, look)];
  if (kind === "back") parts.push(dots(one, place));
  const side = { next: -1, back: 1, direct: 1 }[kind]; // of the arrow, where its number stands
  if (!side || !done) return parts;
  const [x, y] = [(x1 + x2) / 2, (y1 + y2) / 2];
  const letters = { colour, size: 13, anchor: upright ? (side < 0 ? "end" : "start") : "middle" };
  if (upright) parts.push(text(x + side * 10, y + (kind === "back" ? -2 : 5), brief(value), letters));
  else parts.push(text(x, y + (side < 0 ? -16 : 24), brief(value), letters));
  return parts;
}

/** A dot for every loss term that would cross on the full path: filled if it does with this k. */
function dots({ ends: [x1, y1, x2, y2], terms, cross }, { down }) {
  const [x, y] = [(x1 + x2) / 2, (y1 + y2) / 2];
  const [first, level] = down ? [x + 17, cross ? y + 11 : y - 7] : [x - (terms - 1) * 4.5, y + 36];
  const all = Array.from({ length: terms }, (_, i) => {
    const style = `fill: var(--${i < cross ? "red" : "paper"}); stroke: var(--red)`;
    return s("circle", { cx: first + i * 9, cy: level, r: 3.2, style, "stroke-width": 1.3 });
  });
  return s("g", {}, ...all);
}

/** Where nothing crosses: a dotted line, and a bar where a gradient arrives and is dropped. */
function drawCut(one, place) {
  const [x1, y1, x2, y2] = one.ends;
  const parts = [line(x1, y1, x2, y2, { colour: "soft", width: 1.2, dash: "2 5" }), dots(one, place)];
  if (!one.arrive) return parts;
  const [x, y] = place.down ? [x1, y1 + 0.3 * (y2 - y1)] : [x1 + 0.3 * (x2 - x1), y1];
  const [dx, dy] = place.down ? [9, 0] : [0, 9];
  return [...parts, line(x - dx, y - dy, x + dx, y + dy, { colour: "red", width: 4 })];
}

/** Numbers under way: a small label on each arrow along which something flows at this moment. */
function flowing(all, phase) {
  const under = all.filter((one) => one.flows && (one.kind !== "back" || one.cross));
  return under.map(({ ends: [x1, y1, x2, y2], value, colour }) => {
    const [x, y] = [x1 + phase * (x2 - x1), y1 + phase * (y2 - y1)];
    return box(x, y, brief(value), { width: 54, height: 22, fill: "lit", colour, size: 13 });
  });
}

/** The boxes with their numbers; a state holds h_t and, once it is known, ∂L/∂h_t. */
function boxes(place, view, phase) {
  const { h, x, t: now, way, counts, losses, dh } = view;
  const parts = [];
  for (const t of h.keys()) {
    const here = t === now && phase < 1;
    const read = way === "back" || (way === "forward" && t <= now && !here);
    const walked = way === "back" && t >= now && !here;
    parts.push(box(...place.at(t, -1), number(x[t], 0), { ...place.size(-1), fill: "input" }));
    parts.push(box(...place.at(t, 0), "", { ...place.size(0), fill: t === now ? "lit" : "state" }));
    const [hx, hy] = place.at(t, 0);
    const [top, low] = place.down ? [[hx - 28, hy + 5], [hx + 27, hy + 5]] : [[hx, hy - 5], [hx, hy + 16]];
    if (read) parts.push(text(...top, brief(h[t]), { size: 13 }));
    if (walked) parts.push(text(...low, brief(dh[t]), { size: 13, colour: "red" }));
    if (counts[t]) {
      parts.push(box(...place.at(t, 1), read ? brief(losses[t]) : "", { ...place.size(1), fill: "output" }));
    }
  }
  return parts;
}

/** What the rows (or columns) are, and the numbers of the steps. */
function names({ at, down, left }, steps) {
  const soft = { colour: "soft", size: 13 };
  if (down) {
    const head = (x, name, colour) => text(x, 18, name, { symbol: true, colour });
    const [x] = at(0, 0);
    const step = (t) => text(at(t, -1)[0], at(t, -1)[1] + 31, `step ${t + 1}`, soft);
    return [
      ...Array.from({ length: steps }, (_, t) => step(t)),
      head(at(0, -1)[0], "x_t"),
      head(x - 28, "h_t"),
      head(x + 27, "∂L/∂h_t", "red"),
      head(at(0, 1)[0], "L_t"),
    ];
  }
  const row = (y, name, colour) => text(left + 3, y, name, { symbol: true, anchor: "start", colour });
  return [
    ...Array.from({ length: steps }, (_, t) => text(at(t, 0)[0], 14, `step ${t + 1}`, soft)),
    row(at(0, 1)[1] + 5, "L_t"),
    row(at(0, 0)[1] - 5, "h_t"),
    row(at(0, 0)[1] + 16, "∂L/∂h_t", "red"),
    row(at(0, -1)[1] + 5, "x_t"),
  ];
}

/** Two bars: the gradient of a weight that the walk has gathered, in the frame of the full one. */
function bars({ left, wide }, { sums, full }, top) {
  const [from, to] = [left + 58, left + wide - 140];
  const all = [0, sums.w, sums.u, full.w, full.u];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const X = (v) => from + ((v - low) / (high - low || 1)) * (to - from);
  const bar = (v, y, height, style) =>
    s("rect", { x: Math.min(X(0), X(v)), y, width: Math.abs(X(v) - X(0)), height, style });
  const rows = ["w", "u"].flatMap((name, i) => {
    const y = top + 8 + i * 32;
    return [
      text(left, y + 15, `∂L/∂${name}`, { symbol: true, anchor: "start" }),
      bar(full[name], y, 22, FRAME),
      bar(sums[name], y + 4, 14, "fill: var(--red)"),
      text(left + wide, y + 16, `${brief(sums[name])} of ${brief(full[name])}`, { anchor: "end" }),
    ];
  });
  return [...rows, line(X(0), top + 4, X(0), top + 66, { colour: "ink", width: 1.2 })];
}

/** The key to dots and bars. */
function key({ left, down }, top) {
  const dot = (x, y, fill) =>
    s("circle", { cx: x, cy: y - 5, r: 3.6, style: `fill: var(--${fill}); stroke: var(--red)` });
  const patch = (x, y, style) => s("rect", { x, y: y - 11, width: 14, height: 11, style });
  const words = (x, y, w) => text(x, y, w, { anchor: "start", colour: "soft", size: 13 });
  const [x2, y2] = down ? [left, top + 20] : [left + 312, top];
  return [
    dot(left + 5, top, "red"),
    words(left + 15, top, "a loss term that crosses"),
    dot(left + 180, top, "paper"),
    words(left + 190, top, "cut off before it"),
    patch(x2, y2, "fill: var(--red)"),
    words(x2 + 20, y2, down ? "gathered so far" : "weight's gradient so far"),
    patch(x2 + (down ? 130 : 183), y2, FRAME),
    words(x2 + (down ? 150 : 203), y2, "on the full path"),
  ];
}

/** The whole picture of a view, with the numbers of its moment `phase` (0 to 1) of their way along. */
export function drawUnrolled(room, view, phase) {
  const steps = view.h.length;
  const place = plan(room, steps);
  const all = arrowsOf(place, view);
  const low = place.height + 22;
  return {
    height: low + (place.down ? 30 : 10) + 70,
    parts: [
      ...names(place, steps),
      ...all.flatMap((one) => drawArrow(one, place, phase === 1)),
      ...boxes(place, view, phase),
      ...(phase < 1 ? flowing(all, phase) : []),
      ...key(place, low),
      ...bars(place, view, low + (place.down ? 30 : 10)),
    ],
  };
}
