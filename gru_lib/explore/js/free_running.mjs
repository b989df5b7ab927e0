// Chapter 5: an RNN, an LSTM and a GRU, trained, go on with a sine on their own.

import { dense, gruStep, lstm, rnn, unpack } from "./cells.mjs";
import { line, number, s, text } from "./draw.mjs";
import { namedParams, zeros } from "./matrix.mjs";
import { axes } from "./plot.mjs";
import { makeStage } from "./stage.mjs";

const FREE = 120; // steps that the networks go on alone
const TRAINED = [12, 40]; // periods of their training
const LIMITS = {
  period: [8, 60],
  start: [0, 40],
  window: [5, 50],
  amplitude: [0.25, 1.5],
  noise: [0, 0.2],
};
const COLOURS = { RNN: "blue", LSTM: "orange", GRU: "green", recurrence: "purple" };
const LIT = "fill: var(--lit); opacity: 0.45";

/** `count` values of a sine of `period` steps, from step `first`. */
export function wave({ period, amplitude }, first, count) {
  const value = (t) => amplitude * Math.sin((2 * Math.PI * t) / period);
  return Array.from({ length: count }, (_, k) => value(first + k));
}

/** What is read: the wave from step `start`, with the noise that lies on these steps. */
export function givenWindow(knobs, draws) {
  const { start, window, noise } = knobs;
  return wave(knobs, start, window).map((v, k) => v + noise * draws[start + k]);
}

/** The networks by kind, from packed arrays with names such as `GRU.W_h` and `GRU.readout.b_y`. */
export function networksOf(packed) {
  const networks = {};
  for (const [name, array] of Object.entries(unpack(packed))) {
    const [kind, ...rest] = name.split(".");
    networks[kind] ??= { kind, params: {}, readout: {} };
    const part = rest.length > 1 ? networks[kind].readout : networks[kind].params;
    part[rest.at(-1)] = array;
  }
  const { RNN, LSTM, GRU } = networks;
  RNN.closed = closeLoop(RNN, "W_xh", "W_hh", "b_h");
  LSTM.closed = closeLoop(LSTM, "W_x", "W_h", "b");
  GRU.named = namedParams(GRU.params, "rzh");
  return networks;
}

// With x_t = h_{t-1} W_hy + b_y, the product x_t W_x is one of the state: it adds W_hy W_x to W_h and
// b_y W_x to b. So a network that reads its own output is one that reads nothing, and one call runs
// all of its steps. (Not so a GRU: its candidate reads the input past the reset gate.)
function closeLoop({ params, readout: { W_hy, b_y } }, W_x, W_h, b) {
  const [row] = params[W_x];
  return {
    [W_x]: zeros(1, row.length),
    [W_h]: params[W_h].map((weights, i) => weights.map((w, j) => w + W_hy[i][0] * row[j])),
    [b]: params[b].map((v, j) => v + b_y[0] * row[j]),
  };
}

// The states of a network after a window and after each of the `more` predictions that it then reads.
const STATES = {
  RNN({ params, closed }, window, more) {
    const h0 = rnn(params, window).h.at(-1);
    return [h0, ...rnn(closed, zeros(more, 1), { h0 }).h];
  },
  LSTM({ params, closed }, window, more) {
    const { h, c } = lstm(params, window);
    const [h0, c0] = [h.at(-1), c.at(-1)];
    return [h0, ...lstm(closed, zeros(more, 1), { h0, c0 }).h];
  },
  GRU({ named, readout }, window, more) {
    const next = (h, x) => gruStep(named, x, h).h;
    const states = [window.reduce(next, zeros(named.b_h.length))];
    for (let t = 0; t < more; t++) states.push(next(states[t], dense(readout, states[t])));
    return states;
  },
};

/** The `steps` (2 or more) values that a network predicts alone after a window, its state carried on. */
export function freeRun(network, window, steps) {
  const column = window.map((v) => [v]);
  const states = STATES[network.kind](network, column, steps - 1);
  return dense(network.readout, states).map(([y]) => y);
}

/** 2 cos(ω) of a window (3 values or more) by least squares: x_{t+1} + x_{t-1} = 2 cos(ω) x_t. */
export function twiceCosine(window) {
  let [above, below] = [0, 0];
  for (let t = 1; t < window.length - 1; t++) {
    above += window[t] * (window[t + 1] + window[t - 1]);
    below += window[t] ** 2;
  }
  return Math.min(Math.max(above / below, -2), 2);
}

/** The `steps` values after a window by the two-term recurrence, on its own output. */
export function recur(window, steps) {
  const factor = twiceCosine(window);
  const values = window.slice(-2);
  while (values.length < steps + 2) values.push(factor * values.at(-1) - values.at(-2));
  return values.slice(2);
}

/** Root of the mean squared difference. */
export function rootMeanSquare(forecast, truth) {
  return Math.sqrt(forecast.reduce((sum, v, k) => sum + (v - truth[k]) ** 2, 0) / truth.length);
}

/** All that is shown of one setting of the knobs. */
export function results(knobs, draws, networks) {
  const { start, window } = knobs;
  const given = givenWindow(knobs, draws);
  const truth = wave(knobs, start + window, FREE);
  const forecasts = { recurrence: recur(given, FREE) };
  for (const network of Object.values(networks)) {
    forecasts[network.kind] = freeRun(network, given, FREE);
  }
  const error = (forecast) => rootMeanSquare(forecast, truth);
  return {
    given,
    forecasts,
    factor: twiceCosine(given),
    errors: Object.fromEntries(Object.entries(forecasts).map(([name, v]) => [name, error(v)])),
    last: error(truth.map(() => given.at(-1))),
    zero: error(truth.map(() => 0)),
  };
}

