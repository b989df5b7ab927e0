"""The cells in JavaScript against those in NumPy, number by number; weights on their way there."""

import base64
import doctest
import json
import re
from pathlib import Path

import node
import numpy as np
import pytest
from conftest import KINDS

from gru_lib import Dense
from gru_lib.activations import sigmoid, softmax
from gru_lib.explore import weights

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "gru_lib" / "explore" / "js"
CELLS, BACKWARD, MATRIX = (FOLDER / f"{name}.mjs" for name in ("cells", "backward", "matrix"))
SCRIPTS = [CELLS, BACKWARD]

SLOPES = {"tanh": lambda h: 1 - h * h, "sigmoid": lambda h: h * (1 - h), "identity": np.ones_like}
CASES = 40
TOLERANCE = 1e-12  # of the largest number of an array, or of 1
reached = {}  # by kind, the largest error seen

pytestmark = node.needs_node


def compare(kind, ours, truth):
    """Equal shapes and, within the tolerance, equal numbers, of every array of `truth` by name."""
    for name, array in truth.items():
        mine = np.asarray(ours[name])
        assert mine.shape == np.shape(array), (kind, name)
        error = np.abs(mine - array).max() / max(1, np.abs(array).max())
        reached[kind] = max(reached.get(kind, 0), error)
        assert error <= TOLERANCE, (kind, name, error)


@pytest.fixture(scope="module", autouse=True)
def report():
    yield
    print("largest errors:", {kind: f"{error:.1e}" for kind, error in reached.items()})


def unbatched(state):
    """The arrays of a state of one sequence, a list of vectors."""
    return [array[0] for array in (state if isinstance(state, tuple) else (state,))]


def drawn(kind, seed):
    """Random layers of a kind, with an input, and an initial state or None."""
    rng = np.random.default_rng(seed)
    for case in range(CASES):
        inputs, hidden = (int(n) for n in rng.integers(1, 7, 2))
        time = 1 if case == 0 else int(rng.integers(1, 13))
        layer = KINDS[kind](inputs, hidden, seed=case)
        if case % 3:  # larger weights than those at the start
            for w in layer.params.values():
                w[...] = rng.uniform(-2, 2, w.shape)
        state = [rng.normal(size=hidden) for _ in layer.states] if case % 2 else None
        yield layer, rng.normal(size=(time, inputs)), state, rng


def options(layer, state):
    """What the JavaScript function of a layer takes besides weights and input."""
    given = {name: getattr(layer, name) for name in layer.options}
    if state is not None:
        given |= {f"{name}0": array for name, array in zip(layer.states, state, strict=True)}
    return given


def forward(layer, x, state):
    batched = None if state is None else [array[None] for array in state]
    if batched is not None:
        batched = batched[0] if len(batched) == 1 else tuple(batched)
    return layer.forward(x[None], batched)


def traced(layer, x, state):
    """Everything that each step computes: `stored` arrays and the state, each `(time, hidden)`."""
    time = len(x)
    a = np.empty((layer.stored, time, layer.hidden_size))
    layer.project(np.hstack([x, np.ones((time, 1))]), a)
    tracks = np.zeros((len(layer.states), time + 1, layer.hidden_size))
    if state is not None:
        tracks[:, 0] = state
    for t in range(time):
        layer.step(*a[:, t], *tracks[:, t], *tracks[:, t + 1])
    np.testing.assert_allclose(forward(layer, x, state)[0][0], tracks[0, 1:], atol=1e-12)
    return [*a, *tracks[:, 1:]]


NAMES = {
    "RNN tanh": ("rnn", ["a", "h"]),
    "RNN sigmoid": ("rnn", ["a", "h"]),
    "LSTM": ("lstm", ["i", "f", "o", "g", "h", "c"]),
    "GRU before": ("gru", ["r", "z", "candidate", "h"]),
    "GRU after": ("gru", ["r", "z", "candidate", "m", "h"]),
}


