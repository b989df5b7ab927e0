"""The figure of the cliff: its loss, its gradient and its descent are the library's."""

from pathlib import Path

import node
import numpy as np
import pytest

from gru_lib import RNN
from gru_lib.explore import Cliff
from gru_lib.optim import SGD, clip_by_global_norm, clip_by_value

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = ROOT / "gru_lib" / "explore" / "js"
MODULE, MAP = SCRIPTS / "cliff.mjs", SCRIPTS / "cliff_map.mjs"
FACE, EDGE, CALM = (1.4, -0.1514), (1.4, -0.1509), (1.1, 0.05)
CLIPS = ("off", "norm", "value")

pytestmark = node.needs_node


class Unit:
    """Chapter 2's unit."""

    def __init__(self, w, b, dtype=np.float64):
        self.layer = RNN(1, 1, dtype=dtype, seed=0)
        self.layer.params["W_xh"][...] = 0
        self.layer.params["W_hh"][...], self.layer.params["b_h"][...] = w, b

    def place(self):
        return np.array([self.layer.params[name].item() for name in ("W_hh", "b_h")])

    def loss(self):
        dtype = self.layer.dtype
        _, self.final = self.layer.forward(np.zeros((1, 50, 1), dtype), np.array([[0.5]], dtype))
        return (self.final.item() - 0.3) ** 2

    def gradient(self):
        self.layer.backward(dstate=2 * (self.final - 0.3))
        return np.array([self.layer.grads[name].item() for name in ("W_hh", "b_h")])

    def update(self, rate, clip, limit):
        self.layer.grads["W_xh"][...] = 0
        if clip != "off":
            {"norm": clip_by_global_norm, "value": clip_by_value}[clip](self.layer.grads, limit)
        SGD(rate).update(self.layer.params, self.layer.grads)


def knobs(place, clip="off", rate=0.01, limit=1.0):
    return {"w": place[0], "b": place[1], "rate": rate, "clip": clip, "limit": limit}


def allowed(loss, gradient):
    """A billionth of the derivative of h_50: near the valley the loss's own is far smaller."""
    return 1e-9 * np.linalg.norm(gradient) / (2 * np.sqrt(loss)) + 1e-12


def test_loss_and_gradient():
    rng = np.random.default_rng(0)
    places = [FACE, EDGE, CALM, (37.676, 74.379), (1, -0.3), (1.6, 0.1)]
    places += list(zip(rng.uniform(1, 1.6, 12), rng.uniform(-0.3, 0.1, 12), strict=True))
    calls = [("unitLoss", [place]) for place in places]
    results = node.run([MODULE, MAP], calls + [("lossAt", list(place)) for place in places])
    for (w, b), ours, alone in zip(places, results, results[len(places) :], strict=False):
        unit = Unit(w, b)
        assert ours["loss"] == pytest.approx(unit.loss(), rel=1e-9, abs=1e-12)
        assert alone == pytest.approx(ours["loss"], rel=1e-9, abs=1e-12)
        gradient = unit.gradient()
        near = allowed(ours["loss"], gradient)
        np.testing.assert_allclose(ours["gradient"], gradient, rtol=1e-9, atol=near)
        for i, dz in enumerate(((1e-20j, 0), (0, 1e-20j))):  # the complex step, another way there
            moved = Unit(w + dz[0], b + dz[1], np.complex128).loss().imag / 1e-20
            assert ours["gradient"][i] == pytest.approx(moved, rel=1e-8, abs=near)


STARTS = [(p, c) for p in (FACE, EDGE, CALM, (1.2, -0.2), (1.5, 0.0)) for c in CLIPS]


@pytest.fixture(scope="module")
def paths():
    """Twenty steps from every start, in one run of Node."""
    calls = [("descend", [knobs(place, clip, *pace(place)), 20]) for place, clip in STARTS]
    return dict(zip(STARTS, node.run(MODULE, calls), strict=True))


def pace(place):
    """Learning rate and limit."""
    return (0.02, 0.5) if place == CALM else (0.01, 1.0)


