"""Every equation of the book against its line of code, and every line broken to see it noticed.

A proof compares the package with the equations written once more in plain NumPy, or with a small
example whose answer is known. Which test proves which equation stands in `equations.py`.
"""

import importlib
from functools import cache, partial
from operator import attrgetter
from types import SimpleNamespace

import equations
import numpy as np
import pytest
from conftest import assert_close, parts
from test_book import defined_labels

from gru_lib import GRU, LSTM, RNN, ConcatGRU, Dense
from gru_lib.activations import sigmoid_derivative, softmax, tanh_derivative
from gru_lib.dropout import Dropout
from gru_lib.gradcheck import central_difference, complex_step, relative_error
from gru_lib.losses import mean_squared_error, softmax_cross_entropy
from gru_lib.optim import Adam, clip_by_global_norm, clip_by_value, global_norm

# --- the equations, once more ----------------------------------------------------------------


def sigma(a):
    return 1 / (1 + np.exp(-a))


def rnn_tanh(p, x, h):
    return (np.tanh(x @ p["W_xh"] + h @ p["W_hh"] + p["b_h"]),)


def rnn_sigmoid(p, x, h):
    return (sigma(x @ p["W_xh"] + h @ p["W_hh"] + p["b_h"]),)


def lstm(p, x, h, c):
    i = sigma(x @ p["W_xi"] + h @ p["W_hi"] + p["b_i"])
    f = sigma(x @ p["W_xf"] + h @ p["W_hf"] + p["b_f"])
    o = sigma(x @ p["W_xo"] + h @ p["W_ho"] + p["b_o"])
    g = np.tanh(x @ p["W_xg"] + h @ p["W_hg"] + p["b_g"])
    c = f * c + i * g
    return o * np.tanh(c), c


def gru_before(p, x, h):
    r = sigma(x @ p["W_xr"] + h @ p["W_hr"] + p["b_r"])
    z = sigma(x @ p["W_xz"] + h @ p["W_hz"] + p["b_z"])
    candidate = np.tanh(x @ p["W_xh"] + (r * h) @ p["W_hh"] + p["b_h"])
    return (z * h + (1 - z) * candidate,)


def gru_after(p, x, h):
    r = sigma(x @ p["W_xr"] + h @ p["W_hr"] + p["b_r"])
    z = sigma(x @ p["W_xz"] + h @ p["W_hz"] + p["b_z"])
    m = h @ p["W_hh"] + p["b_hh"]
    candidate = np.tanh(x @ p["W_xh"] + p["b_h"] + r * m)
    return (z * h + (1 - z) * candidate,)


def concat_gru(p, x, h):
    r = sigma(np.hstack([h, x]) @ p["W_r"] + p["b_r"])
    z = sigma(np.hstack([h, x]) @ p["W_z"] + p["b_z"])
    candidate = np.tanh(np.hstack([r * h, x]) @ p["W_h"] + p["b_h"])
    return (z * h + (1 - z) * candidate,)


# --- layers beside them ----------------------------------------------------------------------

BATCH, TIME, INPUT, HIDDEN = 2, 3, 2, 3
LAYERS = {
    rnn_tanh: partial(RNN, activation="tanh"),
    rnn_sigmoid: partial(RNN, activation="sigmoid"),
    lstm: LSTM,
    gru_before: partial(GRU, reset="before"),
    gru_after: partial(GRU, reset="after"),
    concat_gru: ConcatGRU,
}


def book_names(layer, kind):
    """The parameters or gradients of a layer, by the names that its equations use."""
    return getattr(layer, kind if isinstance(layer, ConcatGRU) else f"named_{kind}")


