"""Wrong arguments, through the public surface: one error names the culprit, wanted and given."""

import re
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from gru_lib import GRU, LSTM, RNN, Bidirectional, ConcatGRU, Dense, Model
from gru_lib.data import chronological_split, sine, windows
from gru_lib.forecast import free_run
from gru_lib.losses import mean_squared_error, softmax_cross_entropy
from gru_lib.optim import SGD, Adam, clip_by_global_norm, clip_by_value
from gru_lib.training import fit
from gru_lib.validate import (
    require_array,
    require_choice,
    require_count,
    require_number,
    require_positive,
)

X, STATE, DH = np.ones((2, 4, 3)), np.ones((2, 5)), np.ones((2, 4, 5))
INTS, NARROW = np.ones((2, 4, 3), int), np.ones((2, 4, 3), np.float32)


def spoilt(array, value, index):
    array = array.copy()
    array[index] = value
    return array


def forward(x=X, **options):
    return RNN(3, 5, seed=0).forward(x, **options)


def backward(**options):
    layer = RNN(3, 5, seed=0)
    layer.forward(X)
    return layer.backward(**options)


def both_ways():
    return Bidirectional(GRU(3, 5, seed=0), GRU(3, 5, seed=1))


def model(**options):
    return Model(RNN(3, 5, seed=0), Dense(5, 1, seed=0), **options)


def model_backward(dy, output="last"):
    m = model(output=output)
    m.forward(X)
    return m.backward(dy)


def train(x=X, y=None, output="last", **options):
    y = np.zeros((2, 1)) if y is None else y
    return fit(model(output=output), x, y, SGD(0.1), **({"epochs": 1} | options))


def run_freely(prediction):
    return free_run(lambda window: prediction, np.ones((3, 1)), 2)


def check(call, error, message):
    with pytest.raises(error, match=message) as caught:
        call()
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