@pytest.mark.parametrize("kind", NAMES)
def test_states_and_gates(kind):
    function, names = NAMES[kind]
    cases = list(drawn(kind, seed=1))
    calls = [(function, [layer.params, x, options(layer, state)]) for layer, x, state, _ in cases]
    for ours, (layer, x, state, _) in zip(node.run(SCRIPTS, calls), cases, strict=True):
        truth = dict(zip(names, traced(layer, x, state), strict=True))
        start = np.zeros((len(layer.states), layer.hidden_size)) if state is None else state
        truth |= {f"{name}0": array for name, array in zip(layer.states, start, strict=True)}
        compare(kind, ours, truth | {"x": x})


def test_the_defaults_are_those_of_the_library():
    cases = [next(drawn(kind, seed=2)) for kind in NAMES]
    cases = [cases[0], cases[2], cases[3]]
    calls = [
        (name, [layer.params, x])
        for name, (layer, x, *_) in zip(("rnn", "lstm", "gru"), cases, strict=True)
    ]
    for ours, (layer, x, *_) in zip(node.run(SCRIPTS, calls), cases, strict=True):
        compare("defaults", ours, {"h": layer.forward(x[None])[0][0]})


# --- the way back ------------------------------------------------------------------------------


def gradients(layer, dh, dlast=None, truncate=None):
    """What the library's way back gives after a `forward`, without the batch axis."""
    dx, dstart = layer.backward(
        None if dh is None else dh[None], None if dlast is None else dlast[None], truncate
    )
    return {"dx": dx[0], "dh0": dstart[0]}, {name: g.copy() for name, g in layer.grads.items()}


def compare_gradients(kind, ours, truth):
    rest, grads = truth
    compare(kind, ours, rest)
    assert ours["grads"].keys() == grads.keys()
    compare(kind, ours["grads"], grads)


def as_run(layer, x, state):
    """What the JavaScript function of a layer returns, from NumPy's numbers."""
    names = NAMES[next(kind for kind in NAMES if matches(layer, kind))][1]
    start = np.zeros((1, layer.hidden_size)) if state is None else state
    values = dict(zip(names, traced(layer, x, state), strict=True))
    return values | options(layer, start) | {"x": x}


def matches(layer, kind):
    name, *choice = kind.split()
    own = [getattr(layer, option) for option in layer.options]
    return type(layer).__name__ == name and own == choice


@pytest.mark.parametrize("kind", ["RNN tanh", "RNN sigmoid"])
def test_rnn_gradients_with_and_without_truncation(kind):
    calls, truths = [], []
    for case, (layer, x, state, rng) in enumerate(drawn(kind, seed=3)):
        run, time = as_run(layer, x, state), len(x)
        dh = None if case % 10 == 9 else rng.normal(size=(time, layer.hidden_size))
        dlast = rng.normal(size=layer.hidden_size) if case % 4 > 1 else None
        for truncate in (None, 0, 1, 3, time, time + 3):
            given = {"truncate": truncate, "dlast": dlast}
            calls.append(("rnnBackward", [layer.params, run, dh, given]))
            truths.append(gradients(layer, dh, dlast, truncate))
        if dh is not None and dlast is None:
            calls.append(("rnnBackward", [layer.params, run, dh]))
            truths.append(gradients(layer, dh))
    for ours, truth in zip(node.run(SCRIPTS, calls), truths, strict=True):
        compare_gradients(kind, ours, truth)


@pytest.mark.parametrize("kind", ["GRU before", "GRU after"])
def test_gru_gradients(kind):
    calls, truths = [], []
    for layer, x, state, rng in drawn(kind, seed=4):
        dh = rng.normal(size=(len(x), layer.hidden_size))
        calls.append(("gruBackward", [layer.params, as_run(layer, x, state), dh]))
        truths.append(gradients(layer, dh))
    for ours, truth in zip(node.run(SCRIPTS, calls), truths, strict=True):
        compare_gradients(kind, ours, truth)


def reach(params, h, activation, dh_t, t, limit):
    """One loss term's gradient with respect to h_0 … h_t and to the initial state, in NumPy."""
    dh, gradient = np.zeros((t + 1, len(dh_t))), dh_t
    for s in range(t, -1, -1):
        dh[s] = gradient
        if t - s == limit:
            return dh, np.zeros_like(dh_t)
        gradient = params["W_hh"] @ (gradient * SLOPES[activation](h[s]))
    return dh, gradient


