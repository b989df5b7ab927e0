// Chapter 5: the numbers of one GRU where `GRU` keeps them and where `ConcatGRU` does.

import { gru, sigmoid, unpack } from "./cells.mjs";
import { line, number, s, text } from "./draw.mjs";
import { addRows, affine, namedParams, timesMatrix } from "./matrix.mjs";
import { makeStage } from "./stage.mjs";

const BLOCKS = ["r", "z", "h"]; // the order of the columns; h is the candidate
const NAMES = { r: "the reset gate", z: "the update gate", h: "the candidate" };

/** The weights of a GRU as those of a ConcatGRU: of each gate, the rows of h above those of x. */
export function concatenate(params) {
  const p = namedParams(params, "rzh");
  const pairs = BLOCKS.flatMap((k) => [
    [`W_${k}`, [...p[`W_h${k}`], ...p[`W_x${k}`]]], // math-concat-blocks
    [`b_${k}`, p[`b_${k}`]],
  ]);
  return Object.fromEntries(pairs);
}

/**
 * Every number of the network, in the rows of [h, x, 1] and the columns of r, z, h̃: its `row` and
 * `column` in that grid, its `gate`, and where it is kept, `array` and the indices `at`.
 */
export function places(form, H, D) {
  const cells = [];
  for (let row = 0; row <= H + D; row++) {
    for (let column = 0; column < 3 * H; column++) {
      const gate = BLOCKS[Math.floor(column / H)];
      const [part, first] = row < H ? ["h", 0] : row < H + D ? ["x", H] : ["b", H + D];
      const apart = part === "b" ? ["b", [column]] : [`W_${part}`, [row - first, column]];
      const inner = column % H;
      const joined = part === "b" ? [`b_${gate}`, [inner]] : [`W_${gate}`, [row, inner]];
      const [array, at] = form === "apart" ? apart : joined;
      cells.push({ row, column, gate, part, array, at });
    }
  }
  return cells;
}

/** The cells of `places` with their values, read from the arrays of that form. */
export function grid(params, form) {
  const arrays = form === "apart" ? params : concatenate(params);
  const H = params.W_h.length;
  return places(form, H, params.W_x.length).map((cell) => {
    const value = cell.at.reduce((array, index) => array[index], arrays[cell.array]);
    return { ...cell, value };
  });
}

/**
 * What the lit numbers do at step t (from 1) of a run: `seen`, the part of the row that comes from the state;
 * `row`, what the grid's rows are multiplied by; `a`, the sums of each column; `value`, σ or tanh of it.
 */
export function product(params, form, run, gate, t) {
  const k = t - 1; // where the lists keep step t
  const old = k ? run.h[k - 1] : run.h0;
  const seen = gate === "h" ? run.r[k].map((v, j) => v * old[j]) : old;
  const x = run.x[k];
  let a;
  if (form === "apart") {
    const p = namedParams(params, "rzh");
    a = affine(x, p[`W_x${gate}`], seen, p[`W_h${gate}`], p[`b_${gate}`]);
  } else {
    const p = concatenate(params);
    a = addRows(timesMatrix([...seen, ...x], p[`W_${gate}`]), p[`b_${gate}`]);
  }
  return { seen, row: [...seen, ...x, 1], a, value: a.map(gate === "h" ? Math.tanh : sigmoid) };
}

/** Where the grid's rows and columns stand: cut across between h, x and b, or down between gates. */
function placing({ width, narrow }, form, H, D) {
  const apart = form === "apart";
  const [gap, tall, head] = [narrow ? 2 : 22, 44, 30];
  const side = narrow ? 58 : 70; // room beside the grid, for what its rows are multiplied by
  const wide = Math.min(56, Math.floor((width - side - 2 * gap - 4) / (3 * H)));
  const left = (width - side - 3 * H * wide - 2 * gap) / 2 + side;
  const cuts = (row) => (row < H ? (apart ? 0 : 1) : row < H + D ? 1 : 2);
  return {
    wide,
    tall,
    left,
    side,
    X: (column) => left + column * wide + gap * (apart ? 1 : Math.floor(column / H)),
    Y: (row) => head + row * tall + cuts(row) * head,
  };
}

