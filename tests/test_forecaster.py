"""From a series to a forecast and back: against a few lines of NumPy, and beside the baselines."""

import copy
import itertools
import json

import numpy as np
import pytest
from conftest import seeds
from hypothesis import given, settings
from hypothesis import strategies as st

from gru_lib import GRU, LSTM, RNN, Dense, Model
from gru_lib.data import StandardScaler
from gru_lib.evaluation import evaluate, load
from gru_lib.forecaster import Forecaster
from gru_lib.options import DEFAULTS
from gru_lib.runs import Run
from gru_lib.storage import read, write

WAYS = [
    {"log": log, "difference": difference}
    for log, difference in itertools.product((False, True), repeat=2)
]
every_way = pytest.mark.parametrize("way", WAYS, ids=str)
ways = st.sampled_from(WAYS)


def prices(count=40, seed=0):
    """A series above 0 that wanders."""
    return 50 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0.01, 0.05, count)))


def network(seed=0, cell=RNN, hidden=3):
    return Model(cell(1, hidden, seed=seed), Dense(hidden, 1, seed=seed + 1))


def flat(bias=0.0):
    """A network that gives the same number whatever it is shown."""
    model = network()
    model.layers[-1].params["W_hy"][...] = 0
    model.layers[-1].params["b_y"][...] = bias
    return model


def forecaster(train, window=3, model=None, **way):
    return Forecaster(model or network(), train, column="Close", window=window, **way)


def by_hand(model, train, values, window, log, difference):
    """The prediction of every value that has enough before it, one at a time."""
    w = {name.partition(".")[2]: a for name, a in model.params.items()}

    def steps(a):
        a = np.log(a) if log else a
        return a[1:] - a[:-1] if difference else a

    mean = np.sum(steps(train)) / len(steps(train))
    std = np.sqrt(np.sum((steps(train) - mean) ** 2) / len(steps(train)))
    out = []
    for i in range(window + difference, len(values)):
        h = np.zeros(len(w["b_h"]))
        for x in steps(values[:i])[-window:]:
            h = np.tanh((x - mean) / std * w["W_xh"][0] + h @ w["W_hh"] + w["b_h"])
        predicted = (h @ w["W_hy"] + w["b_y"])[0] * std + mean
        if log and difference:
            out.append(values[i - 1] * np.exp(predicted))
        else:
            out.append(np.exp(predicted) if log else predicted + difference * values[i - 1])
    return np.array(out)


# Predictions