LAYERS = [
    (lambda: RNN(0, 5), ValueError, r"^input_size: expected at least 1, got 0$"),
    (lambda: RNN(3, -1), ValueError, r"^hidden_size: expected at least 1, got -1$"),
    (lambda: RNN(3.0, 5), TypeError, r"^input_size: expected a whole number, got 3.0$"),
    (lambda: RNN(3, True), TypeError, r"^hidden_size: expected a whole number, got True$"),
    (lambda: RNN(3, np.True_), TypeError, r"^hidden_size: expected a whole number, got"),
    (lambda: RNN(3, "5"), TypeError, r"^hidden_size: expected a whole number, got '5'$"),
    (lambda: RNN(3, 5, activation="relu"), ValueError, "^activation: .*'tanh', 'sigmoid'.*'relu'"),
    (lambda: RNN(3, 5, activation=None), ValueError, "^activation: expected one of .*None"),
    (lambda: RNN(3, 5, init="he"), ValueError, "^init: expected one of 'uniform', .*got 'he'"),
    (lambda: RNN(3, 5, dtype=int), TypeError, "^dtype: expected float32, .*got int64"),
    (lambda: RNN(3, 5, dtype=np.float16), TypeError, "^dtype: expected float32, .*got float16"),
    (lambda: LSTM(3, 0), ValueError, r"^hidden_size: expected at least 1, got 0$"),
    (lambda: LSTM(3, 5, forget_bias=None), ValueError, "^forget_bias: .*finite number, got None$"),
    (lambda: LSTM(3, 5, forget_bias="1"), ValueError, "^forget_bias: .*finite number, got '1'$"),
    (lambda: LSTM(3, 5, forget_bias=np.nan), ValueError, "^forget_bias: .* got nan$"),
    (lambda: LSTM(3, 5, forget_bias=True), ValueError, "^forget_bias: .* got True$"),
    (lambda: LSTM(3, 5, init="he"), ValueError, "^init: expected one of .*'he'"),
    (lambda: GRU(0, 5), ValueError, r"^input_size: expected at least 1, got 0$"),
    (lambda: GRU(3, 5, reset="never"), ValueError, "^reset: .*'before', 'after', got 'never'$"),
    (lambda: GRU(3, 5, reset=True), ValueError, "^reset: expected one of .* got True$"),
    (lambda: GRU(3, 5, dtype=int), TypeError, "^dtype: expected float32, .*got int64"),
    (lambda: ConcatGRU(3, 5.0), TypeError, "^hidden_size: expected a whole number, got 5.0$"),
    (lambda: ConcatGRU.from_gru(RNN(3, 5)), TypeError, "^layer: expected a GRU, got RNN$"),
    (lambda: Bidirectional(RNN(3, 5), RNN(2, 5)), ValueError, "^backwards: expected 3 .* got 2$"),
    (lambda: Dense(0, 1), ValueError, r"^input_size: expected at least 1, got 0$"),
    (lambda: Dense(1, 0), ValueError, r"^output_size: expected at least 1, got 0$"),
    (lambda: Dense(1, 1, init="he"), ValueError, "^init: expected one of .*'he'"),
    (lambda: Dense(1, 1, dtype=int), TypeError, "^dtype: expected float32, .*int64"),
    (lambda: model(output="first"), ValueError, "^output: expected one of 'last', 'all', got"),
]
FORWARD = [
    (lambda: forward(X[0]), ValueError, r"^x: expected shape \(batch, time, 3\), got \(4, 3\)$"),
    (lambda: forward(X[..., :2]), ValueError, r"^x: expected .*time, 3\), got \(2, 4, 2\)$"),
    (lambda: forward(X[:0]), ValueError, r"^x: expected at least one .*got shape \(0, 4, 3\)$"),
    (lambda: forward(X[:, :0]), ValueError, r"^x: expected at least .*got shape \(2, 0, 3\)$"),
    (lambda: forward(INTS), TypeError, r"^x: expected dtype float64, got int64; np.asarray\(x, d"),
    (lambda: forward(NARROW), TypeError, r"^x: expected dtype float64, got float32; .*np.float64"),
    (lambda: forward(None), TypeError, "^x: expected dtype float64, got object"),
    (lambda: forward("text"), TypeError, "^x: expected dtype float64, got <U4"),
    (lambda: forward([[[1.0], [2.0, 3.0]]]), ValueError, "^x: expected a rectangular array, got"),
    (
        lambda: forward(spoilt(X, np.nan, (1, 2, 0))),
        ValueError,
        r"^x: expected finite numbers, got nan at index \(1, 2, 0\)$",
    ),
    (lambda: forward(spoilt(X, -np.inf, (0, 3, 1))), ValueError, r"^x: .* -inf at .*\(0, 3, 1\)$"),
    (lambda: forward(state=STATE[:1]), ValueError, r"^state h: expected .*\(2, 5\), got \(1, 5\)"),
    (lambda: forward(state=STATE[:, :4]), ValueError, r"^state h: expected shape .* got \(2, 4\)"),
    (lambda: forward(state=STATE.astype(int)), TypeError, "^state h: expected dtype float64, got"),
    (lambda: forward(state=STATE * np.nan), ValueError, "^state h: expected finite .*got nan"),
    (lambda: forward(lengths=[4, 5]), ValueError, r"^lengths: .*from 0 to 4, got \[4, 5\]$"),
    (lambda: forward(lengths=[-1, 4]), ValueError, r"^lengths: .*from 0 to 4, got \[-1, 4\]$"),
    (lambda: forward(lengths=[4]), ValueError, r"^lengths: expected 2 whole numbers, got .*\(1,\)"),
    (lambda: forward(lengths=4), ValueError, r"^lengths: expected 2 whole numbers, got int64 \(\)"),
    (lambda: forward(lengths=[4.0, 2.0]), ValueError, "^lengths: expected 2 whole .*got float64"),
    (lambda: forward(lengths=[True, False]), ValueError, "^lengths: expected 2 whole .*got bool"),
    (lambda: both_ways().forward(X, (STATE,)), ValueError, "^state: .*pair of states, got 1$"),
    (lambda: both_ways().forward(INTS), TypeError, "^x: expected dtype float64, got int64"),
    (lambda: LSTM(3, 5).forward(X, (STATE, STATE[:1])), ValueError, r"^state c: .* got \(1, 5\)"),
    (lambda: GRU(3, 5).forward(X, STATE[0]), ValueError, r"^state h: .*\(2, 5\), got \(5,\)$"),
    (lambda: ConcatGRU(3, 5).forward(X[..., :2]), ValueError, r"^x: expected .*got \(2, 4, 2\)"),
    (lambda: Dense(3, 1).forward(X[..., :2]), ValueError, r"^h: expected .*, 3\), got \(2, 4, 2\)"),
    (lambda: Dense(3, 1).forward(INTS), TypeError, "^h: expected dtype float64, got int64"),
    (lambda: model().forward(X, (STATE,) * 2), ValueError, "^state: expected 1 states, got 2$"),
    (lambda: model().forward(X, (STATE[:1],)), ValueError, "^state h: expected shape"),
    (lambda: model().forward(NARROW), TypeError, "^x: expected dtype float64, got float32"),
    (lambda: model().forward(X, lengths=[9, 9]), ValueError, r"^lengths: .*0 to 4, got \[9, 9\]"),
]
FIRST = "^backward: call forward first$"
BACKWARD = [
    (lambda: RNN(3, 5).backward(DH), RuntimeError, FIRST),
    (lambda: Dense(3, 1).backward(np.ones((2, 1))), RuntimeError, FIRST),
    (lambda: model().backward(np.ones((2, 1))), RuntimeError, FIRST),
    (lambda: both_ways().backward(None), RuntimeError, FIRST),
    (lambda: backward(dh=DH[:, :3]), ValueError, r"^dh: expected .*\(2, 4, 5\), got \(2, 3, 5\)$"),
    (lambda: backward(dh=DH[0]), ValueError, r"^dh: expected shape \(2, 4, 5\), got \(4, 5\)$"),
    (lambda: backward(dh=DH.astype(int)), TypeError, "^dh: expected dtype float64, got int64"),
    (lambda: backward(dstate=DH), ValueError, r"^dstate h: expected .*\(2, 5\), got \(2, 4, 5\)$"),
    (lambda: backward(dstate=STATE.astype("f4")), TypeError, "^dstate h: .* got float32"),
    (lambda: backward(truncate=-1), ValueError, "^truncate: expected at least 0, got -1$"),
    (lambda: backward(truncate=2.0), TypeError, "^truncate: expected a whole number, got 2.0$"),
    (lambda: backward(truncate=True), TypeError, "^truncate: expected a whole number, got True$"),
    (lambda: model_backward(np.ones((2, 2))), ValueError, r"^dy: .* \(2, 1\), got \(2, 2\)$"),
    (lambda: model_backward(np.ones((2, 1)), "all"), ValueError, r"^dy: .*\(2, 4, 1\), got \(2, 1"),
    (lambda: model_backward(np.ones((2, 1), int)), TypeError, "^dy: expected .*float64, got int64"),
]
ONES = np.ones((2, 3))
LOSSES = [
    (lambda: mean_squared_error(ONES, ONES[0]), ValueError, r"^target: .*\(2, 3\), got \(3,\)$"),
    (lambda: mean_squared_error(ONES, ONES.astype("f4")), TypeError, "^target: .* got float32"),
    (lambda: mean_squared_error(ONES, ONES * np.nan), ValueError, "^target: .*finite.* got nan"),
    (lambda: mean_squared_error(ONES[:0], ONES[:0]), ValueError, "^target: expected at least one"),
    (
        lambda: softmax_cross_entropy(ONES, [0.0, 1.0]),
        TypeError,
        "^labels: .*whole.* got .*float64",
    ),
    (lambda: softmax_cross_entropy(ONES, [0]), ValueError, r"^labels: .*\(2,\), got \(1,\)$"),
    (lambda: softmax_cross_entropy(ONES, [0, 3]), ValueError, "^labels: .*0 to 2, got 0 to 3$"),
    (lambda: softmax_cross_entropy(ONES, [-1, 2]), ValueError, "^labels: .*0 to 2, got -1 to 2$"),
]
POSITIVE = "expected a finite number above 0, got"
OPTIM = [
    (lambda: SGD(0), ValueError, f"^learning_rate: {POSITIVE} 0$"),
    (lambda: SGD(np.inf), ValueError, f"^learning_rate: {POSITIVE} inf$"),
    (lambda: SGD("fast"), ValueError, f"^learning_rate: {POSITIVE} 'fast'$"),
    (lambda: SGD(0.1, momentum=1), ValueError, "^momentum: .*from 0 to below 1, got 1$"),
    (lambda: SGD(0.1, momentum=-0.1), ValueError, "^momentum: .*from 0 to below 1, got -0.1$"),
    (lambda: SGD(0.1, momentum=None), ValueError, "^momentum: .*from 0 to below 1, got None$"),
    (lambda: Adam(np.nan), ValueError, f"^learning_rate: {POSITIVE} nan$"),
    (lambda: Adam(beta1=1.0), ValueError, "^beta1: .*from 0 to below 1, got 1.0$"),
    (lambda: Adam(beta2=np.nan), ValueError, "^beta2: .*from 0 to below 1, got nan$"),
    (lambda: Adam(epsilon=0), ValueError, f"^epsilon: {POSITIVE} 0$"),
    (lambda: clip_by_value({}, -1), ValueError, f"^clip_value: {POSITIVE} -1$"),
    (lambda: clip_by_global_norm({}, 0), ValueError, f"^clip_norm: {POSITIVE} 0$"),
]
Y_NAN, Y_ALL = np.array([[0.0], [np.nan]]), np.zeros((2, 4, 1))
CHUNKS = {"output": "all", "y": Y_ALL}
FIT = [
    (lambda: train(epochs=0), ValueError, "^epochs: expected at least 1, got 0$"),
    (lambda: train(epochs=1.0), TypeError, "^epochs: expected a whole number, got 1.0$"),
    (lambda: train(batch_size=0), ValueError, "^batch_size: expected at least 1, got 0$"),
    (lambda: train(patience=0), ValueError, "^patience: expected at least 1, got 0$"),
    (lambda: train(clip_norm=0), ValueError, f"^clip_norm: {POSITIVE} 0$"),
    (lambda: train(clip_value=-1), ValueError, f"^clip_value: {POSITIVE} -1$"),
    (lambda: train(schedule="cosine"), ValueError, "^schedule: .*'constant', 'linear', got 'cos"),
    (lambda: train(truncate=-1), ValueError, "^truncate: expected at least 0, got -1$"),
    (lambda: train(chunk_length=2), ValueError, '^chunk_length: .*output="all", got "last"$'),
    (
        lambda: train(chunk_length=0, **CHUNKS),
        ValueError,
        "^chunk_length: expected at least 1, got",
    ),
    (
        lambda: train(chunk_length=2.5, **CHUNKS),
        TypeError,
        "^chunk_length: expected a whole number",
    ),
    (
        lambda: train(NARROW),
        TypeError,
        r"^x .*float64, got float32; np.asarray\(x, dtype=np.float64",
    ),
    (lambda: train(X[..., :2]), ValueError, r"^x .*\(n, time, 3\), got \(2, 4, 2\)$"),
    (lambda: train(X * np.nan), ValueError, "^x .*expected finite numbers, got nan"),
    (lambda: train(y=np.zeros((3, 1))), ValueError, "^x and y: expected as many .*got 3, 2$"),
    (lambda: train(y=np.zeros(2)), ValueError, r"expected shape \(2, 1\), got \(2,\)$"),
    (lambda: train(y=Y_NAN), ValueError, r"^y\b.*expected finite numbers, got nan at .*\(1, 0\)$"),
    (
        lambda: train(chunk_length=2, output="all", y=np.zeros((2, 6, 1))),
        ValueError,
        r"expected .*\b4\b.*got .*\b6\b",
    ),
    (
        lambda: train(validation=(X[:1], np.zeros((2, 1)))),
        ValueError,
        "^validation: expected as many targets as inputs, got 2, 1$",
    ),
    (lambda: train(y=5.0), ValueError, "^x and y: expected as many .*got 1, 2$"),
    (
        lambda: train(validation=(X, Y_NAN)),
        ValueError,
        "^y of validation: expected finite .*got nan",
    ),
    (lambda: train(validation=(NARROW, 0)), TypeError, "^x of validation: .*float64, got float32"),
]
DATA = [
    (lambda: sine(0), ValueError, "^count: expected at least 1, got 0$"),
    (lambda: windows(np.ones((2, 2)), 1), ValueError, r"^series: .*\(n,\), got \(2, 2\)$"),
    (lambda: windows([1, 2, 3], 1), TypeError, "^series: expected dtype float64, got int64"),
    (lambda: windows([1.0, np.nan, 3.0], 1), ValueError, r"^series: .* nan at index \(1,\)$"),
    (lambda: windows([1.0, 2.0], 2), ValueError, "^series: expected more than 2 values, got 2$"),
    (lambda: windows([1.0, 2.0], 0), ValueError, "^length: expected at least 1, got 0$"),
    (lambda: chronological_split(train=1), ValueError, r"^arrays: expected one or more .*got \[\]"),
    (lambda: chronological_split([1], [1, 2], train=1), ValueError, r"^arrays: .*got \[1, 2\]$"),
    (
        lambda: chronological_split([1, 2, 3], train=3),
        ValueError,
        "^train: .*1 to 2 rows of 3, got 3",
    ),
    (
        lambda: chronological_split([1, 2, 3], train=0),
        ValueError,
        "^train: .*1 to 2 rows of 3, got 0",
    ),
    (
        lambda: chronological_split([1, 2], train=0.1),
        ValueError,
        "^train: .*1 to 1 rows of 2, got 0",
    ),
    (lambda: free_run(len, np.ones(3), 1), ValueError, r"^window: .*\(length, 1\), got \(3,\)$"),
    (lambda: free_run(len, np.ones((3, 1)), 0), ValueError, "^steps: expected at least 1, got 0$"),
    (lambda: free_run(len, [[1], [2]], 1), TypeError, "^window: expected .*float.* got int64"),
    (lambda: run_freely([[1.0, 2.0]]), ValueError, r"^prediction: .*\(1, 1\), got \(1, 2\)$"),
    (lambda: run_freely([[1]]), TypeError, "^prediction: expected dtype float64, got int64"),
    (lambda: run_freely([[np.inf]]), ValueError, "^prediction: expected finite numbers, got inf"),
    (lambda: free_run(len, np.full((1, 1), np.nan), 1), ValueError, "^window: .*finite.*nan"),
]
CASES = {
    "layers": LAYERS,
    "forward": FORWARD,
    "backward": BACKWARD,
    "losses": LOSSES,
    "optim": OPTIM,
    "fit": FIT,
    "data": DATA,
}
ALL = [pytest.param(*case, id=f"{k}{i}") for k, v in CASES.items() for i, case in enumerate(v)]


