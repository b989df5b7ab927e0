"""`fit`: what it learns, keeps, records, schedules, and how it stops."""

import time

import numpy as np
import pandas as pd
import pytest

from gru_lib import RNN, Dense, Model
from gru_lib.data import sine, windows
from gru_lib.losses import mean_squared_error, softmax_cross_entropy
from gru_lib.optim import SGD, Adam, global_norm
from gru_lib.training import COLUMNS, History, TrainingDiverged, fit

X, Y = windows(sine(30, 0.5), 6)  # 24 windows


def build(output="last", dtype=np.float64, seed=0, init="uniform"):
    layers = RNN(1, 4, seed=seed, dtype=dtype, init=init), Dense(4, 1, seed=seed + 1, dtype=dtype)
    return Model(*layers, output=output)


def copies(model):
    return {name: w.copy() for name, w in model.params.items()}


def assert_same(params, others):
    assert params.keys() == others.keys()
    for name, w in params.items():
        np.testing.assert_array_equal(w, others[name], err_msg=name)


class Recorder:
    """An optimizer that notes the learning rates and norms it is given and changes nothing."""

    def __init__(self, learning_rate=0.5):
        self.learning_rate = learning_rate
        self.rates, self.norms, self.largest = [], [], []

    def update(self, params, grads):
        self.rates.append(self.learning_rate)
        self.norms.append(global_norm(grads))
        self.largest.append(max(np.abs(g).max() for g in grads.values()))


def scripted(*values):
    """A loss that returns these numbers, one per call, and a gradient of ones."""
    left = iter(values)
    return lambda prediction, y: (next(left), np.ones_like(prediction))


def test_the_loss_falls():
    model = build()
    history = fit(model, X, Y, Adam(0.02), epochs=60, batch_size=8, seed=0)
    assert history["loss"].iloc[-1] < 0.1 * history["loss"].iloc[0]
    assert mean_squared_error(model.forward(X)[0], Y)[0] < 0.02


def test_classes_can_be_learnt_too():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(40, 3, 1))
    labels = (x[:, -1, 0] > 0).astype(int)
    model = Model(RNN(1, 4, seed=0), Dense(4, 2, seed=1))
    fit(model, x, labels, Adam(0.05), epochs=30, loss=softmax_cross_entropy, seed=0)
    assert np.mean(model.forward(x)[0].argmax(axis=-1) == labels) > 0.9


def test_a_seed_repeats_to_the_last_bit():
    def train(seed):
        model = build()
        history = fit(model, X, Y, Adam(0.01), epochs=3, batch_size=5, seed=seed)
        return copies(model), history.drop(columns="seconds")

    (params, history), (again, same), (other, _) = train(1), train(1), train(2)
    assert_same(params, again)
    pd.testing.assert_frame_equal(history, same, check_exact=True)
    assert not np.array_equal(params["rnn0.W_hh"], other["rnn0.W_hh"])


def visits(count=7, **options):
    """The numbers of the sequences of each batch, in the order in which `fit` visits them."""
    seen, numbers = [], np.arange(float(count))[:, None]

    def loss(prediction, y):
        seen.append(y[:, 0].astype(int).tolist())
        return 1.0, np.zeros_like(prediction)

    fit(build(), np.ones((count, 3, 1)), numbers, Recorder(), loss=loss, **options)
    return seen


def test_batches_in_order():
    first = [[0, 1, 2], [3, 4, 5], [6]]
    assert visits(epochs=2, batch_size=3, shuffle=False) == first * 2
    assert visits(epochs=1, batch_size=7, shuffle=False) == [list(range(7))]
    assert [len(batch) for batch in visits(70, epochs=1)] == [32, 32, 6]


def test_batches_in_a_new_order_every_epoch():
    seen = visits(epochs=3, batch_size=3, seed=0)
    assert [len(batch) for batch in seen] == [3, 3, 1] * 3
    epochs = [[n for batch in seen[i : i + 3] for n in batch] for i in (0, 3, 6)]
    assert all(sorted(epoch) == list(range(7)) for epoch in epochs)
    assert len({tuple(epoch) for epoch in epochs}) == 3


