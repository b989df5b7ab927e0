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
START = {"period": 20, "start": 0, "window": 50, "amplitude": 1, "noise": 0}
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
            f"A period of {period} steps lies {place} the training's 12 to 40. RMSE over 120 free "
            f"steps: RNN {errors['RNN']}, LSTM {errors['LSTM']}, GRU {errors['GRU']}; two-term "
            f"recurrence, with 2 cos ω = {now['factor']:.4f} from the window, "
            f"{errors['recurrence']}; repeating the last value {now['last']:.3f}; predicting zero "
            f"{now['zero']:.3f}."
        )


FOUND = [  # as chapter 5 has it: RNN, LSTM, GRU, predicting zero
    ({"period": 20}, 0.140, 0.009, 0.149, 0.707),
    ({"period": 32}, 0.009, 0.008, 0.010, 0.715),
    ({"period": 8}, 1.015, 0.985, 1.007, 0.707),
    ({"period": 60}, 0.975, 1.053, 0.580, 0.707),
    ({"amplitude": 0.5}, 0.797, 0.860, 0.834, 0.354),
    ({"start": 20, "noise": 0.05}, 0.095, 0.112, 0.122, 0.707),
]


def test_what_the_chapter_says_of_it(look):
    seen = look([changes for changes, *_ in FOUND])
    for (changes, *truth), (now, _) in zip(FOUND, seen, strict=True):
        ours = [*(now["errors"][kind] for kind in KINDS), now["zero"]]
        np.testing.assert_allclose(ours, truth, rtol=0, atol=0.00051, err_msg=str(changes))
        if not changes.get("noise"):
            assert now["errors"]["recurrence"] < 1e-12
    assert now["errors"]["recurrence"] == pytest.approx(0.934, abs=0.00051)
    assert now["factor"] == pytest.approx(1.8927, abs=0.000051)


def test_noise_turns_the_table(look):
    seen = look([{"start": start, "noise": 0.05} for start in range(FreeRunning.start.max + 1)])
    errors = [now["errors"] for now, _ in seen]
    better = {kind: sum(e[kind] < e["recurrence"] for e in errors) for kind in KINDS}
    assert better == {"RNN": 37, "LSTM": 41, "GRU": 38}


def test_weights_travel_with_the_figure(figure):
    arrays = read(free_running.FILE, "networks")[1]
    assert figure.weights == free_running.pack(arrays)
    assert {w.dtype for w in arrays.values()} == {np.dtype(np.float32)}
    assert figure.weights["GRU.W_h"]["data"] in figure.page()
    assert repr(figure) == "FreeRunning(amplitude=1.0, noise=0.0, period=20, start=0, window=50)"


def test_sliders_have_the_range_of_the_knobs():
    source = SCRIPT.read_text("utf-8")
    for name in START:
        trait = FreeRunning.class_traits()[name]
        assert re.search(rf"\b{name}: \[{trait.min:g}, {trait.max:g}\]", source), name
    assert len(FreeRunning().draws) == FreeRunning.start.max + FreeRunning.window.max
