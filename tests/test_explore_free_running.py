"""The figure of chapter 5 in which trained networks go on alone: its JavaScript against gru_lib."""

import re
from pathlib import Path

import node
import numpy as np
import pytest

from gru_lib import GRU, LSTM, RNN, Dense, Model
from gru_lib.explore import FreeRunning, free_running
from gru_lib.forecast import free_run, persistence, rmse, two_term_recurrence
from gru_lib.storage import read

SCRIPT = Path(free_running.__file__).parent / "js" / "free_running.mjs"
STEPS = 120
TOLERANCE = 1e-9
KINDS = {"RNN": RNN, "LSTM": LSTM, "GRU": GRU}
START = {"period": 28, "start": 0, "window": 50, "amplitude": 1, "noise": 0}
SETTINGS = [
    START,
    *(START | {"period": p} for p in (8, 12, 60)),
    START | {"period": 40, "start": 13},
    START | {"amplitude": 0.25},
    START | {"period": 29, "start": 40, "amplitude": 1.5},
    START | {"period": 60, "start": 7, "window": 5},
    START | {"start": 20, "noise": 0.05},
    START | {"period": 8, "start": 40, "noise": 0.2},
    START | {"period": 60, "start": 40, "window": 5, "amplitude": 0.25, "noise": 0.2},
    START | {"period": 60, "start": 36, "window": 5, "amplitude": 0.5, "noise": 0.1},
]

pytestmark = node.needs_node


@pytest.fixture(scope="module")
def figure():
    return FreeRunning()


@pytest.fixture(scope="module")
def models():
    """The networks of the file, in double precision."""
    arrays = {
        name: w.astype(np.float64) for name, w in read(free_running.FILE, "networks")[1].items()
    }
    built = {}
    for kind, cell in KINDS.items():
        size = len(arrays[f"{kind}.readout.W_hy"])
        model = built[kind] = Model(cell(1, size), Dense(size, 1))
        for part, layer in zip((kind, f"{kind}.readout"), model.layers, strict=True):
            for name in layer.params:
                layer.params[name][...] = arrays.pop(f"{part}.{name}")
    assert not arrays
    return built


@pytest.fixture(scope="module")
def shown(figure):
    """What the script computes for every setting."""
    calls = [("networksOf", [figure.weights])]
    calls += [("results", [knobs, figure.draws, node.result(0)]) for knobs in SETTINGS]
    return node.run(SCRIPT, calls)[1:]


def given(knobs, draws):
    t = np.arange(knobs["start"], knobs["start"] + knobs["window"] + STEPS)
    wave = knobs["amplitude"] * np.sin(2 * np.pi * t / knobs["period"])
    window, truth = np.split(wave, [knobs["window"]])
    noise = np.array(draws)[t[: len(window)]]
    return window + knobs["noise"] * noise, truth


def alone(model):
    """A `predict` for `free_run` that reads the window once and then carries its state on."""
    state = None

    def predict(x):
        nonlocal state
        prediction, state = model.forward(x if state is None else x[:, -1:], state)
        return prediction

    return predict


def recurrence(window):
    """The two-term recurrence with the least-squares frequency of the window."""
    twice = np.linalg.lstsq(window[1:-1, None], window[2:] + window[:-2], rcond=None)[0][0]
    step = np.arccos(np.clip(twice / 2, -1, 1))
    return 2 * np.cos(step), free_run(
        lambda x: two_term_recurrence(x, step), window[:, None], STEPS
    )


def test_forecasts_are_those_of_free_run(figure, models, shown):
    largest = 0
    for knobs, ours in zip(SETTINGS, shown, strict=True):
        window, _ = given(knobs, figure.draws)
        np.testing.assert_allclose(ours["given"], window, rtol=0, atol=1e-13)
        for kind, model in models.items():
            truth = free_run(alone(model), window[:, None], STEPS)
            assert len(ours["forecasts"][kind]) == STEPS
            error = np.abs(ours["forecasts"][kind] - truth).max()
            largest = max(largest, error)
            assert error < TOLERANCE, (kind, knobs, error)
    print(f"largest difference: {largest:.1e}")


def test_the_recurrence_is_that_of_gru_lib(figure, shown):
    for knobs, ours in zip(SETTINGS, shown, strict=True):
        factor, forecast = recurrence(given(knobs, figure.draws)[0])
        np.testing.assert_allclose(ours["factor"], factor, rtol=0, atol=1e-12)
        np.testing.assert_allclose(
            ours["forecasts"]["recurrence"], forecast, rtol=0, atol=TOLERANCE
        )

    assert 2 in [ours["factor"] for ours in shown]  # a fit beyond 2 is no cosine


def test_errors_are_rmse(figure, shown):
    for knobs, ours in zip(SETTINGS, shown, strict=True):
        window, truth = given(knobs, figure.draws)
        assert ours["errors"].keys() == {*KINDS, "recurrence"}
        for name, error in ours["errors"].items():
            assert error == pytest.approx(rmse(ours["forecasts"][name], truth), abs=1e-12)
        last = free_run(persistence, window[:, None], STEPS)
        assert ours["last"] == pytest.approx(rmse(last, truth), abs=1e-12)
        assert ours["zero"] == pytest.approx(rmse(np.zeros(STEPS), truth), abs=1e-12)


@pytest.fixture(scope="module")
def look(figure):
    """Results and words for some changes of the start values."""

    def results(changes):
        calls = [("networksOf", [figure.weights])]
        for k, change in enumerate(changes):
            calls.append(("results", [START | change, figure.draws, node.result(0)]))
            calls.append(("tell", [START | change, node.result(2 * k + 1)]))
        seen = node.run(SCRIPT, calls)[1:]
        return list(zip(seen[::2], seen[1::2], strict=True))

    return results