/** One number: a square as large as it is, full if above 0 and hollow if below; lit or not. */
function numberCell(cell, { X, Y, wide, tall }, lit, most) {
  const size = wide < 48 ? { size: 13 } : {};
  const [x, y] = [X(cell.column), Y(cell.row)];
  const fill = lit ? { h: "state", x: "input", b: "fill" }[cell.part] : "paper";
  const frame = { x, y, width: wide, height: tall, style: `fill: var(--${fill}); stroke: var(--line)` };
  const side = 19 * Math.sqrt(Math.abs(cell.value) / most);
  const colour = !lit ? "soft" : cell.value < 0 ? "red" : "blue";
  const style = `fill: ${cell.value < 0 ? "none" : `var(--${colour})`}; stroke: var(--${colour})`;
  const square = { x: x + wide / 2 - side / 2, y: y + 14 - side / 2, width: side, height: side };
  return [
    s("rect", frame),
    side ? s("rect", { ...square, style, "stroke-width": 1.6 }) : "",
    text(x + wide / 2, y + 39, number(cell.value, 1), { bold: lit, colour: lit ? "ink" : "soft", ...size }),
  ];
}

/** The parts that are kept together: rows from and to, name; one set for each gate. */
const parts = (form, gate, H, D) =>
  form === "apart"
    ? [[0, H, `W_{h${gate}}`], [H, H + D, `W_{x${gate}}`], [H + D, H + D + 1, `b_${gate}`]]
    : [[0, H + D, `W_${gate}`], [H + D, H + D + 1, `b_${gate}`]];

/** Names and frames of the blocks; the frames of the lit ones are thick. */
function frames(form, lit, H, D, { X, Y, wide, tall }) {
  return BLOCKS.flatMap((gate, k) =>
    parts(form, gate, H, D).flatMap(([from, to, name]) => {
      const on = gate === lit;
      const [x, y] = [X(k * H), Y(from)];
      const size = { x, y, width: H * wide, height: (to - from) * tall };
      const style = `fill: none; stroke: var(--${on ? "ink" : "soft"})`;
      return [
        s("rect", { ...size, style, "stroke-width": on ? 3.4 : 1.2 }),
        text(x + (H * wide) / 2, y - 9, name, { symbol: true, bold: on, colour: on ? "ink" : "soft" }),
      ];
    }),
  );
}

/** A number to so many digits and no further, so that it fits its cell. */
const short = (value, digits = 2) => number(Number(value.toFixed(digits)), digits);

/** Beside the rows, what each is multiplied by. */
function factors(form, gate, row, H, D, { Y, tall, left, side }) {
  const seen = gate === "h" ? "r ⊙ h" : "h";
  const heads = form === "apart" ? [[0, seen], [H, "x"]] : [[0, `[${seen}, x]`]];
  const [x, wide] = [left - side, side - 12];
  const cells = row.flatMap((value, k) => {
    const fill = k < H ? "state" : k < H + D ? "input" : "fill";
    const index = `_${k < H ? k + 1 : k - H + 1}`;
    const name = k >= H ? `x${D > 1 ? index : ""}` : gate === "h" ? `r${index} h${index}` : `h${index}`;
    const style = `fill: var(--${fill}); stroke: var(--ink)`;
    const last = k === H + D;
    return [
      s("rect", { x, y: Y(k) + 1, width: wide, height: tall - 2, rx: 7, style, "stroke-width": 1.4 }),
      last ? "" : text(x + wide / 2, Y(k) + 16, name, { symbol: true }),
      text(x + wide / 2, Y(k) + (last ? 27 : 37), short(value, last ? 0 : 2)),
    ];
  });
  return [...heads.map(([k, name]) => text(x, Y(k) - 9, name, { symbol: true, anchor: "start" })), ...cells];
}