@pytest.mark.parametrize("kind", ["RNN tanh", "RNN sigmoid"])
def test_how_far_each_loss_term_reaches(kind):
    """Each against NumPy; and their sum gives what the library's `backward` gives."""
    calls, cases = [], []
    for case, (layer, x, state, rng) in enumerate(drawn(kind, seed=5)):
        run, dh = as_run(layer, x, state), rng.normal(size=(len(x), layer.hidden_size))
        truncate = (None, 0, 1, 3, len(x))[case % 5]
        cases.append((layer, run, dh, truncate))
        calls += [("rnnReach", [layer.params, run, dh[t], t, truncate]) for t in range(len(x))]
    results = iter(node.run(SCRIPTS, calls))
    for layer, run, dh, truncate in cases:
        total, start = np.zeros_like(dh), np.zeros(layer.hidden_size)
        for t in range(len(dh)):
            ours = next(results)
            given = layer.params, run["h"], layer.activation, dh[t], t, truncate
            compare(kind, ours, dict(zip(("dh", "dh0"), reach(*given), strict=True)))
            total[: t + 1] += ours["dh"]
            start += ours["dh0"]
        forward(layer, run["x"], [run["h0"]])
        dx = (total * SLOPES[layer.activation](run["h"])) @ layer.params["W_xh"].T
        compare(kind, {"dx": dx, "dh0": start}, gradients(layer, dh, None, truncate)[0])
    assert next(results, None) is None


def test_the_linear_network():
    """The library lacks the identity, so its judge is a loop."""
    rng = np.random.default_rng(6)
    forward_calls, calls, truths = [], [], []
    for _ in range(CASES):
        inputs, hidden, time = (int(n) for n in rng.integers(1, 7, 3))
        shapes = {"W_xh": (inputs, hidden), "W_hh": (hidden, hidden), "b_h": (hidden,)}
        params = {name: rng.uniform(-1, 1, shape) for name, shape in shapes.items()}
        x, h0 = rng.normal(size=(time, inputs)), rng.normal(size=hidden)
        h = [h0]
        for t in range(time):
            h.append(x[t] @ params["W_xh"] + h[t] @ params["W_hh"] + params["b_h"])
        run = {"h": np.array(h[1:]), "a": np.array(h[1:]), "x": x, "h0": h0}
        run["activation"] = "identity"
        forward_calls.append(("rnn", [params, x, {"h0": h0, "activation": "identity"}]))
        dh = rng.normal(size=(time, hidden))
        calls.append(("rnnBackward", [params, run, dh, {"truncate": 2}]))
        terms = [reach(params, run["h"], "identity", dh[t], t, 2) for t in range(time)]
        da = sum(np.vstack([d, np.zeros((time - len(d), hidden))]) for d, _ in terms)
        grads = {"W_xh": x.T @ da, "W_hh": np.array(h[:-1]).T @ da, "b_h": da.sum(axis=0)}
        rest = {"dx": da @ params["W_xh"].T, "dh0": sum(d0 for _, d0 in terms)}
        truths.append((run, (rest, grads)))
    ours = node.run(SCRIPTS, forward_calls + calls)
    for mine, (run, _) in zip(ours[:CASES], truths, strict=True):
        compare("identity", mine, {name: run[name] for name in ("a", "h", "h0")})
    for mine, (_, truth) in zip(ours[CASES:], truths, strict=True):
        compare_gradients("identity", mine, truth)


def test_nothing_given_is_changed(tmp_path):
    """Weights, input, run and gradients are as before, after all there is."""
    module = tmp_path / "frozen.mjs"
    module.write_text(
        f"import {{ gru, lstm, rnn }} from {json.dumps(CELLS.as_uri())};\n"
        f"import {{ gruBackward, rnnBackward }} from {json.dumps(BACKWARD.as_uri())};\n"
        "const freeze = (v) => {\n"
        "  if (typeof v === 'object' && v) Object.values(Object.freeze(v)).forEach(freeze);\n"
        "  return v;\n"
        "};\n"
        "export function rnnAll(params, x, dh, dlast) {\n"
        "  const run = freeze(rnn(freeze(params), freeze(x)));\n"
        "  for (const truncate of [null, 1])\n"
        "    rnnBackward(params, run, freeze(dh), { truncate, dlast: freeze(dlast) });\n"
        "}\n"
        "export function gruAll(params, x, dh, reset) {\n"
        "  gruBackward(params, freeze(gru(freeze(params), freeze(x), { reset })), freeze(dh));\n"
        "}\n"
        "export const lstmAll = (params, x) => lstm(freeze(params), freeze(x)).h;\n"
    )
    calls = []
    for kind in NAMES:
        layer = KINDS[kind](2, 3, seed=0)
        dh = np.ones((4, 3))
        rest = {"RNN": [dh, dh[0]], "LSTM": [], "GRU": [dh, kind.split()[-1]]}[kind.split()[0]]
        calls.append((f"{NAMES[kind][0]}All", [layer.params, np.ones((4, 2)), *rest]))
    node.run(module, calls)