@given(way=ways, window=st.integers(1, 6), count=st.integers(9, 30), seed=seeds)
def test_predictions_by_hand(way, window, count, seed):
    values = prices(count, seed)
    train, model = values[: count * 9 // 10], network(seed % 1000)
    ours = forecaster(train, window, model, **way)
    predicted = ours.predict(values)
    assert predicted.shape == (count - window - way["difference"],)
    expected = by_hand(model, train, values, window, **way)
    np.testing.assert_allclose(predicted, expected, rtol=1e-10)
    np.testing.assert_allclose(ours.predict(values.tolist()), expected, rtol=1e-10)


def test_examples_by_hand():
    ours = forecaster(np.array([1.0, 3.0, 1.0, 3.0]), 2)  # mean 2, std 1
    x, y = ours.examples([1, 3, 4, 6])
    np.testing.assert_array_equal(x[..., 0], [[-1, 1], [1, 2]])
    np.testing.assert_array_equal(y, [[2], [4]])
    ours = forecaster(np.array([1.0, 2.0, 5.0, 6.0]), 1, difference=True)  # steps 1 3 1
    mean, std = 5 / 3, np.sqrt(8 / 9)
    x, y = ours.examples([1, 3, 4, 0])
    np.testing.assert_allclose(x[..., 0] * std + mean, [[2], [1]])
    np.testing.assert_allclose(y * std + mean, [[1], [-4]])
    ours = forecaster(np.exp([1.0, 3.0, 1.0, 3.0]), 1, log=True)
    np.testing.assert_allclose(ours.examples(np.exp([1, 4]))[1], [[2]])
    ours = forecaster(np.exp([1.0, 2.0, 5.0, 6.0]), 1, log=True, difference=True)
    np.testing.assert_allclose(ours.examples(np.exp([1, 3, 4]))[1] * std + mean, [[1]])


@every_way
def test_the_lead_is_as_long_as_what_a_prediction_needs(way):
    values = prices()
    ours = forecaster(values, 5, **way)
    assert ours.lead == 5 + way["difference"]
    x, y = ours.examples(values)
    assert x.shape == (40 - ours.lead, 5, 1)
    assert y.shape == (40 - ours.lead, 1)
    assert ours.predict(values[: ours.lead + 1]).shape == (1,)


def test_a_network_that_says_nothing_predicts_the_mean():
    values = prices()
    train, later = values[:30], values[3:]
    mean = np.mean(train)
    np.testing.assert_allclose(forecaster(train, 3, flat()).predict(values), mean)
    geometric = np.exp(np.mean(np.log(train)))
    np.testing.assert_allclose(forecaster(train, 3, flat(), log=True).predict(values), geometric)
    step = (train[-1] - train[0]) / 29
    found = forecaster(train, 2, flat(), difference=True).predict(values)
    np.testing.assert_allclose(found, values[2:-1] + step)
    growth = (train[-1] / train[0]) ** (1 / 29)
    found = forecaster(train, 2, flat(), log=True, difference=True).predict(values)
    np.testing.assert_allclose(found, values[2:-1] * growth)
    assert len(found) == len(later)


@every_way
def test_a_network_says_standard_deviations_of_the_training_part(way):
    values = prices()
    train = values[:30]
    steps = np.log(train) if way["log"] else train
    steps = np.diff(steps) if way["difference"] else steps
    low, high = (forecaster(train, 3, flat(b), **way).predict(values) for b in (1.0, 3.0))
    apart = np.log(high / low) if way["log"] else high - low
    np.testing.assert_allclose(apart, 2 * np.std(steps))


@every_way
def test_the_unit_is_that_of_the_data(way):
    values = prices()
    ours = forecaster(values, **way)
    assert ours.unit == np.std(values)
    assert isinstance(ours.unit, float)


# No leak


@given(way=ways, window=st.integers(1, 5), place=st.integers(7, 29), seed=seeds)
def test_a_prediction_knows_the_earlier_values_alone(way, window, place, seed):
    values = prices(30, seed)
    ours = forecaster(values[:7], window, **way)
    before, changed = ours.predict(values), values.copy()
    changed[place:] *= 1.5
    after, same = ours.predict(changed), place - ours.lead + 1
    np.testing.assert_array_equal(after[:same], before[:same])
    assert (after[same:][:1] != before[same:][:1]).all()


@given(way=ways, window=st.integers(1, 3), place=st.integers(0, 9), seed=seeds)
def test_a_prediction_knows_its_window_and_nothing_before(way, window, place, seed):
    values = prices(10, seed)
    ours, changed = forecaster(prices(), window, **way), values.copy()
    changed[place] *= 1.5
    differ = ours.predict(changed) != ours.predict(values)
    of = np.arange(ours.lead, 10)
    np.testing.assert_array_equal(differ, (of > place) & (of <= place + ours.lead))


@every_way
def test_what_is_predicted_does_not_move_the_scaler(way):
    values = prices()
    ours = forecaster(values[:30], **way)
    kept = ours.unit, ours.scaler.mean, ours.scaler.std
    ours.predict(values * 3)
    ours.run_on(values * 3, 2)
    evaluate(ours, values * 3, 35)
    assert (ours.unit, ours.scaler.mean, ours.scaler.std) == kept


@every_way
def test_a_run_scales_by_its_training_part(way, tmp_path):
    def run(values):
        days = np.datetime64("2013-01-01") + np.arange(len(values))
        lines = [f"{day},{value!r}" for day, value in zip(days, values.tolist(), strict=True)]
        path = tmp_path / "prices.csv"
        path.write_text("\n".join(["Date,Close", *lines]), "utf-8")
        small = {"data_file": str(path), "hidden_size": 2, "seq_length": 4}
        return Run(DEFAULTS | small | way)

    values, changed = prices(), prices()
    changed[28:] *= 10  # the training part is 70 % of 40 rows
    first, second, alone = run(values), run(changed), forecaster(values[:28], 4, **way)
    for name in ("mean", "std"):
        found = [float(getattr(r.forecaster.scaler, name)) for r in (first, second)]
        assert found == [float(getattr(alone.scaler, name))] * 2
    assert first.forecaster.unit == second.forecaster.unit == alone.unit
    earlier = slice(28 - alone.lead)
    scores = [r.metrics()["train"] for r in (first, second)]
    assert scores[0] == scores[1]
    predicted = [r.forecaster.predict(v)[earlier] for r, v in ((first, values), (second, changed))]
    np.testing.assert_array_equal(*predicted)


# On its own output


@settings(max_examples=30)
@given(way=ways, window=st.integers(1, 4), steps=st.integers(1, 6), seed=seeds)
def test_to_run_on_is_to_predict_from_predictions(way, window, steps, seed):
    values = prices(20, seed)
    ours = forecaster(values[:15], window, **way)
    kept, known = values.copy(), values.tolist()
    for _ in range(steps):
        known.append(ours.predict([*known, 1.0])[-1])
    future = ours.run_on(values, steps)
    assert future.shape == (steps,)
    np.testing.assert_allclose(future, known[20:], rtol=1e-9)
    np.testing.assert_array_equal(ours.run_on(values[-ours.lead :], steps), future)
    np.testing.assert_array_equal(values, kept)


def test_steps_that_run_on_add_up():
    train = np.array([1.0, 2.0, 4.0, 7.0])  # mean step 2
    ours = forecaster(train, 1, flat(), difference=True)
    np.testing.assert_allclose(ours.run_on([5, 10], 3), [12, 14, 16])
    ours = forecaster(2**train, 1, flat(), log=True, difference=True)
    np.testing.assert_allclose(ours.run_on([5, 10], 3), [40, 160, 640])


def test_a_forecast_beyond_every_float_is_an_error():
    ours = forecaster(2.0 ** np.array([1, 2, 4, 7]), 1, flat(), log=True, difference=True)
    assert np.isfinite(ours.run_on([5, 10], 500)).all()
    with pytest.raises((ArithmeticError, ValueError)):
        ours.run_on([5, 10], 600)


# Refusals


@every_way
def test_too_few_values(way):
    values = prices()
    ours = forecaster(values, 4, **way)
    for few, message in (
        (lambda: forecaster(values[: ours.lead], 4, **way), f"train: .* {ours.lead + 1} values"),
        (lambda: ours.predict(values[: ours.lead]), f"values: .* {ours.lead + 1} values"),
        (lambda: ours.examples(values[: ours.lead]), f"values: .* {ours.lead + 1} values"),
        (lambda: ours.run_on(values[: ours.lead - 1], 1), f"values: .* {ours.lead} values"),
    ):
        with pytest.raises(ValueError, match=message):
            few()
    assert ours.run_on(values[: ours.lead], 1).shape == (1,)
    assert forecaster(values[: ours.lead + 1], 4, **way).lead == ours.lead


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@every_way
def test_values_that_are_not_finite(way, bad):
    values = prices()
    ours = forecaster(values, **way)
    values[-2] = bad
    for use in (lambda: forecaster(values, **way), lambda: ours.run_on(values, 1)):
        with pytest.raises(ValueError, match="expected finite numbers"):
            use()
    with pytest.raises(ValueError, match="values: expected finite numbers"):
        ours.predict(values)


@pytest.mark.parametrize("difference", [False, True])
@pytest.mark.parametrize("value", [0.0, -3.0])
def test_a_logarithm_wants_values_above_0(difference, value):
    values = prices()
    ours = forecaster(values, log=True, difference=difference)
    values[-1] = value
    with pytest.raises(ValueError, match=rf"train: expected values above 0 for log, got {value:g}"):
        forecaster(values, log=True, difference=difference)
    for use in (ours.predict, ours.examples, lambda v: ours.run_on(v, 1)):
        with pytest.raises(ValueError, match=rf"values: .* above 0 for log, got {value:g}"):
            use(values)
    assert np.isfinite(forecaster(values, difference=difference).predict(values)).all()


def test_a_training_part_without_change():
    with pytest.raises(ValueError, match="std of the training part"):
        forecaster(np.full(9, 3.0))
    with pytest.raises(ValueError, match="expected finite numbers that vary"):
        forecaster(np.arange(9.0), difference=True)
    assert forecaster(np.arange(9.0)).lead == 3


@pytest.mark.parametrize(
    ("train", "log"), [(np.arange(9) * 0.1, False), (3.0 ** np.arange(9), True)]
)
def test_steps_that_differ_by_rounding_alone(train, log):
    with pytest.raises(ValueError, match="expected"):
        forecaster(train, difference=True, log=log)


@pytest.mark.parametrize(
    ("window", "error"), [(0, ValueError), (-1, ValueError), (2.0, TypeError), (True, TypeError)]
)
def test_a_window_is_a_count(window, error):
    with pytest.raises(error, match="window: expected"):
        forecaster(prices(), window)


def test_series_have_one_axis():
    with pytest.raises(ValueError, match=r"train: expected shape \(n,\)"):
        forecaster(prices()[:, None])


MISFITS = {
    "two inputs": lambda: Model(RNN(2, 3, seed=0), Dense(3, 1, seed=1)),
    "two outputs": lambda: Model(RNN(1, 3, seed=0), Dense(3, 2, seed=1)),
    "a prediction at every step": lambda: Model(
        RNN(1, 3, seed=0), Dense(3, 1, seed=1), output="all"
    ),
}


@pytest.mark.parametrize("name", MISFITS)
def test_a_model_of_another_form_makes_no_prediction(name, tmp_path):
    model, path = MISFITS[name](), tmp_path / "model.npz"
    with pytest.raises((TypeError, ValueError), match="expected"):
        forecaster(prices(), 3, model).predict(prices())
    forecaster(prices()).save(path)
    model.save(path, read(path)[0]["notes"])
    with pytest.raises((TypeError, ValueError), match="expected"):
        Forecaster.load(path)[0].predict(prices())


# Files


@settings(max_examples=20)
@given(
    way=ways,
    window=st.integers(1, 4),
    cell=st.sampled_from([RNN, GRU, LSTM]),
    seed=seeds,
    notes=st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=4),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
        max_leaves=4,
    ),
)
def test_a_file_gives_back_the_same_to_the_last_bit(
    tmp_path_factory, way, window, cell, seed, notes
):
    path, values = tmp_path_factory.mktemp("file") / "model.npz", prices(20, seed)
    model = network(seed % 1000, cell)
    ours = Forecaster(model, values[:15], column="a, é", window=window, **way)
    ours.save(path, notes)
    again, found = Forecaster.load(path)
    assert found == notes
    for name in ("column", "window", "log", "difference", "unit", "lead"):
        kept, given_back = getattr(ours, name), getattr(again, name)
        assert (given_back, type(given_back)) == (kept, type(kept))
    assert isinstance(again.scaler, StandardScaler)
    assert (again.scaler.mean, again.scaler.std) == (ours.scaler.mean, ours.scaler.std)
    np.testing.assert_array_equal(again.predict(values), ours.predict(values))
    np.testing.assert_array_equal(again.run_on(values, 3), ours.run_on(values, 3))
    assert evaluate(again, values, 15) == evaluate(ours, values, 15)
    x, y = ours.examples(values)
    assert again.baseline_loss(x, y) == ours.baseline_loss(x, y)
    np.testing.assert_array_equal(Model.load(path).forward(x)[0], model.forward(x)[0])


