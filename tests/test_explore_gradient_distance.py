"""The figure of the gradient against the distance: its numbers are the library's."""

from pathlib import Path

import node
import numpy as np
import pytest

from gru_lib import RNN
from gru_lib.explore import GradientDistance
from gru_lib.explore.gradient_distance import LONGEST, UNITS, draw_network
from gru_lib.optim import clip_by_global_norm, global_norm

MODULE = (
    Path(__file__).resolve().parents[1] / "gru_lib" / "explore" / "js" / "gradient_distance.mjs"
)
ARRAYS = draw_network()
KINDS = ("orthogonal", "gaussian", "transient")
SLOPES = {"tanh": lambda h: 1 - h * h, "sigmoid": lambda h: h * (1 - h), "identity": np.ones_like}
NEAR = 10

pytestmark = node.needs_node


def settings():
    """Knobs at random, and their extremes."""
    rng = np.random.default_rng(0)
    for matrix in KINDS:
        for activation in SLOPES:
            for radius, steps, size in [
                (0.5, 10, 0.0),
                (1.6, LONGEST, 3.0),
                (1.0, 11, 1.0),
                (rng.uniform(0.5, 1.6), int(rng.integers(12, 100)), rng.uniform(0, 3)),
            ]:
                yield {
                    "matrix": matrix,
                    "activation": activation,
                    "radius": radius,
                    "steps": steps,
                    "size": size,
                }


def network(knobs):
    """The input, and a layer of the library with the figure's weights."""
    activation = knobs["activation"].replace("identity", "tanh")
    layer = RNN(1, UNITS, activation=activation, seed=0)
    layer.params["W_xh"][...] = ARRAYS["W_xh"]
    layer.params["W_hh"][...] = knobs["radius"] * ARRAYS[knobs["matrix"]]
    layer.params["b_h"][...] = 0
    return layer, knobs["size"] * ARRAYS["x"][None, : knobs["steps"]]


def linear(layer, x):
    """What the library lacks, the linear network: gradients of h_T … h_0, and per step of da."""
    W_x, W = layer.params["W_xh"], layer.params["W_hh"]
    h = [np.zeros(UNITS)]
    for row in x[0]:
        h.append(row @ W_x + h[-1] @ W)
    back = [ARRAYS["g"] @ np.linalg.matrix_power(W.T, n) for n in range(len(h))]
    parts = [
        {"W_xh": np.outer(x[0, s], d), "W_hh": np.outer(h[s], d), "b_h": d}
        for s, d in enumerate(back[-2::-1])
    ]
    return back, parts


def truth(knobs):
    """Norms of the gradient of h_T … h_0; gradient of the weights: whole, near part, far part."""
    layer, x = network(knobs)
    T, g = knobs["steps"], ARRAYS["g"][None]
    if knobs["activation"] == "identity":
        back, parts = linear(layer, x)

        def add(some):
            return {name: sum(p[name] for p in some) for name in layer.params}

        far = add(parts[:-NEAR]) if T > NEAR else None
        return [np.linalg.norm(d) for d in back], add(parts), add(parts[-NEAR:]), far
    h, _ = layer.forward(x)
    states = np.concatenate([np.zeros((1, 1, UNITS)), h], axis=1)
    norms = [1.0]
    for s in reversed(range(T)):  # run the last steps alone: their initial state is h_s
        layer.forward(x[:, s:], state=states[:, s])
        norms.append(np.linalg.norm(layer.backward(dstate=g)[1]))
    layer.forward(x)
    layer.backward(dstate=g)
    whole = {name: w.copy() for name, w in layer.grads.items()}
    layer.backward(dstate=g, truncate=NEAR - 1)
    near, far = {name: w.copy() for name, w in layer.grads.items()}, None
    if T > NEAR:
        layer.forward(x[:, -NEAR:], state=states[:, -NEAR - 1])
        _, dstart = layer.backward(dstate=g)
        layer.forward(x[:, :-NEAR])
        layer.backward(dstate=dstart)
        far = layer.grads
    return norms, whole, near, far


