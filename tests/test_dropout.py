"""Dropout alone, in a model, in training, and in files."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gru_lib import GRU, LSTM, Bidirectional, Dense, Model
from gru_lib.dropout import Dropout
from gru_lib.gradcheck import complex_step, relative_error
from gru_lib.optim import SGD, Adam
from gru_lib.training import Training, fit
from gru_lib.updates import Batches, Updater

seeds = st.integers(0, 2**32 - 1)
rates = st.floats(0, 0.99)


def build(rate=0.4, output="last", dtype=np.float64, seed=7):
    both = Bidirectional(GRU(2, 3, dtype=dtype, seed=0), GRU(2, 2, dtype=dtype, seed=1))
    layers = both, LSTM(5, 4, dtype=dtype, seed=2), Dense(4, 1, dtype=dtype, seed=3)
    return Model(*layers, output=output, dropout=rate, seed=seed)


def rows(count=6, output="last"):
    rng = np.random.default_rng(0)
    shape = (count, 1) if output == "last" else (count, 4, 1)
    return rng.normal(size=(count, 4, 2)), rng.normal(size=shape)


def test_half_of_it_is_left_out_and_the_rest_doubled():
    out = Dropout(0.5, seed=0).forward(np.full((100, 100), 3.0))
    assert set(np.unique(out)) == {0.0, 6.0}
    assert 0.48 < np.mean(out == 0) < 0.52


@given(rates, seeds)
def test_the_mean_stays(rate, seed):
    h = np.ones(20_000)
    spread = np.sqrt(rate / (1 - rate) / h.size)
    assert abs(Dropout(rate, seed).forward(h).mean() - 1) <= 6 * spread + 1e-12


@given(rates, seeds)
def test_the_gradient_passes_where_the_entry_did(rate, seed):
    rng = np.random.default_rng(seed)
    dropout, h, dh = Dropout(rate, seed), *rng.normal(size=(2, 3, 4))
    np.testing.assert_allclose(dropout.forward(h) * dh, h * dropout.backward(dh), rtol=1e-12)


def test_every_pass_leaves_out_others_and_a_seed_repeats():
    first, second = Dropout(0.5, seed=1), Dropout(0.5, seed=1)
    h = np.ones(50)
    one, two = first.forward(h), first.forward(h)
    assert not np.array_equal(one, two)
    np.testing.assert_array_equal(one, second.forward(h))
    np.testing.assert_array_equal(two, second.forward(h))


def test_nothing_happens_without_training_or_at_rate_zero():
    h = np.arange(1.0, 9)
    for dropout, training in ((Dropout(0.9, 0), False), (Dropout(0, 0), True)):
        assert dropout.forward(h, training) is h
        assert dropout.backward(h) is h


def test_after_a_pass_without_training_the_old_mask_is_gone():
    dropout, h = Dropout(0.5, seed=0), np.ones(50)
    dropout.forward(h)
    dropout.forward(h, training=False)
    np.testing.assert_array_equal(dropout.backward(h), h)


def test_float32_stays_float32():
    dropout, h = Dropout(0.3, seed=0), np.ones(9, np.float32)
    assert dropout.forward(h).dtype == dropout.backward(h).dtype == np.float32


@pytest.mark.parametrize("rate", [1, -0.1, np.nan, None, "0.5"])
def test_a_rate_is_a_number_from_zero_to_below_one(rate):
    with pytest.raises(ValueError, match="dropout: expected a number from 0 to below 1"):
        Dropout(rate)
    with pytest.raises(ValueError, match="dropout: expected a number from 0 to below 1"):
        build(rate)


@settings(max_examples=20)
@given(seeds, st.sampled_from(["last", "all"]), st.booleans())
def test_a_models_gradient_with_dropout_against_the_complex_step(seed, output, padded):
    rng = np.random.default_rng(seed)
    model = build(0.4, output, complex, seed)
    x, drawn = rng.normal(size=(2, 4, 2)).astype(complex), model.rng.bit_generator.state
    lengths = rng.integers(0, 5, 2) if padded else None
    dy = rng.normal(size=(2, 1) if output == "last" else (2, 4, 1)).astype(complex)

    def loss():
        model.rng.bit_generator.state = drawn
        return np.sum(model.forward(x, lengths=lengths, training=True)[0] * dy)

    loss()
    dx, _ = model.backward(dy)
    ours = {"x": dx} | {name: g.copy() for name, g in model.grads.items()}
    for name, array in ({"x": x} | model.params).items():
        assert relative_error(ours[name].real, complex_step(loss, array)) < 1e-10, name


def test_every_recurrent_layer_is_followed_by_dropout_and_states_are_whole():
    x, _ = rows()
    plain, dropped = build(0.0), build(0.4)
    _, states = plain.forward(x)
    y, others = dropped.forward(x, training=True)
    np.testing.assert_array_equal(others[0][0], states[0][0])  # below the first dropout
    assert not np.allclose(others[1][0], states[1][0])  # above it
    state = others[1][0]
    kept = [d._scale for d in dropped.dropouts]
    assert kept[0].shape == (6, 4, 5)
    assert kept[1].shape == (6, 4)
    np.testing.assert_allclose(y, dropped.layers[-1].forward(state * kept[1]), rtol=1e-12)


def test_predictions_are_without_it():
    x, _ = rows()
    np.testing.assert_array_equal(build(0.4).forward(x)[0], build(0.0).forward(x)[0])


@pytest.mark.parametrize("output", ["last", "all"])
def test_fit_trains_with_it_and_validates_without(output):
    x, y = rows(output=output)
    still = SGD(1e-300)  # weights that stay what they are
    history = fit(build(0.4, output), x, y, still, epochs=3, batch_size=6, validation=(x, y))
    assert history["validation_loss"].nunique() == 1
    assert history["loss"].nunique() == 3
    plain = fit(build(0.0, output), x, y, still, epochs=1, batch_size=6, validation=(x, y))
    assert history["validation_loss"].iloc[0] == plain["validation_loss"].iloc[0]


def test_a_seed_repeats_a_training_to_the_last_bit():
    x, y = rows()
    models = [build(0.4), build(0.4), build(0.4, seed=8)]
    for model in models:
        fit(model, x, y, Adam(0.01), epochs=3, batch_size=2, seed=0)
    same, again, other = (model.forward(x)[0] for model in models)
    np.testing.assert_array_equal(same, again)
    assert not np.array_equal(same, other)


def test_a_training_in_two_halves_leaves_out_the_same():
    x, y = rows()

    def training():
        return Training(Updater(build(0.4), Adam(0.01)), Batches(2, seed=0), x, y)

    whole, first, later = training(), training(), training()
    whole.run(6)
    first.run(2)
    later.restore(*first.state())
    later.run(6)
    np.testing.assert_array_equal(later.history["loss"], whole.history["loss"])


def test_a_file_keeps_the_rate(tmp_path):
    build(0.4).save(tmp_path / "m.npz")
    model = Model.load(tmp_path / "m.npz")
    assert [dropout.rate for dropout in model.dropouts] == [0.4, 0.4]


def test_a_file_without_a_rate_is_read_as_before(tmp_path):
    build(0.0).save(tmp_path / "m.npz")
    assert b"dropout" not in (tmp_path / "m.npz").read_bytes()
    assert [dropout.rate for dropout in Model.load(tmp_path / "m.npz").dropouts] == [0, 0]