def test_a_file_keeps_the_notes_apart_from_its_own(tmp_path):
    path = tmp_path / "model.npz"
    forecaster(prices()).save(path)
    assert Forecaster.load(path)[1] is None
    forecaster(prices()).save(path, {"window": 99, "scaler": None})
    again, notes = Forecaster.load(path)
    assert (again.window, notes) == (3, {"window": 99, "scaler": None})


def test_a_damaged_file_is_refused(tmp_path):
    path = tmp_path / "model.npz"
    forecaster(prices()).save(path)
    whole = path.read_bytes()
    for size in (0, 1, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:size])
        with pytest.raises(ValueError, match=r"model\.npz: expected a model file"):
            Forecaster.load(path)
    with pytest.raises(FileNotFoundError):
        Forecaster.load(tmp_path / "nope.npz")


GONE = object()
DAMAGE = [
    *(((), value) for value in (GONE, None, [], "notes", 3, {}, {"window": 3})),
    *(((name,), GONE) for name in ("column", "log", "difference", "window", "unit", "scaler")),
    (("notes",), GONE),
    *((("scaler", name), GONE) for name in ("mean", "std")),
    *((("column",), value) for value in (None, 3, ["Close"])),
    *(((name,), value) for name in ("log", "difference") for value in (None, 0, 1, "false")),
    *((("window",), value) for value in (None, 0, -1, True, 3.0, "3")),
    *((("unit",), value) for value in (None, 0.0, -1.0, 1, np.nan, np.inf, "1.0")),
    *((("scaler",), value) for value in (None, [], "x", [0.0, 1.0])),
    *((("scaler", "std"), value) for value in (None, 0.0, -1.0, 1, np.nan, np.inf, [1.0])),
    *((("scaler", "mean"), value) for value in (None, 1, "0.0", [1.0])),
    *((("scaler", "mean"), value) for value in (np.nan, np.inf)),
]