# --- the parts ---------------------------------------------------------------------------------


def test_one_step_with_the_gates_given():
    rng = np.random.default_rng(7)
    c, i, f, o, g = rng.uniform(-1, 1, (5, CASES))
    after = {"c": f * c + i * g}
    after["h"] = o * np.tanh(after["c"])
    numbers = [
        ("lstmState", [c[k], {"i": i[k], "f": f[k], "o": o[k], "g": g[k]}]) for k in range(CASES)
    ]
    arrays = ("lstmState", [c, {"i": i, "f": f, "o": o, "g": g}])
    mixed = ("lstmState", [c[0], {"i": i, "f": f[0], "o": o[0], "g": g}])
    *ours, together, some = node.run(SCRIPTS, [*numbers, arrays, mixed])
    for name in after:
        compare("lstmState", {name: [result[name] for result in ours]}, {name: after[name]})
    compare("lstmState", together, after)
    c_mixed = f[0] * c[0] + i * g
    compare("lstmState", some, {"c": c_mixed, "h": o[0] * np.tanh(c_mixed)})

    h, z, candidate = c, i, g
    truth = z * h + (1 - z) * candidate
    numbers = [("gruState", [h[k], {"z": z[k], "candidate": candidate[k]}]) for k in range(CASES)]
    arrays = ("gruState", [h, {"z": z, "candidate": candidate}])
    mixed = ("gruState", [h[0], {"z": z, "candidate": candidate[0]}])
    *ours, together, some = node.run(SCRIPTS, [*numbers, arrays, mixed])
    assert isinstance(ours[0], float)
    compare("gruState", {"h": ours}, {"h": truth})
    compare("gruState", {"h": together}, {"h": truth})
    compare("gruState", {"h": some}, {"h": z * h[0] + (1 - z) * candidate[0]})


def test_dense():
    rng = np.random.default_rng(8)
    calls, truths = [], []
    for case in range(CASES):
        inputs, outputs, time = (int(n) for n in rng.integers(1, 7, 3))
        layer = Dense(inputs, outputs, seed=case)
        for w in layer.params.values():
            w[...] = rng.uniform(-2, 2, w.shape)
        h = rng.normal(size=(time, inputs) if case % 2 else inputs)
        calls.append(("dense", [layer.params, h]))
        truths.append(layer.forward(h))
    for ours, truth in zip(node.run(SCRIPTS, calls), truths, strict=True):
        compare("Dense", {"y": ours}, {"y": truth})


def test_softmax_with_temperature():
    rng = np.random.default_rng(9)
    calls, truths = [], []
    for case in range(CASES):
        scores = rng.uniform(-9, 9, rng.integers(1, 28)) * (100 if case % 5 == 0 else 1)
        temperature = float(rng.choice([0.1, 0.5, 1.0, 2.0, 30.0]))
        calls.append(("softmax", [scores, temperature]))
        truths.append(softmax(scores / temperature))
    calls += [
        ("softmax", [[1, 2, 3]]),
        ("softmax", [[1e3, 0, -1e3]]),
        ("softmax", [[0, 1], 1e-310]),
    ]
    truths += [softmax(np.array([1.0, 2.0, 3.0])), np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0])]
    for ours, truth in zip(node.run(SCRIPTS, calls), truths, strict=True):
        compare("softmax", {"p": ours}, {"p": truth})