@pytest.fixture(scope="module")
def cases():
    """Every setting with the figure's numbers (from one run of Node) and the library's."""
    knobs, said = list(settings()), GradientDistance().norms
    truths = [truth(k) for k in knobs]
    calls = [("normsBack", [ARRAYS, k]) for k in knobs]
    calls += [("weightNorms", [ARRAYS, k]) for k in knobs]
    calls += [("predictions", [said, k]) for k in knobs]
    calls += [("clipFactor", [global_norm(whole), 1]) for _, whole, *_ in truths]
    results = node.run(MODULE, calls)
    count = len(knobs)
    columns = [results[k * count : (k + 1) * count] for k in range(4)]
    return list(zip(knobs, truths, *columns, strict=True))


def test_the_norms_are_those_of_the_library(cases):
    for knobs, (back, whole, near, far), norms, weights, *_ in cases:
        assert len(norms) == knobs["steps"] + 1
        np.testing.assert_allclose(norms, back, rtol=1e-9, atol=1e-300)
        assert weights["whole"] == pytest.approx(global_norm(whole), rel=1e-9)
        assert weights["near"] == pytest.approx(global_norm(near), rel=1e-9)
        expected = global_norm(far) if far else 0
        assert weights["far"] == pytest.approx(expected, rel=1e-9, abs=1e-300)


def parts_by_step(knobs):
    """Norm of each step's part in the gradient of the weights, last step first."""
    layer, x = network(knobs)
    if knobs["activation"] == "identity":
        return [global_norm(part) for part in linear(layer, x)[1]][::-1]
    h, _ = layer.forward(x)
    states, dh, norms = np.concatenate([np.zeros((1, 1, UNITS)), h], axis=1), ARRAYS["g"][None], []
    for s in reversed(range(knobs["steps"])):  # each step alone, with what has come back to it
        layer.forward(x[:, s : s + 1], state=states[:, s])
        _, dh = layer.backward(dstate=dh)
        norms.append(global_norm(layer.grads))
    return norms


def test_the_parts_of_the_steps_are_those_of_the_library():
    chosen = list(settings())
    found = node.run(MODULE, [("stepNorms", [ARRAYS, knobs]) for knobs in chosen])
    for knobs, norms in zip(chosen, found, strict=True):
        np.testing.assert_allclose(norms, parts_by_step(knobs), rtol=1e-9, atol=1e-300)


def at(**knobs):
    """The start, with some knobs turned."""
    names = ("matrix", "activation", "radius", "steps", "size")
    return {name: getattr(GradientDistance(), name) for name in names} | knobs


def test_what_the_chapter_says():
    growth = {"matrix": "transient", "radius": 0.9}
    turned = [{}, {"activation": "identity"}, {"size": 0.1}, {"size": 3}, {"activation": "sigmoid"}]
    turned += [growth | {"activation": "identity"}, growth]
    turned += [{"matrix": "gaussian", "activation": "identity", "radius": 0.9}]
    turned += [{"matrix": "gaussian"}, {"matrix": "transient"}, {"steps": 100}]
    norms = node.run(MODULE, [("normsBack", [ARRAYS, at(**some)]) for some in turned])
    ends = [f"{row[-1]:.3g}" for row in norms[:8]]
    told = ["0.0555", "117", "5.32", "0.000146", "2.73e-30", "0.573", "0.00183", "0.00117"]
    assert ends == told
    assert max(norms[6]) == 1
    assert all(row[-1] < 1 for row in norms[8:])  # these knobs do not make it rise
    calls = [("weightNorms", [ARRAYS, at(**some)]) for some in ({}, {"activation": "sigmoid"})]
    calls += [("predictions", [GradientDistance().norms, at(**turned[7])])]
    start, hidden, said = node.run(MODULE, calls)
    assert round(start["whole"], 2) == 4.83
    assert [round(v, 3) for v in (1 / start["whole"], start["far"] / start["near"])] == [
        0.207,
        0.622,
    ]
    assert round(hidden["whole"], 3) == 0.579
    assert f"{hidden['far']:.1e}" == "5.8e-07"
    assert f"{said['bound'][-1]:.1e}" == "1.9e+07"