@pytest.mark.parametrize(
    ("place", "value"),
    DAMAGE,
    ids=[f"{'.'.join(p) or 'all'}-{'gone' if v is GONE else v!r}" for p, v in DAMAGE],
)
def test_notes_that_are_damaged_or_foreign_are_refused(place, value, tmp_path):
    path = tmp_path / "model.npz"
    forecaster(prices()).save(path)
    description, arrays = read(path)
    inside = description = copy.deepcopy(description)
    *outer, last = ("notes", *place)
    for name in outer:
        inside = inside[name]
    if value is GONE:
        del inside[last]
    else:
        inside[last] = value
    write(path, description, arrays)
    with pytest.raises(ValueError, match=r"model\.npz: expected a model with its scaler"):
        Forecaster.load(path)


# Baselines


def test_the_loss_of_persistence_by_hand():
    ours = forecaster(np.array([0.0, 2.0, 0.0, 2.0]), 1)  # mean 1, std 1
    assert ours.baseline_loss(*ours.examples([0, 2, 5])) == (4 + 9) / 2
    ours = forecaster(np.array([1.0, 2.0, 4.0, 7.0]), 1, difference=True)  # variance of steps 2/3
    loss = ours.baseline_loss(*ours.examples([1, 2, 4, 7]))
    assert isinstance(loss, float)
    assert loss == pytest.approx((2**2 + 3**2) / 2 / (2 / 3))