def test_history():
    model, optimizer = build(), Recorder()
    x, y = X[:6], Y[:6]
    started = time.perf_counter()
    history = fit(model, x, y, optimizer, epochs=2, batch_size=4, shuffle=False)
    elapsed = time.perf_counter() - started
    assert isinstance(history, History)
    assert list(history.columns) == COLUMNS
    assert COLUMNS == ["loss", "validation_loss", "gradient_norm", "clipped_norm", "seconds"]
    assert history.index.tolist() == [1, 2]
    assert history.index.name == "epoch"
    assert history["validation_loss"].isna().all()
    assert (history["seconds"] > 0).all()
    assert history["seconds"].sum() <= elapsed
    prediction, _ = model.forward(x)
    batches = [mean_squared_error(prediction[s], y[s])[0] for s in (slice(4), slice(4, 6))]
    np.testing.assert_allclose(history["loss"], np.mean(batches), rtol=1e-12)
    for column in ("gradient_norm", "clipped_norm"):
        np.testing.assert_allclose(history[column], np.mean(optimizer.norms[:2]), rtol=1e-12)
    assert type(history[["loss"]]) is pd.DataFrame


def test_best_epoch():
    def history(losses, scores):
        rows = [[a, b, 0, 0, 0] for a, b in zip(losses, scores, strict=True)]
        return History(rows, index=pd.RangeIndex(1, 4, name="epoch"), columns=COLUMNS)

    assert history([3, 1, 2], [np.nan] * 3).best_epoch == 2
    assert history([3, 1, 2], [5, 6, 4]).best_epoch == 3
    assert history([3, 1, 1], [5, 4, 4]).best_epoch == 2


def test_the_parameters_with_the_best_validation_loss_are_kept():
    """Training pulls the prediction from 0 to 1; on its way it passes the validation target."""
    x, ones = np.ones((4, 3, 1)), np.ones((4, 1))
    validation = (x, 0.5 * ones)
    model = build(init="normal")
    history = fit(model, x, ones, SGD(0.05), epochs=60, validation=validation)
    assert 3 < history.best_epoch < 57
    assert history["loss"].iloc[-1] < history["loss"].iloc[0]
    score = mean_squared_error(model.forward(x)[0], validation[1])[0]
    assert score == history["validation_loss"].min()
    assert score == history["validation_loss"][history.best_epoch]


def test_without_validation_the_best_training_loss_counts():
    model, snapshots = build(), []

    class Noting(SGD):
        def update(self, params, grads):
            super().update(params, grads)
            snapshots.append({name: w.copy() for name, w in params.items()})

    history = fit(model, X, Y, Noting(0.1), epochs=4, loss=scripted(3, 1, 2, 1))
    assert history.best_epoch == 2
    assert_same(model.params, snapshots[1])


@pytest.mark.parametrize(("patience", "epochs"), [(1, 3), (2, 4), (3, 9), (None, 9)])
def test_patience(patience, epochs):
    loss = scripted(5, 4, 4, 4.5, 3, 2.9, 2.8, 2.7, 2.6)
    history = fit(build(), X, Y, Recorder(), epochs=9, patience=patience, loss=loss)
    assert len(history) == epochs


def test_validation_is_measured_after_the_epoch_and_never_trained_on():
    calls = []

    def loss(prediction, y):
        calls.append(len(y))
        return mean_squared_error(prediction, y)

    fit(build(), X[:8], Y[:8], SGD(0.1), epochs=2, batch_size=4, loss=loss, validation=(X, Y))
    assert calls == [4, 4, 24] * 2
    plain, watched = build(), build()
    fit(plain, X[:8], Y[:8], SGD(0.01), epochs=1, seed=0)
    history = fit(watched, X[:8], Y[:8], SGD(0.01), epochs=1, seed=0, validation=(X, Y))
    assert_same(plain.params, watched.params)
    score = mean_squared_error(watched.forward(X)[0], Y)[0]
    assert history["validation_loss"].tolist() == [score]


def test_schedules():
    constant, linear = Recorder(0.5), Recorder(0.5)
    fit(build(), X[:6], Y[:6], constant, epochs=2, batch_size=2)
    assert constant.rates == [0.5] * 6
    fit(build(), X[:6], Y[:6], linear, epochs=2, batch_size=2, schedule="linear")
    np.testing.assert_allclose(linear.rates, [0.5 * (6 - i) / 6 for i in range(6)], rtol=1e-14)
    assert linear.learning_rate == 0.5


def test_the_schedule_counts_chunks():
    optimizer = Recorder(1.0)
    x, y = np.ones((2, 5, 1)), np.ones((2, 5, 1))
    fit(build("all"), x, y, optimizer, epochs=2, chunk_length=2, schedule="linear")
    np.testing.assert_allclose(optimizer.rates, [(6 - i) / 6 for i in range(6)], rtol=1e-14)