@cache
def truth(step):
    """Random arrays, and what they give by the equations; no layer runs.

    The loss is the sum of every output and every number of the final state, each with its own
    random weight; its gradients are found by the complex step.
    """
    layer, rng = LAYERS[step](INPUT, HIDDEN), np.random.default_rng(0)
    w = {name: array.shape for name, array in book_names(layer, "params").items()}
    given = {"x": (BATCH, TIME, INPUT)} | {f"{s}0": (BATCH, HIDDEN) for s in layer.states}
    w, given = (
        {name: rng.normal(size=shape).astype(complex) for name, shape in shapes.items()}
        for shapes in (w, given)
    )
    dh = rng.normal(size=(BATCH, TIME, HIDDEN))
    dstate = [rng.normal(size=(BATCH, HIDDEN)) for _ in layer.states]

    def run():
        x, *state = given.values()
        outputs = []
        for t in range(TIME):
            state = step(w, x[:, t], *state)
            outputs.append(state[0])
        return np.stack(outputs, axis=1), state

    def loss():
        h, state = run()
        return np.sum(h * dh) + sum(np.sum(s * d) for s, d in zip(state, dstate, strict=True))

    gradients = {name: complex_step(loss, array) for name, array in (w | given).items()}
    h, state = run()
    finals = {f"final {s}": array.real for s, array in zip(layer.states, state, strict=True)}
    return SimpleNamespace(
        params={name: array.real for name, array in w.items()},
        given=[array.real for array in given.values()],
        weights=(dh, layer._as_state(dstate)),
        outputs={"h": h.real} | finals,
        gradients=gradients,
    )


def run_layer(step):
    """A layer with the parameters of `truth`, after its forward pass; its outputs by name."""
    layer, true = LAYERS[step](INPUT, HIDDEN), truth(step)
    for name, w in book_names(layer, "params").items():
        w[...] = true.params[name]
    x, *state = true.given
    h, final = layer.forward(x, layer._as_state(state))
    finals = zip(layer.states, parts(final), strict=True)
    return layer, {"h": h} | {f"final {s}": array for s, array in finals}


def assert_outputs(step):
    _, outputs = run_layer(step)
    assert_close(outputs, truth(step).outputs)


def assert_gradients(step):
    layer, _ = run_layer(step)
    dx, dstart = layer.backward(*truth(step).weights)
    starts = {f"{s}0": d for s, d in zip(layer.states, parts(dstart), strict=True)}
    gradients = dict(book_names(layer, "grads")) | {"x": dx} | starts
    assert_close(gradients, truth(step).gradients)


# --- the proofs ------------------------------------------------------------------------------


def test_rnn_outputs():
    assert_outputs(rnn_tanh)
    assert_outputs(rnn_sigmoid)


def test_rnn_gradients():
    assert_gradients(rnn_tanh)
    assert_gradients(rnn_sigmoid)


def test_lstm_outputs():
    assert_outputs(lstm)


def test_lstm_gradients():
    assert_gradients(lstm)


def test_gru_before_outputs():
    assert_outputs(gru_before)


def test_gru_before_gradients():
    assert_gradients(gru_before)


def test_gru_after_outputs():
    assert_outputs(gru_after)


def test_gru_after_gradients():
    assert_gradients(gru_after)


def test_concat_gru_outputs():
    assert_outputs(concat_gru)


def test_concat_gru_gradients():
    assert_gradients(concat_gru)


def test_readout():
    rng = np.random.default_rng(0)
    h, w, b = (rng.normal(size=shape).astype(complex) for shape in ((4, 3), (3, 2), (2,)))
    dy, layer = rng.normal(size=(4, 2)), Dense(3, 2)
    layer.params["W_hy"][...], layer.params["b_y"][...] = w.real, b.real
    found = {"y": layer.forward(h.real), "h": layer.backward(dy)} | layer.grads
    true = {"y": (h @ w + b).real}
    for name, array in {"h": h, "W_hy": w, "b_y": b}.items():
        true[name] = complex_step(lambda: np.sum((h @ w + b) * dy), array)
    assert_close(found, true)


def test_squared_error():
    prediction, target = np.array([[3 + 0j, -1], [2, 0.5]]), np.array([[1, 1], [2, 0]])
    loss, gradient = mean_squared_error(prediction.real, target.astype(float))
    assert loss == pytest.approx((4 + 4 + 0 + 0.25) / 4, rel=1e-12)
    true = complex_step(lambda: np.mean((prediction - target) ** 2), prediction)
    np.testing.assert_allclose(gradient, true, rtol=1e-12)