@given(way=ways, window=st.integers(1, 4), seed=seeds)
def test_the_loss_of_persistence(way, window, seed):
    values = prices(20, seed)
    ours = forecaster(values[:15], window, **way)
    steps = np.diff(np.log(values) if way["log"] else values)[ours.lead - 1 :]
    expected = np.mean((steps / ours.scaler.std) ** 2)
    assert ours.baseline_loss(*ours.examples(values)) == pytest.approx(expected, rel=1e-9)


def test_scores_by_hand():
    train = np.array([1.0, 2.0, 4.0, 7.0])  # mean 3.5, variance 21/4, mean step 2
    values = np.array([*train, 11, 16])
    ours = forecaster(train, 1, flat(2 / np.std(train)))  # it always says 5.5
    found = evaluate(ours, values, 4)
    errors = {
        "network": ([3.5, 1.5, -1.5], [-5.5, -10.5]),
        "persistence": ([-1, -2, -3], [-4, -5]),
        "drift": ([1, 0, -1], [-2, -3]),
        "mean": ([1.5, -0.5, -3.5], [-7.5, -12.5]),
    }
    assert list(found) == list(errors)
    for name, parts in errors.items():
        for score, wrong in zip(found[name], parts, strict=True):
            square = np.mean(np.square(wrong))
            expected = {"mse": square / 5.25, "rmse": square**0.5, "mae": np.mean(np.abs(wrong))}
            assert score == pytest.approx(expected)


@given(way=ways, window=st.integers(1, 4), rows=st.integers(2, 20), seed=seeds)
def test_all_are_scored_on_the_same_values(way, window, rows, seed):
    values = prices(20, seed)
    ours = forecaster(prices(15, seed + 1), window, **way)
    lead, first = ours.lead, values[:rows]
    last, target = values[lead - 1 : -1], values[lead:]
    guesses = {
        "network": ours.predict(values),
        "persistence": last,
        "drift": last + np.mean(first[1:] - first[:-1]),
        "mean": np.full(20 - lead, np.mean(first)),
    }
    found = evaluate(ours, values, rows)
    assert list(found) == list(guesses)
    early = np.arange(lead, 20) < rows
    for name, guess in guesses.items():
        for score, part in zip(found[name], (early, ~early), strict=True):
            if not part.any():
                assert score is None
                continue
            wrong = guess[part] - target[part]
            mse = np.mean(wrong**2)
            expected = {"mse": mse / ours.unit**2, "rmse": mse**0.5, "mae": np.mean(abs(wrong))}
            assert score == pytest.approx(expected, rel=1e-9)


@every_way
def test_later_values_do_not_change_earlier_scores(way):
    values, changed = prices(), prices()
    ours = forecaster(values[:30], **way)
    changed[30:] *= 2
    before, after = evaluate(ours, values, 30), evaluate(ours, changed, 30)
    for name in ("network", "persistence", "drift", "mean"):
        assert before[name][0] == pytest.approx(after[name][0], rel=1e-12)
        assert before[name][1]["mae"] != after[name][1]["mae"]