def test_clip_norm():
    optimizer = Recorder()
    history = fit(build(), X, Y, optimizer, epochs=2, batch_size=8, clip_norm=0.01)
    assert (history["clipped_norm"] <= 0.01 * (1 + 1e-12)).all()
    assert (history["gradient_norm"] > 0.01).all()
    np.testing.assert_allclose(optimizer.norms, 0.01, rtol=1e-12)


def test_clip_value():
    optimizer = Recorder()
    history = fit(build(), X, Y, optimizer, epochs=2, batch_size=8, clip_value=0.01)
    np.testing.assert_allclose(optimizer.largest, 0.01, rtol=1e-12)
    assert (history["clipped_norm"] < history["gradient_norm"]).all()


def test_values_are_clipped_before_the_norm():
    optimizer = Recorder()
    fit(build(), X, Y, optimizer, epochs=1, clip_value=0.01, clip_norm=0.005)
    np.testing.assert_allclose(optimizer.norms, 0.005, rtol=1e-12)
    fit(build(), X, Y, optimizer, epochs=1, clip_value=0.01, clip_norm=100)
    np.testing.assert_allclose(optimizer.largest[-1], 0.01, rtol=1e-12)


def test_truncate_reaches_the_model():
    ours, hand = build(), build()
    fit(ours, X, Y, SGD(0.1), epochs=1, truncate=1)
    y, _ = hand.forward(X)
    hand.backward(mean_squared_error(y, Y)[1], truncate=1)
    SGD(0.1).update(hand.params, hand.grads)
    for name, w in hand.params.items():
        np.testing.assert_allclose(ours.params[name], w, rtol=0, atol=1e-13)


@pytest.mark.parametrize("stateful", [True, False])
def test_chunks_against_a_loop_by_hand(stateful):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(5, 7, 1)), rng.normal(size=(5, 7, 1))
    ours, hand, optimizer, losses = build("all"), build("all"), SGD(0.05, 0.9), []
    options = {"batch_size": 2, "shuffle": False, "chunk_length": 3, "stateful": stateful}
    history = fit(ours, x, y, SGD(0.05, 0.9), epochs=1, **options)
    for rows in (slice(0, 2), slice(2, 4), slice(4, 5)):
        state = None
        for part in (slice(0, 3), slice(3, 6), slice(6, 7)):
            prediction, final = hand.forward(x[rows, part], state)
            loss, dy = mean_squared_error(prediction, y[rows, part])
            losses.append(loss)
            hand.backward(dy)
            optimizer.update(hand.params, hand.grads)
            state = final if stateful else None
    assert_same(ours.params, hand.params)
    np.testing.assert_allclose(history["loss"], [np.mean(losses)], rtol=1e-14)
    if stateful:  # which is also what fit does when it is not told
        default = build("all")
        del options["stateful"]
        fit(default, x, y, SGD(0.05, 0.9), epochs=1, **options)
        assert_same(default.params, hand.params)


def test_float32_stays_float32():
    model, dtypes = build(dtype=np.float32), set()
    x, y = X.astype(np.float32), Y.astype(np.float32)

    class Noting(Adam):
        def update(self, params, grads):
            super().update(params, grads)
            dtypes.update(a.dtype for d in (params, grads) for a in d.values())

    options = {"schedule": "linear", "clip_norm": 0.1, "clip_value": 0.1, "validation": (x, y)}
    fit(model, x, y, Noting(0.01), epochs=2, **options)
    dtypes.update(w.dtype for w in model.params.values())
    assert dtypes == {np.dtype(np.float32)}


def test_data_and_parameter_arrays_are_kept():
    model = build()
    arrays, x, y = dict(model.params), X.copy(), Y.copy()
    fit(model, x, y, SGD(0.1), epochs=2, seed=0)
    np.testing.assert_array_equal(x, X)
    np.testing.assert_array_equal(y, Y)
    assert all(model.params[name] is w for name, w in arrays.items())


def diverge(optimizer, loss=mean_squared_error, model=None, epochs=5, y=Y, **options):
    """Fit what must diverge; return the model and the error."""
    model = build() if model is None else model
    rest = {"batch_size": 12, "seed": 0, "loss": loss} | options
    with pytest.raises(TrainingDiverged) as caught:
        fit(model, X, y, optimizer, epochs=epochs, **rest)
    return model, caught.value