/** Under the lit columns, their sums and what the gate makes of them. */
function results(narrow, gate, { a, value }, H, D, { X, Y, wide, tall, left, side }) {
  const top = Y(H + D) + tall + 26;
  const first = BLOCKS.indexOf(gate) * H;
  const [sign, name] = gate === "h" ? ["tanh", "h̃_t"] : ["σ", `${gate}_t`];
  const row = (values, y, digits, look) =>
    values.map((v, j) => text(X(first + j) + wide / 2, y, short(v, digits), look));
  const start = left - side;
  return [
    text(start, top, "sum", { colour: "soft", anchor: "start" }),
    ...row(a, top, narrow ? 1 : 2, {}),
    line(X(first), top + 7, X(first + H - 1) + wide, top + 7, { colour: "soft" }),
    text(start, top + 26, sign, { colour: "soft", anchor: "start" }),
    text(left - (narrow ? 16 : 22), top + 26, name, { symbol: true }),
    ...row(value, top + 26, 2, narrow ? { size: 13 } : { bold: true }),
  ];
}

const list = (values, digits = 2) => `(${values.map((v) => short(v, digits)).join(", ")})`;

/** What was computed, and from where, in words. */
export function tell(form, gate, H, D, out, run, t) {
  const columns = Array.from({ length: H }, (_, j) => BLOCKS.indexOf(gate) * H + j + 1).join(" and ");
  const of = {
    apart: `columns ${columns} of W_h and W_x and entries ${columns} of b in GRU`,
    concatenated: `W_${gate} and b_${gate} in ConcatGRU`,
  };
  const other = form === "apart" ? "concatenated" : "apart";
  const row = `[${gate === "h" ? "r ⊙ h" : "h"}, x] = ${list(out.row.slice(0, -1))}`;
  const result = gate === "h" ? `h̃ = tanh ${list(out.a)}` : `${gate} = σ ${list(out.a)}`;
  const [z, h] = [run.z[t - 1], run.h[t - 1]];
  const state = gate === "h" ? `, and with z = ${list(z)} the new state ${list(h, 4)}` : "";
  return (
    `Step ${t}: ${NAMES[gate]} reads ${row} and gives ${result} = ${list(out.value, 4)}${state}. ` +
    `Lit: ${(H + D) * H} weights and ${H} biases, ${of[form]}; the same numbers are ${of[other]}.`
  );
}

export function render({ model, el }) {
  const stage = makeStage(model, el);
  const params = unpack(model.get("weights"));
  const [H, D] = [params.W_h.length, params.W_x.length];
  stage.choice("form", {
    label: "weights",
    options: { apart: "W_h and W_x apart", concatenated: "concatenated, for [h, x]" },
  });
  stage.choice("gate", { label: "lit", options: { r: "reset gate", z: "update gate", h: "candidate" } });
  stage.player("step", { label: "step t", first: 1, last: model.get("x").length, pause: 900 });
  stage.slider("x", {
    label: "x at this step",
    min: -2,
    max: 2,
    step: 0.1,
    format: (v) => short(v, 1),
    get: () => model.get("x")[model.get("step") - 1],
    change: (v) => stage.set({ x: model.get("x").map((old, k) => (k === model.get("step") - 1 ? v : old)) }),
  });

  return stage.show((room) => {
    const [form, gate, t] = [model.get("form"), model.get("gate"), model.get("step")];
    const run = gru(params, model.get("x").map((v) => [v]), { h0: model.get("state") });
    const out = product(params, form, run, gate, t);
    const at = placing(room, form, H, D);
    const cells = grid(params, form);
    const most = Math.max(...cells.map((cell) => Math.abs(cell.value)));
    return {
      height: at.Y(H + D) + at.tall + 64,
      parts: [
        ...cells.flatMap((cell) => numberCell(cell, at, cell.gate === gate, most)),
        ...frames(form, gate, H, D, at),
        ...factors(form, gate, out.row, H, D, at),
        ...results(room.narrow, gate, out, H, D, at),
      ],
      label: "All weights as a grid, those of one gate lit; what they multiply and what comes out",
      words: tell(form, gate, H, D, out, run, t),
    };
  });
}