def test_the_words_tell_the_numbers(look):
    where = {11: "outside", 12: "inside", 40: "inside", 41: "outside"}
    seen = look([{"period": period, "noise": 0.05} for period in where])
    for (period, place), (now, words) in zip(where.items(), seen, strict=True):
        errors = {name: f"{error:.3f}" for name, error in now["errors"].items()}
        assert words == (
            f"A period of {period} steps lies {place} the training's 12 to 40; the amplitude is "
            f"the training's 1. RMSE over 120 free steps: RNN {errors['RNN']}, "
            f"LSTM {errors['LSTM']}, GRU {errors['GRU']}; two-term "
            f"recurrence, with 2 cos ω = {now['factor']:.4f} from the window, "
            f"{errors['recurrence']}; repeating the last value {now['last']:.3f}; predicting zero "
            f"{now['zero']:.3f}."
        )


@pytest.mark.parametrize(
    ("amplitude", "says"),
    [(1, "is the training's 1"), (0.5, "of 0.50 is not the training's 1"), (1.5, "of 1.50 is not")],
)
def test_the_words_tell_an_amplitude_that_was_not_trained(look, amplitude, says):
    ((_, words),) = look([{"amplitude": amplitude}])
    assert f"the amplitude {says}" in words


FOUND = [  # as chapter 5 has it: RNN, LSTM, GRU, predicting zero
    ({}, 0.048, 0.082, 0.068, 0.701),
    ({"period": 40}, 0.217, 0.199, 0.081, 0.707),
    ({"period": 8}, 1.015, 0.985, 1.007, 0.707),
    ({"period": 60}, 0.975, 1.053, 0.580, 0.707),
    ({"amplitude": 0.5}, 0.777, 0.867, 0.774, 0.351),
    ({"start": 20, "noise": 0.05}, 0.109, 0.188, 0.021, 0.707),
]


def length(wave):
    """Steps from crest to crest, on average."""
    crests = np.flatnonzero((wave[1:-1] > wave[:-2]) & (wave[1:-1] >= wave[2:]))
    return np.diff(crests).mean()


def test_what_the_chapter_says_of_it(look):
    seen = look([changes for changes, *_ in FOUND])
    for (changes, *truth), (now, _) in zip(FOUND, seen, strict=True):
        ours = [*(now["errors"][kind] for kind in KINDS), now["zero"]]
        np.testing.assert_allclose(ours, truth, rtol=0, atol=0.00051, err_msg=str(changes))
        if not changes.get("noise"):
            assert now["errors"]["recurrence"] < 1e-12
            late = [np.abs(now["forecasts"][kind][-60:]).max() for kind in KINDS]
            np.testing.assert_allclose(late, 1, rtol=0, atol=0.03)
    assert now["errors"]["recurrence"] == pytest.approx(0.928, abs=0.00051)
    assert now["factor"] == pytest.approx(1.9436, abs=0.000051)
    assert 2 * np.pi / np.arccos(now["factor"] / 2) == pytest.approx(26.4, abs=0.051)
    at = {
        change.get("period", 28): [length(np.array(now["forecasts"][kind])) for kind in KINDS]
        for change, (now, _) in zip([c for c, *_ in FOUND[:4]], seen, strict=False)
    }
    assert 10 < min(at[8]) < max(at[8]) < 13
    assert [round(v) for v in at[60]] == [36, 42, 53]
    assert 0.96 * 40 < min(at[40]) < max(at[40]) < 0.98 * 40


def test_noise_turns_the_table(look):
    seen = [now for now, _ in look([{"start": s, "noise": 0.05} for s in range(41)])]
    errors = [now["errors"] for now in seen]
    better = {kind: sum(e[kind] < e["recurrence"] for e in errors) for kind in KINDS}
    assert better == dict.fromkeys(KINDS, 40)
    assert sum(now["factor"] < 2 * np.cos(2 * np.pi / 28) for now in seen) == 40


def test_a_fitted_sine_is_the_better_baseline_for_noise(figure):
    window, truth = given(START | {"start": 20, "noise": 0.05}, figure.draws)
    t = np.arange(len(window) + STEPS)

    def fit(omega):
        waves = np.column_stack([np.sin(omega * t), np.cos(omega * t)])
        weights = np.linalg.lstsq(waves[: len(window)], window, rcond=None)[0]
        both = np.split(waves @ weights, [len(window)])
        return rmse(both[0], window), rmse(both[1], truth)

    _, error = min(fit(omega) for omega in 2 * np.pi / np.arange(27, 29, 0.001))
    assert error == pytest.approx(0.009, abs=0.00051)


def test_weights_travel_with_the_figure(figure):
    arrays = read(free_running.FILE, "networks")[1]
    assert figure.weights == free_running.pack(arrays)
    assert {w.dtype for w in arrays.values()} == {np.dtype(np.float32)}
    assert figure.weights["GRU.W_h"]["data"] in figure.page()
    assert repr(figure) == "FreeRunning(amplitude=1.0, noise=0.0, period=28, start=0, window=50)"


def test_sliders_have_the_range_of_the_knobs():
    source = SCRIPT.read_text("utf-8")
    for name in START:
        trait = FreeRunning.class_traits()[name]
        assert re.search(rf"\b{name}: \[{trait.min:g}, {trait.max:g}\]", source), name
    assert len(FreeRunning().draws) == FreeRunning.start.max + FreeRunning.window.max