def test_the_bound_holds_and_the_theory_is_that_of_the_chapter(cases):
    for knobs, _, norms, _, said, _ in cases:
        n = np.arange(knobs["steps"] + 1)
        W = knobs["radius"] * ARRAYS[knobs["matrix"]]
        gamma = 0.25 if knobs["activation"] == "sigmoid" else 1
        # 1e-4: the eigenvalues of the transient matrix are double ones, and far less exact
        assert np.abs(np.linalg.eigvals(W)).max() == pytest.approx(knobs["radius"], rel=1e-4)
        np.testing.assert_allclose(said["theory"], knobs["radius"] ** n, rtol=1e-9)
        bound = (gamma * np.linalg.norm(W, 2)) ** n
        np.testing.assert_allclose(said["bound"], bound, rtol=1e-6)
        assert (np.array(norms) <= np.array(said["bound"]) * (1 + 1e-6)).all()
        if knobs["activation"] == "identity" and knobs["matrix"] == "orthogonal":
            np.testing.assert_allclose(norms, said["theory"], rtol=1e-6)


def test_clipping_is_that_of_the_library(cases):
    """One factor for all: the norm is at most the limit, and the parts keep their proportion."""
    factors = [factor for *_, factor in cases]
    assert min(factors) < 1e-3
    assert max(factors) == 1
    for _, (_, whole, near, far), *_, factor in cases:
        clipped = {name: w.copy() for name, w in whole.items()}
        clip_by_global_norm(clipped, 1.0)
        for name, w in whole.items():
            np.testing.assert_allclose(clipped[name], factor * w, rtol=1e-9)
            if far:  # each entry of the update is the sum of its parts, scaled alike
                parts = factor * near[name] + factor * far[name]
                scale = np.abs(clipped[name]).max() * 1e-9
                np.testing.assert_allclose(clipped[name], parts, rtol=1e-9, atol=scale)


def test_the_chapters_matrix_with_growth_first():
    knobs = {"matrix": "transient", "activation": "identity", "radius": 0.9, "size": 1}
    norms = node.run(MODULE, [("normsBack", [ARRAYS, knobs | {"steps": 50}])])[0]
    assert [round(norms[n], 3) for n in (1, 5, 9, 20)] == [2.193, 6.588, 7.758, 5.405]
    assert max(norms) == norms[9]


def test_what_the_words_say():
    knobs = {"matrix": "transient", "activation": "identity", "radius": 0.9, "size": 1}
    knobs["steps"] = 50
    calls = [("normsBack", [ARRAYS, knobs]), ("predictions", [GradientDistance().norms, knobs])]
    norms, said = node.run(MODULE, calls)
    seen = {"norms": norms, **said}
    small = {"whole": 0.5, "near": 0.5, "far": 0}
    large = {"whole": 1129, "near": 535.5, "far": 607.9}
    calls = [("wordsOnDistance", [seen]), ("wordsOnClipping", [large, False])]
    calls += [("wordsOnClipping", [large, True]), ("wordsOnClipping", [small, True])]
    distance, off, on, idle = node.run(MODULE, calls)
    assert "At n = 50 the norm is 0.573; the spectral radius to the power 50 is 0.00515" in distance
    assert "it grows to 7.76, at n = 9." in distance
    assert "norm 1129; the part of the last 10 steps alone 536, that of all before 608" in off
    assert off.endswith("(ratio 1.14).")
    assert "by 8.9·10⁻⁴: its norm goes from 1129 to 1.00, the part of" in on
    assert on.endswith(
        "alone from 536 to 0.474, that of all before from 608 to 0.538 (ratio 1.14, as before)."
    )
    assert idle.endswith("has the norm 0.500, not above 1, so clipping does nothing.")


def test_the_page_holds_the_network():
    figure = GradientDistance()
    arrays = node.run(MODULE.with_name("cells.mjs"), [("unpack", [figure.weights])])[0]
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(arrays[name], array)
    assert "weights" not in figure.about["start"]
