"""Optimisers against their formulas, number by number, and both kinds of clipping."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru_lib.optim import SGD, Adam, clip_by_global_norm, clip_by_value, global_norm

GRADIENTS = [0.5, -2.0, 0.25]  # of one weight, at three steps
seeds = st.integers(0, 2**32 - 1)


def steps(optimizer, start=1.0):
    """The weight after each of three updates."""
    params, seen = {"w": np.array([start])}, []
    for g in GRADIENTS:
        optimizer.update(params, {"w": np.array([g])})
        seen.append(params["w"][0])
    return seen


def draw_grads(seed, scale=1.0, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return {
        "W": rng.normal(scale=scale, size=(3, 2)).astype(dtype),
        "b": rng.normal(scale=scale, size=2).astype(dtype),
    }


def test_sgd():
    g1, g2, g3 = GRADIENTS
    w1 = 1.0 - 0.1 * g1
    w2 = w1 - 0.1 * g2
    np.testing.assert_allclose(steps(SGD(0.1)), [w1, w2, w2 - 0.1 * g3], rtol=1e-15)


def test_sgd_with_momentum():
    g1, g2, g3 = GRADIENTS
    v1 = g1
    v2 = 0.9 * v1 + g2
    v3 = 0.9 * v2 + g3
    expected = [1 - 0.1 * v1, 1 - 0.1 * (v1 + v2), 1 - 0.1 * (v1 + v2 + v3)]
    np.testing.assert_allclose(steps(SGD(0.1, momentum=0.9)), expected, rtol=1e-14)


def test_adam():
    g1, g2, g3 = GRADIENTS
    rate, b1, b2, tiny = 0.1, 0.8, 0.9, 0.01
    m1, v1 = 0.2 * g1, 0.1 * g1**2
    m2, v2 = b1 * m1 + 0.2 * g2, b2 * v1 + 0.1 * g2**2
    m3, v3 = b1 * m2 + 0.2 * g3, b2 * v2 + 0.1 * g3**2
    w1 = 1 - rate * (m1 / (1 - b1)) / (np.sqrt(v1 / (1 - b2)) + tiny)
    w2 = w1 - rate * (m2 / (1 - b1**2)) / (np.sqrt(v2 / (1 - b2**2)) + tiny)
    w3 = w2 - rate * (m3 / (1 - b1**3)) / (np.sqrt(v3 / (1 - b2**3)) + tiny)
    np.testing.assert_allclose(steps(Adam(rate, b1, b2, tiny)), [w1, w2, w3], rtol=1e-14)


def test_weight_decay_shrinks_the_weight_before_the_step():
    plain, rate, decay = Adam(0.1), 0.1, 0.25
    params, w = {"w": np.array([3.0])}, 3.0
    decayed = Adam(rate, weight_decay=decay)
    for g in GRADIENTS:  # Adam's own step does not depend on the weight
        before = {"w": np.array([0.0])}
        plain.update(before, {"w": np.array([g])})
        w = w * (1 - rate * decay) + before["w"][0]
        decayed.update(params, {"w": np.array([g])})
        np.testing.assert_allclose(params["w"], [w], rtol=1e-14)


@pytest.mark.parametrize("decay", [-0.1, np.nan, np.inf, "0.1", None])
def test_weight_decay_is_a_number_from_zero_on(decay):
    with pytest.raises(ValueError, match="weight_decay: expected"):
        Adam(0.1, weight_decay=decay)


def test_adam_starts_with_the_papers_numbers():
    adam = Adam()
    assert (adam.learning_rate, adam.beta1, adam.beta2) == (0.001, 0.9, 0.999)
    assert adam.epsilon == 1e-8


@pytest.mark.parametrize("build", [SGD, Adam])
def test_the_learning_rate_may_change_between_updates(build):
    params, grads = {"w": np.zeros(1)}, {"w": np.ones(1)}
    optimizer = build(0.1)
    optimizer.update(params, grads)
    optimizer.learning_rate = 0.01
    optimizer.update(params, grads)
    np.testing.assert_allclose(params["w"], [-0.11], rtol=1e-6)


@pytest.mark.parametrize("build", [SGD, lambda r: SGD(r, 0.9), Adam])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_updates_are_in_place_and_leave_the_gradient_alone(build, dtype):
    params, grads = draw_grads(0, dtype=dtype), draw_grads(1, dtype=dtype)
    arrays, before = dict(params), draw_grads(0, dtype=dtype)
    optimizer = build(0.1)
    for _ in range(3):
        optimizer.update(params, grads)
    for name, g in draw_grads(1, dtype=dtype).items():
        np.testing.assert_array_equal(grads[name], g)
        assert params[name] is arrays[name]
        assert params[name].dtype == dtype
        assert np.all(np.sign(before[name] - params[name]) == np.sign(g))


@pytest.mark.parametrize("build", [lambda: SGD(0.1, 0.9), lambda: Adam(0.1)])
def test_every_weight_has_its_own_memory(build):
    names = ("a", "b")
    together = {name: np.zeros(1) for name in names}
    optimizer, alone = build(), {}
    sequences = {"a": [1.0, -2.0, 3.0], "b": [-4.0, 0.5, 0.1]}
    for i in range(3):
        optimizer.update(together, {n: np.array([sequences[n][i]]) for n in names})
    for name in names:
        alone, single = {name: np.zeros(1)}, build()
        for g in sequences[name]:
            single.update(alone, {name: np.array([g])})
        np.testing.assert_array_equal(together[name], alone[name])


def test_global_norm_by_hand():
    assert global_norm({"a": np.array([[1.0, -2.0]]), "b": np.array([2.0])}) == 3.0
    assert global_norm({"a": np.array([3 + 4j])}) == 5.0
    assert isinstance(global_norm({"a": np.ones(2, np.float32)}), float)


def test_global_norm_at_the_ends_of_the_scale():
    assert global_norm({}) == 0
    assert global_norm({"a": np.array([np.inf, 1.0])}) == np.inf
    assert np.isnan(global_norm({"a": np.array([np.nan, 1.0])}))
    np.testing.assert_allclose(global_norm({"a": np.array([3e-200 + 4e-200j])}), 5e-200)
    tiny = {"a": np.array([3e-40], np.float32), "b": np.array([4e-40], np.float32)}
    np.testing.assert_allclose(global_norm(tiny), 5e-40, rtol=1e-5)


@given(seeds, st.floats(0.1, 3))
def test_clip_by_value(seed, limit):
    grads, before = draw_grads(seed, 2), draw_grads(seed, 2)
    arrays = dict(grads)
    assert clip_by_value(grads, limit) is None
    for name, g in before.items():
        assert grads[name] is arrays[name]
        expected = [min(max(value, -limit), limit) for value in g.ravel()]
        np.testing.assert_array_equal(grads[name].ravel(), expected)


@given(seeds, st.floats(0.01, 10), st.sampled_from([1.0, 1e-6, 1e6]))
def test_clip_by_global_norm_scales_by_one_factor(seed, fraction, scale):
    grads, before = draw_grads(seed, scale), draw_grads(seed, scale)
    arrays, norm = dict(grads), global_norm(before)
    assert clip_by_global_norm(grads, fraction * norm) == norm
    for name, g in before.items():
        assert grads[name] is arrays[name]
        np.testing.assert_allclose(grads[name], g * min(fraction, 1), rtol=1e-12)
    assert global_norm(grads) == pytest.approx(norm * min(fraction, 1), rel=1e-12)


def test_a_gradient_within_the_limit_keeps_every_bit():
    grads, before = draw_grads(0), draw_grads(0)
    clip_by_global_norm(grads, global_norm(before))
    for name, g in before.items():
        np.testing.assert_array_equal(grads[name], g)


@pytest.mark.parametrize(("size", "dtype"), [(1e200, np.float64), (1e30, np.float32)])
def test_an_exploded_gradient_is_clipped_and_not_wiped_out(size, dtype):
    grads = {"w": np.array([3 * size, -4 * size], dtype)}
    assert clip_by_global_norm(grads, 1.0) == pytest.approx(5 * size)
    np.testing.assert_allclose(grads["w"], [0.6, -0.8], rtol=1e-6)


@pytest.mark.parametrize(("size", "dtype"), [(1e-30, np.float32), (1e-170, np.float64)])
def test_a_vanishing_gradient_has_a_norm(size, dtype):
    norm = global_norm({"w": np.full(4, size, dtype)})
    assert norm == pytest.approx(2 * size, rel=1e-6, abs=0)
    assert global_norm({"w": np.zeros(4, dtype)}) == 0


@pytest.mark.parametrize(
    "make", [lambda: SGD(0.1), lambda: SGD(0.1, momentum=0.5), lambda: Adam(0.1)]
)
def test_an_optimizer_goes_on_from_its_state(make):
    def run(optimizer, params, rounds):
        for i in rounds:
            optimizer.update(params, draw_grads(i))

    start = {name: np.zeros_like(g) for name, g in draw_grads(0).items()}
    whole = {name: w.copy() for name, w in start.items()}
    run(make(), whole, range(6))
    halves, first, second = {name: w.copy() for name, w in start.items()}, make(), make()
    run(first, halves, range(2))
    state = first.state()
    assert state["steps"] == 2
    kept = {name: a.copy() for name, a in state.items()}
    second.restore(state, halves)
    run(second, halves, range(2, 6))
    for name, w in whole.items():
        np.testing.assert_array_equal(halves[name], w)
    for name, a in kept.items():  # neither optimiser works in the arrays of the state
        np.testing.assert_array_equal(state[name], a)
    run(first, start, range(1))
    for name, a in kept.items():
        np.testing.assert_array_equal(state[name], a)


def test_the_state_before_the_first_update():
    optimizer = Adam()
    assert optimizer.state() == {"steps": 0}
    params = {"w": np.ones(2)}
    optimizer.update(params, params)
    optimizer.restore(Adam().state(), params)
    assert optimizer.state() == {"steps": 0}


def test_what_an_optimizer_remembers():
    params, grads = {"w": np.zeros(2)}, {"w": np.array([1.0, -2.0])}
    sgd, adam = SGD(0.1, momentum=0.5), Adam(0.1)
    for _ in range(2):
        sgd.update(params, grads)
        adam.update(params, grads)
    state = sgd.state()
    assert set(state) == {"steps", "velocity.w"}
    np.testing.assert_allclose(state["velocity.w"], [1.5, -3.0])
    state = adam.state()
    assert set(state) == {"steps", "mean.w", "square.w"}
    np.testing.assert_allclose(state["mean.w"], [0.19, -0.38])
    np.testing.assert_allclose(state["square.w"], [0.001999, 0.007996])


def test_a_state_that_does_not_fit_changes_nothing():
    params = {"w": np.zeros(2), "v": np.zeros(3)}
    optimizer = Adam()
    optimizer.update(params, params)
    good = optimizer.state()
    for name, bad, error in (
        ("steps", np.array([1]), ValueError),
        ("steps", np.array(1.0), TypeError),
        ("square.v", np.zeros(2), ValueError),
        ("square.v", np.zeros(3, np.float32), TypeError),
        ("square.v", np.array([0, np.nan, 0]), ValueError),
        ("other", np.zeros(3), ValueError),
    ):
        with pytest.raises(error, match=f"^{'state' if name == 'other' else name}: expected"):
            optimizer.restore(good | {name: bad}, params)
    with pytest.raises(ValueError, match=r"^state: expected .*mean\.w.*, got \['velocity\.w'"):
        optimizer.restore({"velocity.w": np.zeros(2), "zero": np.zeros(1)}, params)
    after = optimizer.state()
    assert after.keys() == good.keys()
    for name, a in good.items():
        np.testing.assert_array_equal(after[name], a)


def test_a_state_keeps_the_dtype():
    params, grads = {"w": np.zeros(2, np.float32)}, {"w": np.ones(2, np.float32)}
    optimizer, other = Adam(), Adam()
    optimizer.update(params, grads)
    other.restore(optimizer.state(), params)
    kept = other.state()
    assert kept["steps"].dtype == np.int64
    assert kept["mean.w"].dtype == kept["square.w"].dtype == np.float32