def test_slope_of_tanh():
    a = np.linspace(-2, 2, 9).astype(complex)
    true = complex_step(lambda: np.sum(np.tanh(a)), a)
    np.testing.assert_allclose(tanh_derivative(np.tanh(a.real)), true, rtol=1e-12)


def test_slope_of_the_sigmoid():
    a = np.linspace(-2, 2, 9).astype(complex)
    true = complex_step(lambda: np.sum(sigma(a)), a)
    np.testing.assert_allclose(sigmoid_derivative(sigma(a.real)), true, rtol=1e-12)


def test_clipping_by_value():
    grads = {"a": np.array([0.5, -3.0, 2.0]), "b": np.array([[-0.5]])}
    clip_by_value(grads, 1.0)
    np.testing.assert_allclose(grads["a"], [0.5, -1, 1], rtol=1e-12)
    np.testing.assert_allclose(grads["b"], [[-0.5]], rtol=1e-12)


def test_clipping_by_norm():
    grads = {"a": np.array([3.0, 4.0]), "b": np.array([[-12.0]])}  # 3² + 4² + 12² = 13²
    assert global_norm(grads) == pytest.approx(13, rel=1e-12)
    clip_by_global_norm(grads, 6.5)
    np.testing.assert_allclose(grads["a"], [1.5, 2], rtol=1e-12)
    np.testing.assert_allclose(grads["b"], [[-6]], rtol=1e-12)


def test_masked_state():
    rng = np.random.default_rng(0)
    layer, x, start = RNN(2, 3, seed=0), rng.normal(size=(3, 4, 2)), rng.normal(size=(3, 3))
    _, final = layer.forward(x, start, lengths=np.array([4, 2, 0]))
    h = start
    for t in range(4):
        m = t < np.array([[4], [2], [0]])
        h = m * rnn_tanh(layer.named_params, x[:, t], h)[0] + (1 - m) * h
    np.testing.assert_allclose(final, h, rtol=1e-12)


def test_mean_over_real_steps():
    rng = np.random.default_rng(0)
    y, target, labels = rng.normal(size=(2, 3, 2)), rng.normal(size=(2, 3, 2)), np.eye(3, dtype=int)
    loss, _ = mean_squared_error(y, target, lengths=np.array([3, 1]))
    real = [(0, 0), (0, 1), (0, 2), (1, 0)]
    true = np.mean([(y[i] - target[i]) ** 2 for i in real])
    assert loss == pytest.approx(true, rel=1e-12)
    loss, _ = softmax_cross_entropy(y, labels[:2] % 2, lengths=np.array([3, 1]))
    p = np.exp(y) / np.exp(y).sum(axis=-1, keepdims=True)
    assert loss == pytest.approx(-np.mean([np.log(p[i][labels[i]]) for i in real]), rel=1e-12)


def test_dropout():
    h, dropout = np.arange(1.0, 41), Dropout(0.2, seed=0)
    kept = np.random.default_rng(0).random(40) >= 0.2
    assert 0 < kept.sum() < 40
    np.testing.assert_allclose(dropout.forward(h), np.where(kept, h / 0.8, 0), rtol=1e-12)
    np.testing.assert_allclose(dropout.backward(h), np.where(kept, h / 0.8, 0), rtol=1e-12)


def test_weight_decay():
    params = {"w": np.array([2.0, -4.0])}
    Adam(0.1, weight_decay=0.5).update(params, {"w": np.zeros(2)})  # Adam itself does not move
    np.testing.assert_allclose(params["w"], [1.9, -3.8], rtol=1e-12)


def test_softmax():
    p = softmax(np.log(np.array([[1.0, 3.0], [2.0, 6.0], [1.0, 1.0]])))
    np.testing.assert_allclose(p, [[0.25, 0.75], [0.25, 0.75], [0.5, 0.5]], rtol=1e-12)


def test_cross_entropy():
    logits, labels = np.log(np.array([[1, 3], [1, 1]], complex)), np.array([1, 0])

    def true():
        p = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
        return -(np.log(p[0, 1]) + np.log(p[1, 0])) / 2

    loss, gradient = softmax_cross_entropy(logits.real, labels)
    assert loss == pytest.approx(true().real, rel=1e-12)
    np.testing.assert_allclose(gradient, complex_step(true, logits), rtol=1e-12)