@pytest.mark.parametrize(("place", "clip"), STARTS)
def test_twenty_steps(place, clip, paths):
    """All of the path where the descent is calm; each step alone where digits blow up."""
    (rate, limit), path = pace(place), paths[place, clip]
    assert len(path) == 21
    assert path[0]["place"] == list(place)
    unit = Unit(*place)
    for k, here in enumerate(path):
        assert here["loss"] == pytest.approx(unit.loss(), rel=1e-9, abs=1e-12)
        gradient = unit.gradient()
        near = allowed(here["loss"], gradient)
        np.testing.assert_allclose(here["place"], unit.place(), rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(here["gradient"], gradient, rtol=1e-9, atol=near)
        assert here["norm"] == pytest.approx(np.linalg.norm(gradient), rel=1e-9, abs=2 * near)
        unit.update(rate, clip, limit)
        if place in (FACE, EDGE) and k < 20:  # on the cliff a last digit grows a hundredfold a step
            after = path[k + 1]["place"]
            np.testing.assert_allclose(unit.place(), after, rtol=1e-9, atol=rate * near)
            unit = Unit(*after)


def test_going_on_is_the_same_as_beginning_anew():
    setting = knobs(EDGE, "norm")
    calls = [("descend", [setting, 7]), ("descend", [setting, 30, node.result(0)])]
    calls += [("descend", [setting, 30])]
    _, longer, anew = node.run(MODULE, calls)
    assert longer == anew
    assert len(anew) == 31


def test_clipping():
    calls = [("clipped", [[3, 0.4], how, 1]) for how in CLIPS]
    calls += [("clipped", [[-3, 0.4], "value", 1]), ("clipped", [[0, 0], "norm", 1])]
    calls += [("clipped", [[0.3, 0.4], how, 1]) for how in ("norm", "value")]
    off, norm, value, negative, zero, *small = node.run(MODULE, calls)
    assert off == [3, 0.4]
    assert np.round(norm, 4).tolist() == [0.9912, 0.1322]  # as in the chapter
    assert value == [1, 0.4]
    assert negative == [-1, 0.4]
    assert zero == [0, 0]
    assert small == [[0.3, 0.4]] * 2


def test_what_the_chapter_says():
    settings = [knobs(FACE), knobs(FACE, "norm"), knobs(EDGE), knobs(EDGE, "norm")]
    settings += [knobs(FACE, "value")]
    paths = node.run(MODULE, [("descend", [k, 4]) for k in settings])
    leap, clipped, edge, over, between = paths
    assert round(leap[0]["norm"]) == 8289
    assert round(float(np.hypot(*np.subtract(leap[1]["place"], FACE))), 1) == 82.9
    assert leap[1]["norm"] == 0
    assert leap[1]["place"] == leap[4]["place"]
    assert round(clipped[1]["loss"], 3) == 0.111
    assert [round(path[1]["loss"], 3) for path in (edge, over)] == [1.602, 1.402]
    ends = np.array([here["place"] for here in between])
    np.testing.assert_allclose(ends[::2], [FACE] * 3, atol=1e-12)  # to and fro, by value
    np.testing.assert_allclose(ends[1::2], [(1.41, -0.1414)] * 2, atol=1e-12)


def test_sixty_steps():
    """To and fro when clipped by value; along the edge when clipped by norm."""
    calls = [("descend", [knobs(FACE, how), 60]) for how in ("value", "norm", "off")]
    fro, along, stuck = node.run(MODULE, calls)
    ends = np.array([here["place"] for here in fro])
    np.testing.assert_allclose(ends[::2], [FACE] * 31, atol=1e-12)
    np.testing.assert_allclose(ends[1::2], [(1.41, -0.1414)] * 30, atol=1e-12)
    assert fro[0]["gradient"] == pytest.approx([-3628, -7453], abs=0.5)
    assert fro[1]["gradient"] == pytest.approx([1.42, 2.19], abs=0.005)
    assert round(fro[1]["loss"], 3) == 0.122
    assert along[60]["place"][0] == pytest.approx(1.3, abs=0.02)
    assert all(here["place"] == stuck[1]["place"] for here in stuck[2:])


def test_what_the_words_say():
    settings = [knobs(FACE), knobs(FACE, "norm"), knobs(FACE, "value")]
    calls = [("descend", [setting, 2]) for setting in settings]
    calls += [("wordsOnStep", [node.result(0), step, settings[0]]) for step in (0, 1, 2)]
    calls += [("wordsOnStep", [node.result(k), 1, settings[k]]) for k in (1, 2)]
    start, thrown, stuck, taken, cut = node.run(MODULE, calls)[3:]
    assert start.startswith("Start at w = 1.400, b = −0.1514. The loss is 0.647, the gradient's")
    assert "gradient of norm 8289; a step of length 82.9 throws w from 1.400 to 37.676" in thrown
    assert thrown.endswith("exactly zero. No further step moves the weights.")
    assert "the weights stay at w = 37.676" in stuck
    assert "8289, clipped to 1.00; a step of length 0.0100 takes w from 1.400 to 1.404" in taken
    assert taken.endswith("the loss from 0.647 to 0.111. The gradient there: norm 2.99.")
    assert "8289, cut to (−1.00, −1.00), turned by 19°; a step of length 0.0141" in cut


def test_the_words_on_clipping_say_nothing_of_a_gradient_that_passes():
    small, long = [0.3, -0.4], [3, 0.4]
    settings = [{"clip": how, "limit": 1} for how in CLIPS]
    calls = [("wordsOnCut", [g, some]) for g in (small, long) for some in settings]
    *nothing, norm, value = node.run(MODULE, calls)
    assert nothing == [""] * 4
    assert norm == ", clipped to 1.00"
    before, after = np.degrees(np.arctan2(0.4, (3, 1)))
    assert value == f", cut to (1.00, 0.40), turned by {after - before:.0f}°"


def test_the_valley_has_no_loss_and_lies_on_the_map():
    places = np.linspace(1, 1.6, 25)
    found = node.run(MAP, [("valley", [w]) for w in places])
    for w, b in zip(places, found, strict=True):
        assert -0.3 < b < 0.1
        assert Unit(w, b).loss() < 1e-18
    face = [Unit(1.4, b).loss() for b in (-0.15153, -0.1512)]  # 0.0003 wide, says the chapter
    assert face[0] > 1.2
    assert face[1] < 0.02


def test_where_a_step_leaves_the_map():
    ends = [(37.7, 74.4), (0.9, -1.15), (1.45, 5), (9, -0.1), (1.5, 0)]
    edges = node.run(MAP, [("leaving", [FACE, end]) for end in ends])
    for end, edge in zip(ends, edges, strict=True):
        along = (np.array(edge) - FACE) / (np.array(end) - FACE)
        assert along[0] == pytest.approx(along[1])  # on the way
        assert 0 < along[0] <= 1
        distances = [edge[0] - 1, 1.6 - edge[0], edge[1] + 0.3, 0.1 - edge[1]]
        assert min(distances) == pytest.approx(0 if end != (1.5, 0) else 0.1)


def test_the_colours_tell_the_powers_of_ten():
    losses = [10, 1, 0.1, 0.01, 0.001, 1e-4, 1e-7, 0]
    colours = node.run(MAP, [("shade", [loss]) for loss in losses])
    assert colours[0] == colours[1]
    assert colours[5] == colours[6] == colours[7]
    assert len({tuple(c) for c in colours}) == 5


def test_the_knobs_stay_on_the_map():
    figure = Cliff()
    text = MAP.read_text("utf-8")
    for name in "wb":
        trait = figure.traits()[name]
        assert f"{name}: [{trait.min}, {trait.max}]".replace(".0", "") in text.replace(".0", "")
    assert f"const UPDATES = {figure.traits()['step'].max};" in MODULE.read_text("utf-8")