def test_sigmoid():
    a = np.concatenate([np.linspace(-800, 800, 41), np.linspace(-5, 5, 40), [np.inf, -np.inf]])
    ours = node.run(SCRIPTS, [("sigmoid", [number]) for number in a])
    compare("sigmoid", {"s": ours}, {"s": sigmoid(a)})


def test_extreme_weights():
    """Pre-activations of ±800 saturate; nothing becomes NaN. The way back takes the run itself."""
    x, dh = np.array([[1.0, 1.0], [-1.0, -1.0], [2.0, -2.0]]), np.ones((3, 3))
    calls, truths = [], []
    for kind, (function, names) in NAMES.items():
        for sign in (1, -1):
            layer = KINDS[kind](2, 3)
            w_x, *rest = (layer.params[name] for name in layer.weights)
            w_x[...] = sign * 400
            for w in rest:
                w[...] = np.where(np.arange(w.size) % 2, 1, -1).reshape(w.shape)
            calls.append((function, [layer.params, x, options(layer, None)]))
            truths.append((kind, dict(zip(names, traced(layer, x, None), strict=True))))
            if function != "lstm":
                run = node.result(len(calls) - 1)
                calls.append((f"{function}Backward", [layer.params, run, dh]))
                truths.append((kind, gradients(layer, dh)))
    for ours, (kind, truth) in zip(node.run(SCRIPTS, calls), truths, strict=True):
        check = compare if isinstance(truth, dict) else compare_gradients
        check(f"{kind}, extreme", ours, truth)


# --- refusals ----------------------------------------------------------------------------------


def params_of(kind, **changes):
    return KINDS[kind](2, 3, seed=0).params | changes