def test_central_difference():
    w = np.array([2.0, -1.0])  # (2.1³ - 1.9³) / 0.2 = 12.01
    slopes = central_difference(lambda: np.sum(w**3), w, step=0.1)
    np.testing.assert_allclose(slopes, [12.01, 3.01], rtol=1e-12)


def test_complex_step():
    w = np.array([2.0, -1.0], complex)
    np.testing.assert_allclose(complex_step(lambda: np.sum(w**3), w), [12, 3], rtol=1e-12)


def test_relative_error():
    error = relative_error(np.array([1.0, -3.5]), np.array([1.5, -4.0]))
    assert error == pytest.approx(0.5 / 4, rel=1e-12)


# --- the proofs, proved ----------------------------------------------------------------------


def proves(test):
    """Whether a proof passes. Only a failed comparison counts against it: a crash is an error."""
    try:
        globals()[test]()
    except AssertionError:
        return False
    return True


def break_line(monkeypatch, line, wrong):
    """Put the code of a function with one wrong line in the place of its own."""
    module = importlib.import_module(f"gru_lib.{line.module}")
    with open(module.__file__, encoding="utf-8") as file:
        source = file.read().splitlines()
    source[line.number - 1] = source[line.number - 1].replace(line.code, wrong, 1)
    names = {"__name__": module.__name__, "__package__": "gru_lib"}
    exec(compile("\n".join(source), module.__file__, "exec"), names)
    broken = attrgetter(line.function)(SimpleNamespace(**names))
    monkeypatch.setattr(attrgetter(line.function)(module), "__code__", broken.__code__)


@pytest.mark.parametrize("label", equations.proofs())
def test_every_wrong_line_is_noticed(label, monkeypatch):
    tests = equations.proofs()[label]
    lines = [line for line in equations.lines() if label in line.labels]
    assert lines, "no line of code names this equation"
    assert all(map(proves, tests))
    noticed = set()
    for line in lines:
        wrong_lines = list(equations.breaks(line.code))
        assert wrong_lines
        for wrong in wrong_lines:
            with monkeypatch.context() as patch:
                break_line(patch, line, wrong)
                failed = {test for test in tests if not proves(test)}
            assert failed, f"{line.module}.{line.function}: nothing notices {wrong}"
            noticed |= failed
    assert noticed == set(tests), "a test that is named has nothing to do with this equation"


def test_every_equation_in_the_code_has_its_proof():
    cited = {label for line in equations.lines() for label in line.labels}
    assert cited == set(equations.proofs())


def test_the_page_has_every_equation_of_the_book_that_has_a_label():
    shown = [label for _, defined in equations.equations() for label, _ in defined]
    assert shown == defined_labels()


def test_lines_are_broken_in_every_way():
    assert list(equations.breaks("np.add(f * c, -g.sum(axis=0), out=m[1])")) == [
        "np.add(f * c, -g.sum(axis=0), out=m[1]); m[1] *= 1.01",
        "np.add(((f * c) * 1.01), -g.sum(axis=0), out=m[1])",
        "np.add((f * 1.01) * c, -g.sum(axis=0), out=m[1])",
        "np.add(f * (c * 1.01), -g.sum(axis=0), out=m[1])",
        "np.add(f * c, ((-g.sum(axis=0)) * 1.01), out=m[1])",
        "np.add(f * c, +g.sum(axis=0), out=m[1])",
        "np.add(f * c, -(g.sum(axis=0) * 1.01), out=m[1])",
        "np.add(f * c, -(g * 1.01).sum(axis=0), out=m[1])",
    ]
    assert list(equations.breaks("a += 1 - W['-']")) == [
        "a -= 1 - W['-']",
        "a += 1 - W['-']; a *= 1.01",
        "a += ((1 - W['-']) * 1.01)",
        "a += 1 + W['-']",
        "a += (1 * 1.01) - W['-']",
        "a += 1 - (W['-'] * 1.01)",
    ]


def test_the_page_is_what_the_script_writes():
    assert equations.PAGE.read_text(encoding="utf-8") == equations.page(), "make refresh"