@every_way
def test_parts_that_are_empty(way):
    values = prices()
    ours = forecaster(values, 3, **way)
    for rows, empty in ((ours.lead, [True, False]), (40, [False, True])):
        for parts in evaluate(ours, values, rows).values():
            assert [part is None for part in parts] == empty
    for rows in (ours.lead + 1, 39):
        for parts in evaluate(ours, values, rows).values():
            assert None not in parts
    for rows in (0, 1):
        assert list(evaluate(ours, values, rows)) == ["network", "persistence"]
    assert list(evaluate(ours, values, 2)) == ["network", "persistence", "drift", "mean"]


# A run's model and its data


@pytest.fixture
def run(tmp_path):
    """A folder with a model whose training ended after 30 of 40 days, and the file of them all."""
    folder, data = tmp_path / "run", tmp_path / "prices.csv"
    folder.mkdir()
    write_days(data, "2013-01-01", prices())
    notes = {"data_file": str(data), "trained_until": "2013-01-30 00:00:00"}
    forecaster(prices()[:30]).save(folder / "model.npz", notes)
    return folder, data


def write_days(path, first, values):
    days = np.datetime64(first) + np.arange(len(values))
    lines = [f"{day},{value!r}" for day, value in zip(days, values.tolist(), strict=True)]
    path.write_text("\n".join(["Date,Close", *lines, ""]), "utf-8")


def test_a_run_is_loaded_with_its_own_data(run):
    folder, _ = run
    for model in (folder, str(folder), folder / "model.npz"):
        ours, series, rows = load(model)
        assert (ours.window, ours.column, rows) == (3, "Close", 30)
        np.testing.assert_array_equal(series, prices())


@pytest.mark.parametrize(
    ("first", "count", "rows"),
    [
        ("2013-01-01", 30, 30),
        ("2013-01-01", 29, 29),
        ("2013-01-30", 10, 1),
        ("2013-01-31", 10, 0),
        ("2012-12-02", 10, 10),
        ("2013-01-26", 10, 5),
    ],
)
def test_rows_of_other_data_up_to_the_end_of_training(run, tmp_path, first, count, rows):
    other = tmp_path / "other.csv"
    write_days(other, first, prices(count))
    _, series, found = load(run[0], other)
    assert (len(series), found) == (count, rows)


def test_a_run_whose_file_of_data_is_too_short(run):
    folder, data = run
    write_days(data, "2013-01-01", prices(4))
    assert len(load(folder)[1]) == 4
    write_days(data, "2013-01-01", prices(3))
    with pytest.raises(ValueError, match="too few rows: expected more than 3 rows") as caught:
        load(folder)
    assert str(caught.value).startswith(str(data))


def test_a_run_that_is_not_there(tmp_path):
    for path in (tmp_path, tmp_path / "nope", tmp_path / "nope.npz"):
        with pytest.raises(ValueError, match="expected a trained model, got no such file"):
            load(path)


@pytest.mark.parametrize(
    ("notes", "data_file"),
    [
        (None, None),
        ([], None),
        ({}, None),
        ({"trained_until": "2013-01-30"}, None),
        ({"data_file": "{data}"}, None),
        ({"data_file": "{data}", "trained_until": "x"}, None),
        ({"data_file": "{data}", "trained_until": None}, None),
        ({"data_file": "{data}", "trained_until": []}, None),
        ({"data_file": "{data}", "trained_until": "2013-01-30 00:00:00+00:00"}, None),
        ({"data_file": None, "trained_until": "2013-01-30"}, None),
        ({"data_file": 3, "trained_until": "2013-01-30"}, None),
        ({"trained_until": "x"}, "{data}"),
    ],
    ids=str,
)
def test_notes_of_no_run_are_refused(run, notes, data_file):
    folder, data = run
    notes = json.loads(json.dumps(notes).replace("{data}", data.as_posix()))
    forecaster(prices()).save(folder / "model.npz", notes)
    with pytest.raises(ValueError, match=r"model\.npz: expected the model of a run"):
        load(folder, data if data_file else None)


def test_a_run_needs_its_column(run):
    folder, data = run
    text = data.read_text("utf-8")
    data.write_text(text.replace("Close", "Adj Close"), "utf-8")
    with pytest.raises(ValueError, match="expected one column 'Close', got none"):
        load(folder)