X = np.zeros((4, 2))
RUN = {"h": np.zeros((4, 3)), "x": X, "h0": np.zeros(3), "activation": "tanh"}
GRU_RUN = {"r": RUN["h"], "z": RUN["h"], "candidate": RUN["h"], "reset": "before"} | RUN
RNN, LSTM, GRU, AFTER = (params_of(k) for k in ("RNN tanh", "LSTM", "GRU before", "GRU after"))
COUNT = "expected a whole number"
REFUSED = [
    ("rnn", [RNN, np.zeros((4, 3))], "W_xh: expected shape (3, 3), got (2, 3)"),
    ("rnn", [RNN, np.zeros(4)], "x: expected shape (T, D), got (4,)"),
    ("rnn", [RNN, []], "x: expected shape (T, D), got (0,)"),
    ("rnn", [RNN, [[]]], "x: expected shape (T, D), got (1, 0)"),
    ("rnn", [RNN, [[1, 2], [3]]], "x: expected shape (T, D), got rows of unequal length"),
    ("rnn", [RNN, [[1, "2"]]], "x: expected shape (T, D), got string inside inside"),
    ("rnn", [RNN, None], "x: expected shape (T, D), got null"),
    ("rnn", [{}, X], "b_h: expected shape (H,), got undefined"),
    (
        "rnn",
        [RNN | {"W_hh": np.zeros((3, 2))}, X],
        "W_hh: expected shape (3, 3), got (3, 2)",
    ),
    ("rnn", [RNN, X, {"h0": [1, 2]}], "h0: expected shape (3,), got (2,)"),
    (
        "rnn",
        [RNN, X, {"activation": "relu"}],
        'activation: expected one of "tanh", "sigmoid", "identity", got relu',
    ),
    ("lstm", [LSTM | {"b": np.zeros(7)}, X], "b: expected shape (4 H,), got (7,)"),
    ("lstm", [LSTM, np.zeros((4, 1))], "W_x: expected shape (1, 12), got (2, 12)"),
    ("lstm", [LSTM, X, {"c0": [1]}], "c0: expected shape (3,), got (1,)"),
    ("lstm", [LSTM, X, {"h0": [1]}], "h0: expected shape (3,), got (1,)"),
    (
        "lstm",
        [LSTM | {"W_h": np.zeros((2, 12))}, X],
        "W_h: expected shape (3, 12), got (2, 12)",
    ),
    (
        "lstmState",
        [[1, 2], {"i": 1, "f": [1], "o": 1, "g": 1}],
        "f: expected shape (2,), got (1,)",
    ),
    (
        "lstmState",
        [1, {"i": 1, "f": 1, "o": 1}],
        "g: expected a number or an array of numbers, got undefined",
    ),
    (
        "gru",
        [GRU, X, {"reset": "between"}],
        'reset: expected one of "before", "after", got between',
    ),
    ("gru", [GRU, X, {"reset": "after"}], "b_hh: expected shape (3,), got undefined"),
    ("gru", [AFTER, X], 'b_hh: expected only with reset "after"'),
    ("gru", [GRU, X, {"h0": [1]}], "h0: expected shape (3,), got (1,)"),
    (
        "gruState",
        [[1, 2], {"z": 1, "candidate": [1]}],
        "candidate: expected shape (2,), got (1,)",
    ),
    (
        "dense",
        [{"W_hy": np.zeros((3, 2)), "b_y": [1]}, [1, 2, 3]],
        "W_hy: expected shape (H, 1), got (3, 2)",
    ),
    (
        "dense",
        [{"W_hy": np.zeros((3, 1)), "b_y": [1]}, [1, 2]],
        "h: expected shape (3,), got (2,)",
    ),
    (
        "dense",
        [{"W_hy": np.zeros((3, 1)), "b_y": [1]}, X],
        "h: expected shape (T, 3), got (4, 2)",
    ),
    ("softmax", [[]], "scores: expected shape (n,), got (0,)"),
    *(
        (
            "softmax",
            [[1, 2], value],
            f"temperature: expected a finite number above 0, got {got}",
        )
        for value, got in ((0, "0"), (-1, "-1"), (np.inf, "Infinity"), (np.nan, "NaN"))
    ),
    (
        "rnnBackward",
        [RNN, RUN, np.zeros((3, 3))],
        "dh: expected shape (4, 3), got (3, 3)",
    ),
    (
        "rnnBackward",
        [RNN, RUN, None, {"dlast": [1]}],
        "dlast: expected shape (3,), got (1,)",
    ),
    (
        "rnnBackward",
        [RNN, RUN, None, {"truncate": -1}],
        f"truncate: {COUNT} of at least 0, got -1",
    ),
    (
        "rnnBackward",
        [RNN, RUN, None, {"truncate": 1.5}],
        f"truncate: {COUNT} of at least 0, got 1.5",
    ),
    ("rnnReach", [RNN, RUN, [1, 2, 3], 4], f"t: {COUNT} from 0 to 3, got 4"),
    ("rnnReach", [RNN, RUN, [1, 2], 3], "dh_t: expected shape (3,), got (2,)"),
    (
        "gruBackward",
        [GRU, GRU_RUN, np.zeros((4, 2))],
        "dh: expected shape (4, 3), got (4, 2)",
    ),
    ("gruBackward", [AFTER, GRU_RUN, RUN["h"]], 'b_hh: expected only with reset "after"'),
]


def test_what_does_not_fit_is_refused_by_name():
    calls = [(name, arguments) for name, arguments, _ in REFUSED]
    thrown = node.run(SCRIPTS, calls, catch=True)
    assert thrown == [node.Thrown(message) for *_, message in REFUSED]


# --- weights on their way ------------------------------------------------------------------------


def bits(array):
    return np.asarray(array, np.float64).tobytes()


def test_packed_weights_arrive_to_the_last_bit():
    rng = np.random.default_rng(10)
    arrays = {
        "odd length": rng.normal(size=3).astype(np.float32),
        "matrix": rng.normal(size=(4, 5)).astype(np.float32),
        "cube": rng.normal(size=(2, 3, 4)),
        "double": rng.normal(size=(5, 2)) * 10.0 ** rng.integers(-300, 300, (5, 2)),
        "odd ones": np.array([0.0, -0.0, np.inf, -np.inf, 5e-324, 1.7976931348623157e308]),
        "number": np.array(0.1),
        "none": np.zeros((2, 0)),
        "fortran": np.asfortranarray(rng.normal(size=(3, 2)).astype(np.float32)),
        "columns": rng.normal(size=(4, 6))[:, ::2],
        "big-endian": rng.normal(size=3).astype(">f4"),
        "half": rng.normal(size=3).astype(np.float16),
        "whole": np.arange(-3, 3),
        "list": [[1.5, 2.5]],
    }
    packed = json.loads(json.dumps(weights.pack(arrays)))  # as it stands in a page
    singles = {"odd length", "matrix", "fortran", "big-endian"}
    assert {name for name, entry in packed.items() if entry["dtype"] == "float32"} == singles
    assert {entry["dtype"] for entry in packed.values()} == {"float32", "float64"}
    assert len(base64.b64decode(packed["matrix"]["data"])) == 4 * 20
    plain = [[1, 2], [3, 4]]
    calls = [("unpack", [packed | {"plain": plain}]), ("unpack", [weights.pack({"a": [np.nan]})])]
    ours, odd = node.run(SCRIPTS, calls)
    assert np.isnan(odd["a"][0])
    assert ours.pop("plain") == plain
    assert ours.keys() == arrays.keys()
    for name, array in arrays.items():
        assert np.shape(ours[name]) == np.shape(array), name
        assert bits(ours[name]) == bits(array), name


