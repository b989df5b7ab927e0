"""`Training`: stopped, kept and taken up again, it ends where it would have ended without."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru_lib import GRU, LSTM, Dense, Model
from gru_lib.data import sine, windows
from gru_lib.optim import SGD, Adam
from gru_lib.training import Training, fit
from gru_lib.updates import Batches, Updater

X, Y = windows(sine(30, 0.5), 6)  # 24 windows
VALIDATION = windows(np.asarray(0.5 * sine(12, 0.5)), 6)
OPTIMIZERS = {
    "adam": lambda: Adam(0.01),
    "momentum": lambda: SGD(0.05, momentum=0.9),
    "sgd": lambda: SGD(0.05),
}


def build(cell=GRU, hidden=3):
    return Model(cell(1, hidden, seed=0), Dense(hidden, 1, seed=1))


def training(optimizer="adam", *, batch_size=7, shuffle=True, seed=5, clip_norm=None, **options):
    updater = Updater(build(), OPTIMIZERS[optimizer](), clip_norm=clip_norm)
    return Training(updater, Batches(batch_size, shuffle, seed), X, Y, **options)


def scripted(losses, model):
    """A training with one batch an epoch, whose losses are those given."""

    def loss(prediction, y):
        return next(losses), np.ones_like(prediction)

    return Training(Updater(model, SGD(0.01), loss), Batches(24), X, Y)


def model_of(run):
    return run._updater.model


def assert_same(run, other):
    pd.testing.assert_frame_equal(
        run.history.drop(columns="seconds"), other.history.drop(columns="seconds"), check_exact=True
    )
    ours, theirs = model_of(run).params, model_of(other).params
    assert ours.keys() == theirs.keys()
    for name, w in ours.items():
        np.testing.assert_array_equal(w, theirs[name], err_msg=name)


def through_a_file(state):
    """The state as it is after a way through JSON, and arrays that nobody else holds."""
    description, arrays = state
    return json.loads(json.dumps(description)), {name: a.copy() for name, a in arrays.items()}


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("options", [{}, {"validation": VALIDATION}, {"shuffle": False}], ids=str)
def test_two_halves_are_the_whole(optimizer, options):
    whole, halves, later = (training(optimizer, **options) for _ in range(3))
    whole.run(7)
    halves.run(3)
    kept = through_a_file(halves.state())
    halves.run(7)
    assert_same(halves, whole)
    later.restore(*kept)
    assert len(later.history) == 3
    later.run(7)
    assert_same(later, whole)


@given(st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_wherever_it_is_cut(cut, seed):
    whole, later = training(seed=seed), training(seed=seed + 1)  # the kept order counts
    whole.run(6)
    first = training(seed=seed)
    first.run(cut)
    later.restore(*through_a_file(first.state()))
    later.run(6)
    assert_same(later, whole)


def test_a_training_is_what_fit_runs():
    run, model = training("momentum", clip_norm=0.1), build()
    run.run(4)
    history = fit(
        model, X, Y, SGD(0.05, momentum=0.9), epochs=4, batch_size=7, clip_norm=0.1, seed=5
    )
    for name, w in model.params.items():
        np.testing.assert_array_equal(w, model_of(run).params[name])
    assert history["loss"].tolist() == run.history["loss"].tolist()


def test_the_linear_schedule_goes_on_where_it_was():
    rates = []

    class Noting(SGD):
        def update(self, params, grads):
            rates.append(self.learning_rate)
            super().update(params, grads)

    def run(stops):
        rates.clear()
        run = Training(Updater(build(), Noting(0.4)), Batches(12), X, Y)
        for stop in stops:
            run.run(stop, schedule="linear")
        return list(rates)

    assert run([4]) == pytest.approx([0.4, 0.35, 0.3, 0.25, 0.2, 0.15, 0.1, 0.05])
    # Of 2 epochs in all, then of 4: the second call begins at the rate of its own third epoch.
    assert run([2, 4]) == pytest.approx([0.4, 0.3, 0.2, 0.1, 0.2, 0.15, 0.1, 0.05])


def test_an_interrupted_epoch_is_taken_from_its_start():
    """In the middle of an epoch the optimiser and the random numbers are ahead of the history."""
    whole = training()
    whole.run(6)
    kept, calls = [], []

    def after_epoch(run):
        kept.append(run.state())

    run = training()
    update = run._updater.update

    def interrupted(*arguments):
        calls.append(arguments)
        if len(calls) == 3 * 4 + 2:  # four batches in an epoch
            raise KeyboardInterrupt
        return update(*arguments)

    run._updater.update = interrupted
    with pytest.raises(KeyboardInterrupt):
        run.run(6, after_epoch=after_epoch)
    assert len(kept) == len(run.history) == 3
    run._updater.update = update
    run.restore(*kept[-1])
    run.run(6)
    assert_same(run, whole)


def test_the_model_is_given_the_best_and_goes_on_from_the_latest():
    """The loss is scripted: the second epoch is the best of four."""
    losses = iter([3.0, 1.0, 2.0, 2.5, 0.5])
    kept, model = [], build()
    run = scripted(losses, model)

    def after_epoch(run):
        assert run is training_seen
        kept.append({name: w.copy() for name, w in model.params.items()})

    training_seen = run
    run.run(4, after_epoch=after_epoch)
    best = {name: w.copy() for name, w in model.params.items()}
    description, arrays = run.state()
    for name, w in best.items():
        np.testing.assert_array_equal(w, kept[1][name])
        np.testing.assert_array_equal(arrays[f"best.{name}"], kept[1][name])
        np.testing.assert_array_equal(arrays[f"latest.{name}"], kept[3][name])
    assert description["best"] == 1.0
    assert description["waited"] == 2
    other = scripted(losses, build())
    other.restore(description, arrays)
    for name, w in best.items():
        np.testing.assert_array_equal(model_of(other).params[name], w)
    other.run(5)
    assert other.history.best_epoch == 5
    y, _ = model.forward(X)  # still the best of four: the two trainings share nothing
    for name, w in best.items():
        np.testing.assert_array_equal(w, model.params[name])
    assert y.shape == (24, 1)


def test_a_state_is_a_copy():
    run = training()
    run.run(2)
    description, arrays = through_a_file(run.state())
    same, given = run.state()
    run.run(5)
    assert json.dumps(same) == json.dumps(description)
    for name, a in arrays.items():
        np.testing.assert_array_equal(given[name], a, err_msg=name)


def test_patience_counts_on():
    def stops(parts):
        run = scripted(iter([2.0, 1.0, *[3.0] * 20]), build())
        for part in parts:
            run.run(part, patience=4)
        return len(run.history)

    assert stops([20]) == 6
    assert stops([4, 20]) == 6


def spoilt(change):
    run = training()
    run.run(2)
    description, arrays = through_a_file(run.state())
    change(description, arrays)
    return description, arrays


@pytest.mark.parametrize(
    "change",
    [
        lambda d, a: d.pop("rows"),
        lambda d, a: d.pop("random"),
        lambda d, a: d.pop("best"),
        lambda d, a: d.update(rows=[["a"]]),
        lambda d, a: d.update(rows=3),
        lambda d, a: d.update(random={"bit_generator": "MT19937"}),
        lambda d, a: d.update(random=None),
        lambda d, a: d.update(waited="x"),
        lambda d, a: d.update(best=None),
        lambda d, a: a.clear(),
        lambda d, a: a.pop("latest.dense1.b_y"),
        lambda d, a: a.pop("best.gru0.W_h"),
        lambda d, a: a.pop("optimizer.steps"),
        lambda d, a: a.pop("optimizer.mean.gru0.W_h"),
        lambda d, a: a.update({"latest.dense1.b_y": np.zeros(2)}),
        lambda d, a: a.update({"best.dense1.b_y": np.zeros(1, np.float32)}),
        lambda d, a: a.update({"optimizer.square.dense1.b_y": np.zeros((1, 1))}),
        lambda d, a: a.update({"optimizer.steps": np.zeros(2, np.int64)}),
        lambda d, a: a.update({"optimizer.steps": np.array("3")}),
        lambda d, a: a.update({"foreign": np.zeros(1)}),
        lambda d, a: a.update({"optimizer.velocity.x": np.zeros(1)}),
        lambda d, a: a.update({"latest.dense1.b_y": np.array([np.nan])}),
    ],
)
def test_a_spoilt_state_is_refused(change):
    run = training()
    before = {name: w.copy() for name, w in model_of(run).params.items()}
    with pytest.raises(ValueError, match=r"^state: not that of a training like this one: "):
        run.restore(*spoilt(change))
    for name, w in before.items():
        np.testing.assert_array_equal(w, model_of(run).params[name])
    assert run.history.empty


@pytest.mark.parametrize("other", [build(GRU, 4), build(LSTM)], ids=["larger", "LSTM"])
def test_the_state_of_another_model_is_refused(other):
    run = Training(Updater(other, Adam(0.01)), Batches(), X, Y)
    with pytest.raises(ValueError, match=r"^state: "):
        run.restore(*spoilt(lambda d, a: None))


def test_the_state_of_another_optimizer_is_refused():
    for name in ("momentum", "sgd"):
        with pytest.raises(ValueError, match=r"^state: .*expected .*velocity"):
            training(name).restore(*spoilt(lambda d, a: None))