def test_divergence_in_the_loss_keeps_the_best_parameters():
    calls = []

    def loss(prediction, y):
        calls.append(1)
        value, dy = mean_squared_error(prediction, y)
        return (np.nan if len(calls) == 6 else value), dy

    optimizer = SGD(0.01)
    model, error = diverge(optimizer, loss, schedule="linear")
    assert "epoch 3, batch 2: the loss is not finite" in str(error)
    assert error.history.index.tolist() == [1, 2]
    assert isinstance(error.history, History)
    assert optimizer.learning_rate == 0.01
    calls.clear()
    after_two = build()  # the same five epochs, interrupted before the third

    def interrupted(prediction, y):
        if len(calls) == 4:
            raise KeyboardInterrupt
        return loss(prediction, y)

    with pytest.raises(KeyboardInterrupt):
        fit(
            after_two,
            X,
            Y,
            SGD(0.01),
            epochs=5,
            batch_size=12,
            seed=0,
            loss=interrupted,
            schedule="linear",
        )
    assert error.history["loss"][2] < error.history["loss"][1]
    assert_same(model.params, after_two.params)
    assert not np.array_equal(model.params["rnn0.W_hh"], build().params["rnn0.W_hh"])


def test_divergence_in_the_first_epoch_keeps_the_start():
    model, error = diverge(SGD(1.0), scripted(1.0, np.inf))
    assert "epoch 1, batch 2: the loss" in str(error)
    assert len(error.history) == 0
    assert error.history.to_numpy().dtype == float
    assert_same(model.params, build().params)


def test_divergence_of_a_parameter():
    class Broken(Recorder):
        def update(self, params, grads):
            params["rnn0.b_h"][1] = np.nan
            params["dense1.b_y"][0] = np.inf

    model, error = diverge(Broken())
    assert "epoch 1, batch 1: the parameter rnn0.b_h is not finite" in str(error)
    assert_same(model.params, build().params)


def test_divergence_by_a_huge_learning_rate():
    _, error = diverge(SGD(1e300))
    assert "epoch 1, batch 1: the parameter rnn0." in str(error) or "batch 2" in str(error)
    assert isinstance(error, ArithmeticError)


def test_divergence_of_the_prediction():
    model = build()
    model.params["dense1.W_hy"][...] = 1e308
    model.params["rnn0.b_h"][...] = 5
    _, error = diverge(SGD(0.1), model=model)
    assert "epoch 1, batch 1: the prediction is not finite" in str(error)
    model = build()
    model.params["rnn0.W_xh"][0, 1] = np.nan
    _, error = diverge(SGD(0.1), model=model)
    assert "epoch 1, batch 1: the prediction is not finite" in str(error)


@pytest.mark.parametrize("output", ["last", "all"])
def test_divergence_of_a_gradient_names_the_first(output):
    def loss(prediction, y):
        return 1.0, np.full_like(prediction, np.nan)

    _, error = diverge(Recorder(), loss, build(output), y=Y if output == "last" else X)
    assert "epoch 1, batch 1: the gradient of rnn0.W_xh is not finite" in str(error)


@pytest.mark.parametrize("spoil", [lambda x: 1e308 * (x + 10), lambda x: (x + np.inf) - np.inf])
def test_divergence_is_an_error_and_not_a_warning_too(spoil):
    def loss(prediction, y):
        return spoil(prediction).sum(), np.zeros_like(prediction)

    _, error = diverge(Recorder(), loss)
    assert "the loss is not finite" in str(error)


@pytest.mark.parametrize("spoil", [lambda x: np.nan, lambda x: 1e308 * (x.max() + 10)])
def test_divergence_of_the_validation_loss(spoil):
    def loss(prediction, y):
        return (spoil(prediction) if len(y) == 3 else 1.0), np.zeros_like(prediction)

    _, error = diverge(Recorder(), loss, validation=(X[:3], Y[:3]))
    assert "validation" in str(error)


def test_an_interruption_keeps_the_best_parameters():
    values = iter([3.0, 1.0, 2.0])  # then StopIteration would be an error of the test

    def loss(prediction, y):
        value = next(values, None)
        if value is None:
            raise KeyboardInterrupt
        return value, np.ones_like(prediction)

    model, twice, optimizer = build(), build(), SGD(0.1)
    with pytest.raises(KeyboardInterrupt):
        fit(model, X, Y, optimizer, epochs=9, loss=loss, schedule="linear", shuffle=False)
    assert optimizer.learning_rate == 0.1
    optimizer = SGD(0.1)
    for i in range(2):
        optimizer.learning_rate = 0.1 * (1 - i / 9)
        y, _ = twice.forward(X)
        twice.backward(np.ones_like(y))
        optimizer.update(twice.params, twice.grads)
    assert_same(model.params, twice.params)


def test_the_progress_bar_is_silent_off_a_terminal(capsys):
    fit(build(), X, Y, SGD(0.1), epochs=2)
    assert capsys.readouterr() == ("", "")