def test_packed_weights_serve_a_cell():
    layer = KINDS["LSTM"](2, 3, seed=0)
    calls = [("unpack", [weights.pack(layer.params)]), ("lstm", [node.result(0), X + 1])]
    compare("LSTM", node.run(SCRIPTS, calls)[1], {"h": layer.forward(X[None] + 1)[0][0]})


def test_a_damaged_pack_is_refused():
    good = weights.pack({"b": np.zeros(3)})["b"]
    calls = [
        ("unpack", [{"b": good | {"shape": [4]}}]),
        ("unpack", [{"b": good | {"dtype": "float32"}}]),
        ("unpack", [{"b": good | {"dtype": "int8"}}]),
    ]
    assert node.run(SCRIPTS, calls, catch=True) == [
        node.Thrown("b: expected 32 bytes of data, got 24"),
        node.Thrown("b: expected 12 bytes of data, got 24"),
        node.Thrown("b: expected dtype float32 or float64, got int8"),
    ]


@pytest.mark.parametrize("bad", [np.array([1j]), "word", None, ["word", None]], ids=repr)
def test_only_real_numbers_are_packed(bad):
    with pytest.raises(TypeError, match=r"^b_h: expected an array of real numbers, got dtype "):
        weights.pack({"b_h": bad})


def test_the_example_of_pack_runs():
    assert doctest.testmod(weights) == (0, 1)


# --- the scripts, and the helper that calls them -------------------------------------------------


def test_cited_equations_are_those_of_the_library():
    library = "".join(p.read_text("utf-8") for p in (ROOT / "gru_lib").glob("*.py"))
    for path in (CELLS, BACKWARD):
        cited = set(re.findall(r"\beq-[a-z0-9-]+", path.read_text("utf-8")))
        assert cited
        assert cited <= set(re.findall(r"\beq-[a-z0-9-]+", library))


def test_no_two_scripts_use_one_name():
    """A figure's scripts are joined into one, where a name can stand once."""
    defined = re.compile(r"^(?:export )?(?:const|let|function|class) (\w+)", re.M)
    names = [n for p in (CELLS, BACKWARD, MATRIX) for n in defined.findall(p.read_text("utf-8"))]
    assert len(names) > 20
    assert len(names) == len(set(names))


def test_numbers_that_json_lacks_survive(tmp_path):
    module = tmp_path / "echo.mjs"
    module.write_text("export const echo = (v) => v;\nexport const gone = () => undefined;\n")
    values = [np.nan, np.inf, -np.inf, -0.0, 0.1, 1e300, 3]
    ours, gone, again = node.run(
        module, [("echo", [{"v": values}]), ("gone", []), ("echo", [node.result(0)])]
    )
    assert np.array(ours["v"]).tobytes() == np.array(values).tobytes()
    assert np.array(again["v"]).tobytes() == np.array(values).tobytes()
    assert gone is None


def test_what_goes_wrong_in_node_is_told(tmp_path):
    with pytest.raises(RuntimeError, match="x: expected shape"):
        node.run(SCRIPTS, [("rnn", [RNN, []])])
    with pytest.raises(RuntimeError, match="no such function"):
        node.run(SCRIPTS, [("transformer", [])])
    with pytest.raises(RuntimeError, match=r"absent\.mjs"):
        node.run(tmp_path / "absent.mjs", [])