/** The height of the rows' axes: room for the wave and, up to a limit, for a recurrence that grows. */
function reach({ amplitude }, { recurrence }) {
  return Math.min(Math.max(1.25, 1.25 * amplitude, ...recurrence.map((v) => 1.1 * Math.abs(v))), 3);
}

/** One row: the true wave, what was read, and what one forecaster makes of it. */
function row(name, now, { frame, last, span, narrow, knobs }) {
  const most = reach(knobs, now.forecasts);
  const ends = { x: [0, span], y: [-most, most], yTicks: [-1, 0, 1] };
  const plot = axes({ ...frame, ...ends, ...(last ? { xName: "step t" } : { xTicks: [] }) });
  const { start, window } = knobs;
  const fine = wave({ ...knobs, period: 2 * knobs.period }, 0, 2 * span + 1).map((v, k) => [k / 2, v]);
  const read = now.given.map((v, k) => [start + k, v]);
  const seen = (v) => (Math.abs(v) > most ? NaN : v); // a curve that leaves the frame has a gap
  const free = now.forecasts[name].map((v, k) => [start + window + k, seen(v)]);
  const colour = COLOURS[name];
  const title = name === "recurrence" && !narrow ? "two-term recurrence" : name;
  const [left, right] = [frame.left, frame.left + frame.width];
  const up = frame.top - 8;
  const error = number(now.errors[name], 3);
  return [
    plot.node,
    text(left, up, title, { anchor: "start", colour, bold: true }),
    text(right, up, `RMSE ${error}${narrow ? "" : ` over ${FREE} steps`}`, { anchor: "end" }),
    plot.curve([read.at(-1), ...free], { colour, width: 4 }),
    plot.curve(fine, { colour: "soft", width: 1.1 }),
    plot.curve(read, { colour: "ink", width: 2 }),
  ];
}

/** The window over all rows, with its name, and at the very top the names of the lines. */
function band(X, { start, window }, top, bottom, { left, width }) {
  const [from, to] = [X(start), X(start + window - 1)];
  const names = [["soft", 1.1, "true wave", 205], ["blue", 4, "forecast", 92]];
  return [
    s("rect", { x: from, y: top, width: to - from, height: bottom - top, style: LIT }),
    line(from, top, from, bottom, { colour: "soft", width: 1 }),
    line(to, top, to, bottom, { colour: "soft", width: 1 }),
    text(from, top - 7, "◂ window ▸", { anchor: "start" }),
    ...names.flatMap(([colour, wide, words, back]) => {
      const x = left + width - back;
      const sample = line(x, 12, x + 22, 12, { colour, width: wide });
      return [sample, text(x + 28, 17, words, { anchor: "start" })];
    }),
  ];
}

/** What is to be seen, in words. */
export function tell(knobs, now) {
  const [shortest, longest] = TRAINED;
  const inside = knobs.period >= shortest && knobs.period <= longest;
  const height = knobs.amplitude === 1 ? "is" : `of ${number(knobs.amplitude)} is not`;
  const error = (name) => number(now.errors[name], 3);
  return (
    `A period of ${knobs.period} steps lies ${inside ? "inside" : "outside"} the training's ${shortest} ` +
    `to ${longest}; the amplitude ${height} the training's 1. ` +
    `RMSE over ${FREE} free steps: RNN ${error("RNN")}, LSTM ${error("LSTM")}, ` +
    `GRU ${error("GRU")}; two-term recurrence, with 2 cos ω = ${number(now.factor, 4)} from the window, ` +
    `${error("recurrence")}; repeating the last value ${number(now.last, 3)}; predicting zero ` +
    `${number(now.zero, 3)}.`
  );
}

/** The sliders of the figure. */
function addSliders(stage) {
  const sliders = [
    ["period", "period, steps", 1],
    ["start", "window's start", 1],
    ["window", "window's length", 1],
    ["amplitude", "amplitude", 0.05],
    ["noise", "noise in window", 0.01],
  ];
  for (const [name, label, step] of sliders) {
    const [min, max] = LIMITS[name];
    stage.slider(name, { label, min, max, step, format: step < 1 ? (v) => number(v) : String });
  }
}

export function render({ model, el }) {
  const stage = makeStage(model, el);
  addSliders(stage);
  const networks = networksOf(model.get("weights"));
  const span = LIMITS.start[1] + LIMITS.window[1] + FREE;
  let scale = null; // of the last drawing, for the finger
  stage.drag((x) => {
    const [least, most] = LIMITS.start;
    const start = Math.round(((x - scale.left) / scale.width) * span - model.get("window") / 2);
    stage.set({ start: Math.min(Math.max(start, least), most) });
  });

  return stage.show(({ width, narrow }) => {
    const knobs = Object.fromEntries(Object.keys(LIMITS).map((name) => [name, model.get(name)]));
    const now = results(knobs, model.get("draws"), networks);

    const frame = { left: 34, width: width - 48, height: narrow ? 56 : 62 };
    scale = frame;
    const top = narrow ? 44 : 24; // of the window's band
    const [first, pitch] = [top + 30, frame.height + 34];
    const rows = Object.keys(COLOURS);
    const bottom = first + (rows.length - 1) * pitch + frame.height;
    const X = (t) => frame.left + (t / span) * frame.width;
    return {
      height: bottom + 46,
      parts: [
        ...band(X, knobs, top, bottom, frame),
        ...rows.flatMap((name, k) => {
          const last = k === rows.length - 1;
          return row(name, now, { frame: { ...frame, top: first + k * pitch }, last, span, narrow, knobs });
        }),
      ],
      label: "Forecasts of three networks and of the two-term recurrence over the true wave",
      words: tell(knobs, now),
    };
  });
}