@pytest.mark.parametrize(("call", "error", "message"), ALL)
def test_one_clear_error(call, error, message):
    check(call, error, message)


def test_a_refused_call_trains_nothing():
    m = model()
    before = {name: w.copy() for name, w in m.params.items()}
    optimizer = SGD(0.1)
    with pytest.raises(ValueError, match=r"^patience"):
        fit(m, X, np.zeros((2, 1)), optimizer, epochs=1, patience=-1)
    for name, w in m.params.items():
        np.testing.assert_array_equal(w, before[name])
    assert optimizer.learning_rate == 0.1


NO_NUMBERS = [None, "1", True, False, np.True_, 1j, [1.0], np.ones(1), Decimal(1), object]
NOT_FINITE = [np.nan, np.inf, -np.inf, float("nan"), np.float32("inf"), 10**400, -(10**400)]


@pytest.mark.parametrize("value", NO_NUMBERS + NOT_FINITE, ids=lambda v: repr(v)[:9])
def test_what_is_no_finite_number_is_refused(value):
    for require, wanted in [
        (require_number, "a finite number, got"),
        (require_positive, "a finite number above 0, got"),
    ]:
        check(lambda require=require: require("n", value), ValueError, f"^n: expected {wanted} ")


@pytest.mark.parametrize("value", [0, -1, -0.5, -1e-300, np.float64(-2)])
def test_a_number_may_be_below_zero_unless_it_must_be_positive(value):
    assert require_number("n", value) is value
    message = f"n: expected a finite number above 0, got {value!r}"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        require_positive("n", value)


@pytest.mark.parametrize("value", [1, 1.5, np.float32(2), np.int8(3), Fraction(1, 3), 10**300])
def test_any_finite_number_will_do(value):
    assert require_number("n", value) is value
    assert require_positive("n", value) is value


def test_what_is_right_comes_back_as_it_is():
    array = np.ones((2, 3))
    assert require_array("a", array, (2, "n"), np.float64) is array
    assert np.isnan(require_array("a", [np.nan], ("n",), np.float64, finite=False)).all()
    assert require_count("n", np.int8(3)) == 3
    assert type(require_count("n", np.int8(3))) is int
    assert require_count("n", 0, least=0) == 0
    assert require_positive("p", 1e-9) == 1e-9
    assert require_choice("c", "a", {"a": 1}) == "a"