# --- sequences of different lengths ------------------------------------------------------------

LENGTHS = np.array([6, 2, 0, 3, 5, 1])


def ragged(output="all"):
    rng = np.random.default_rng(0)
    shape = (6, 6, 1) if output == "all" else (6, 1)
    return rng.normal(size=(6, 6, 1)), rng.normal(size=shape)


@pytest.mark.parametrize("output", ["all", "last"])
def test_lengths_against_a_loop_by_hand(output):
    x, y = ragged(output)
    model, other = build(output), build(output)
    history = fit(model, x, y, SGD(0.1), epochs=2, batch_size=4, lengths=LENGTHS, shuffle=False)
    losses = []
    for _ in range(2):
        for rows in (slice(0, 4), slice(4, 6)):
            prediction, _ = other.forward(x[rows], lengths=LENGTHS[rows])  # not cut
            options = (LENGTHS[rows],) if output == "all" else ()
            loss, dy = mean_squared_error(prediction, y[rows], *options)
            other.backward(dy)
            for name, w in other.params.items():
                w -= 0.1 * other.grads[name]
            losses.append(loss)
    np.testing.assert_allclose(history["loss"], np.reshape(losses, (2, 2)).mean(axis=1), rtol=1e-12)
    for name, w in model.params.items():
        np.testing.assert_allclose(w, other.params[name], rtol=1e-12, atol=1e-15, err_msg=name)


def test_a_batch_is_cut_to_its_longest_sequence():
    seen = []

    def loss(prediction, y, lengths):
        seen.append((prediction.shape, y.shape, lengths.tolist()))
        return mean_squared_error(prediction, y, lengths)

    x, y = ragged()
    order = {"shuffle": False, "lengths": LENGTHS, "loss": loss}
    fit(build("all"), x, y, SGD(0.1), epochs=1, batch_size=2, **order)
    assert seen == [
        ((2, 6, 1), (2, 6, 1), [6, 2]),
        ((2, 3, 1), (2, 3, 1), [0, 3]),
        ((2, 5, 1), (2, 5, 1), [5, 1]),
    ]


def test_a_batch_of_empty_sequences_predicts_from_the_initial_state():
    x, y = ragged("last")
    options = {"lengths": np.zeros(6, int), "batch_size": 3}
    history = fit(build("last"), x, y, SGD(0.1), epochs=2, **options)
    assert history["loss"].iloc[1] < history["loss"].iloc[0]


@pytest.mark.parametrize("output", ["all", "last"])
def test_garbage_in_the_padding_is_never_seen(output):
    x, y = ragged(output)
    spoilt, spoilt_y = x.copy(), y.copy()
    for row, length in enumerate(LENGTHS):
        spoilt[row, length:] = 1e6
        if output == "all":
            spoilt_y[row, length:] = -1e6
    histories = [
        fit(
            build(output),
            *data,
            Adam(0.01),
            epochs=3,
            batch_size=4,
            lengths=LENGTHS,
            validation=(*data, LENGTHS),
            seed=0,
        )
        for data in ((x, y), (spoilt, spoilt_y))
    ]
    for column in ("loss", "validation_loss", "gradient_norm"):
        np.testing.assert_array_equal(histories[0][column], histories[1][column])


def test_validation_with_lengths_of_its_own():
    x, y = ragged()
    still = SGD(1e-300)
    history = fit(build("all"), x, y, still, epochs=1, validation=(x, y, LENGTHS))
    model = build("all")
    loss, _ = mean_squared_error(model.forward(x, lengths=LENGTHS)[0], y, LENGTHS)
    assert history["validation_loss"].iloc[0] == pytest.approx(loss, rel=1e-12)
    assert history["loss"].iloc[0] != pytest.approx(loss, rel=1e-3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"lengths": LENGTHS[:5]}, "lengths: expected 6 whole numbers"),
        ({"lengths": LENGTHS + 1}, "lengths: expected numbers from 0 to 6"),
        ({"lengths": LENGTHS / 2}, "lengths: expected 6 whole numbers"),
        ({"lengths": LENGTHS, "chunk_length": 3}, "lengths: expected None with chunk_length"),
        ({"validation": ragged()[:1]}, "validation: expected 2 or 3 arrays, got 1"),
        ({"validation": (*ragged(), LENGTHS[:2])}, "lengths: expected 6 whole numbers"),
    ],
    ids=["too few", "too long", "fractions", "with chunks", "one array", "in validation"],
)
def test_lengths_that_do_not_fit_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        fit(build("all"), *ragged(), SGD(0.1), epochs=1, **options)
