"""The figure of the GRU's gates in JavaScript against the GRU in NumPy."""

import json
from pathlib import Path

import node
import numpy as np
import pytest
import traitlets

from gru_lib import GRU
from gru_lib.explore import GRUGates
from gru_lib.explore import gru_gates as module

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "gru_lib" / "explore" / "js" / "gru_gates.mjs"
NAMES = ("r", "z", "candidate", "h")
pytestmark = node.needs_node


def random_case(rng):
    D, H, T = (int(n) for n in rng.integers(1, 6, 3))
    layer = GRU(D, H, seed=int(rng.integers(1000)))
    for w in layer.params.values():
        w[...] = rng.uniform(-2, 2, w.shape)
    return layer, rng.normal(size=(T, D)), rng.uniform(size=(2, T, H))


def learned(layer, x):
    """r, z, the candidate and the state of every step, by the library's own step."""
    a = np.empty((3, len(x), layer.hidden_size))
    layer.project(np.hstack([x, np.ones((len(x), 1))]), a)
    h = np.zeros((len(x) + 1, layer.hidden_size))
    for t in range(len(x)):
        layer.step(*a[:, t], h[t], h[t + 1])
    return dict(zip(NAMES, (*a, h[1:]), strict=True))


def forced(layer, x, r, z):
    """The same with given gates: they are held by their biases, without weights of their own."""
    states, h = [], np.zeros((1, layer.hidden_size))
    held = GRU(layer.input_size, layer.hidden_size)
    for name, w in held.named_params.items():
        w[...] = layer.named_params[name] if name in ("W_xh", "W_hh", "b_h") else 0
    for t, x_t in enumerate(x):
        with np.errstate(divide="ignore"):  # a gate of 0 or 1 has an infinite bias
            held.named_params["b_r"][...] = np.log(r[t]) - np.log1p(-r[t])
            held.named_params["b_z"][...] = np.log(z[t]) - np.log1p(-z[t])
        h, _ = held.forward(x_t[None, None], h.reshape(1, -1))
        h = h[0]
        states.append(h[0])
    return np.array(states)


def test_learned_gates_are_those_of_the_library():
    rng = np.random.default_rng(0)
    cases = [(module.trained(), module.sequence()), *(random_case(rng)[:2] for _ in range(20))]
    unused = {"gates": "learned", "r": [], "z": []}
    calls = [("runGru", [{"params": c.params, "x": x} | unused]) for c, x in cases]
    for ours, (layer, x) in zip(node.run(SCRIPT, calls), cases, strict=True):
        truth = learned(layer, x)
        np.testing.assert_allclose(truth["h"], layer.forward(x[None])[0][0], atol=1e-12)
        for name in NAMES:
            np.testing.assert_allclose(ours[name], truth[name], atol=1e-9, err_msg=name)


def test_gates_set_by_hand_enter_candidate_and_state():
    rng = np.random.default_rng(1)
    cases = [random_case(rng) for _ in range(20)]
    x = module.sequence()
    for r in (0.0, 0.3, 1.0):  # the corners of the square among them
        for z in (0.0, 0.9, 1.0):
            gates = np.full((2, len(x), 2), [[[r]], [[z]]])
            cases.append((module.trained(), x, gates))
    calls = [
        ("runGru", [{"params": c.params, "x": x, "gates": "hand", "r": r, "z": z}])
        for c, x, (r, z) in cases
    ]
    for ours, (layer, x, (r, z)) in zip(node.run(SCRIPT, calls), cases, strict=True):
        np.testing.assert_allclose(ours["h"], forced(layer, x, r, z), atol=1e-9)
        w = layer.named_params
        before = np.vstack([np.zeros_like(z[:1]), np.array(ours["h"])[:-1]])
        candidate = np.tanh(x @ w["W_xh"] + (r * before) @ w["W_hh"] + w["b_h"])
        np.testing.assert_allclose(ours["candidate"], candidate, atol=1e-9)
        np.testing.assert_array_equal([ours["r"], ours["z"]], [r, z])


def test_learned_gates_given_by_hand_change_nothing():
    layer, x = module.trained(), module.sequence()
    truth = learned(layer, x)
    knobs = {"params": layer.params, "x": x, "gates": "hand", "r": truth["r"], "z": truth["z"]}
    [ours] = node.run(SCRIPT, [("runGru", [knobs])])
    np.testing.assert_allclose(ours["h"], truth["h"], atol=1e-12)


def test_numbers_of_a_step_add_up():
    rng = np.random.default_rng(2)
    calls, truths = [], []
    for case in range(10):
        layer, x, _ = random_case(rng)
        t, unit = case % len(x), int(rng.integers(layer.hidden_size))
        truth, w = learned(layer, x), layer.named_params
        old = truth["h"][t - 1] if t else np.zeros(layer.hidden_size)
        expected = {name: truth[name][t, unit] for name in NAMES}
        expected |= {"old": old[unit], "gated": truth["r"][t] * old, "b": w["b_h"][unit]}
        expected["fromX"] = (x[t] @ w["W_xh"])[unit]
        expected["fromH"] = (expected["gated"] @ w["W_hh"])[unit]
        truths.append(expected)
        calls.append(("stepOf", [truth, layer.params, x, t + 1, unit]))  # steps count from 1
    for ours, expected in zip(node.run(SCRIPT, calls), truths, strict=True):
        assert ours.keys() == expected.keys()
        for name, value in expected.items():
            np.testing.assert_allclose(ours[name], value, atol=1e-9, err_msg=name)
        total = ours["fromX"] + ours["fromH"] + ours["b"]
        assert np.tanh(total) == pytest.approx(ours["candidate"], abs=1e-9)
        mean = ours["z"] * ours["old"] + (1 - ours["z"]) * ours["candidate"]
        assert mean == pytest.approx(ours["h"], abs=1e-9)


def test_a_slider_sets_one_unit_at_one_step_or_at_all():
    gate = np.random.default_rng(3).uniform(size=(16, 2))
    one, every = {"unit": 1, "step": 6, "value": 0.25}, gate.copy()
    single = gate.copy()
    single[5, 1] = every[:, 1] = 0.25
    calls = [("setGate", [gate, one | {"all": flag}]) for flag in (False, True)]
    ours = node.run(SCRIPT, calls)
    np.testing.assert_array_equal(ours[0], single)
    np.testing.assert_array_equal(ours[1], every)


def test_the_corners_are_named_rightly():
    words = {
        (0.9, 0): "keeps most",
        (1, 1): "keeps most",
        (0.5, 1): "mixes",
        (0.84, 1): "mixes",
        (0.16, 0): "mixes",
        (0, 1): "vanilla RNN",
        (0.1, 0.9): "vanilla RNN",
        (0, 0): "feed-forward",
        (0.1, 0.1): "feed-forward",
        (0, 0.5): "takes over",
    }
    calls = [("corner", [{"z": z, "r": r}]) for z, r in words]
    for ours, word in zip(node.run(SCRIPT, calls), words.values(), strict=True):
        assert word in ours


def test_the_weights_do_the_task():
    """On sequences never seen in training, two hundredths off at most in the mean square."""
    rng = np.random.default_rng(4)
    errors = []
    for _ in range(50):
        x, total = np.zeros((40, 2)), 0
        for t in range(40):
            x[t, 1] = rng.random() < 0.06
            total = 0 if x[t, 1] else total
            height = int(rng.integers(1, 4))
            if rng.random() < 0.12 and total + height <= 5:
                x[t, 0], total = height, total + height
        errors.append(module.trained().forward(x[None])[0][0] - module.asked(x))
    assert (np.sqrt(np.mean(np.square(errors), axis=(0, 1))) < 0.02).all()
    own = module.trained().forward(module.sequence()[None])[0][0] - module.asked(module.sequence())
    assert np.abs(own).max() < 0.05


def test_what_the_chapter_says_of_the_figure():
    """The numbers of the text, with its digits; row t of an array is step t, row 0 the start."""
    layer, x = module.trained(), module.sequence()
    kept = learned(layer, x)
    run = {k: np.vstack([np.zeros(2), v]) for k, v in kept.items()}
    targets = np.vstack([np.zeros(2), module.asked(x)])
    assert x[1].tolist() == [2, 1]
    assert [run[k][2, 0].round(2) for k in "zrh"] == [0, 0.02, 0.19]
    assert [run[k][5, 0].round(2) for k in "zrh"] == [0.06, 0.9, 0.28]
    assert run["h"][4, 0].round(2) == 0.19
    assert x[5].tolist() == [0, 0]
    assert [run["z"][6, j].round(2) for j in (0, 1)] == [0.9, 0.99]
    assert run["z"][10].round(2).tolist() == [0.84, 0.99]
    assert np.abs(run["h"] - targets)[:, 0].max().round(3) == 0.028
    by_hand = {k: getattr(GRUGates(), k) for k in "rz"}

    def changed(name, unit, value, step=slice(None)):
        gates = {k: kept[k].copy() for k in "rz"}
        gates[name][step, unit] = value
        knobs = {"params": layer.params, "x": x, "gates": "hand"} | gates
        return ("runGru", [knobs]), unit

    calls, units = zip(
        changed("r", 0, 1, 11 - 1),
        changed("z", 0, 0),
        changed("z", 1, 0),
        changed("r", 0, 0),
        changed("z", 0, 1),
        changed("r", 1, 0),
        (("runGru", [{"params": layer.params, "x": x, "gates": "hand"} | by_hand]), 0),
        strict=True,
    )
    found = zip(node.run(SCRIPT, calls), units, strict=True)
    states = [np.concatenate([[0], np.array(o["h"])[:, j]]) for o, j in found]
    assert states[0][11].round(2) == 0.58
    assert run["h"][11, 0].round(2) == 0.10
    assert np.abs(states[1] - targets[:, 0]).max().round(3) == 0.034
    assert states[2][[2, 3]].round(2).tolist() == [0.21, -0.09]
    assert states[3][[8, 10]].round(2).tolist() == [0.20, 0.14]
    assert not states[4].any()
    assert np.abs(states[5] - targets[:, 1]).max().round(3) == 0.072
    assert states[6][2].round(2) == 0.02


def test_steps_count_from_1():
    assert [GRUGates(step=step).step for step in (1, 16)] == [1, 16]
    for step in (0, 17):
        with pytest.raises(traitlets.TraitError):
            GRUGates(step=step)


def test_what_the_page_holds():
    figure = GRUGates()
    values = {name: getattr(figure, name) for name in ("weights", "task")}
    ours = node.run(SCRIPT.with_name("cells.mjs"), [("unpack", [v]) for v in values.values()])
    for name, w in module.trained().params.items():
        np.testing.assert_array_equal(ours[0][name], w)
    np.testing.assert_array_equal(ours[1]["x"], module.sequence())
    np.testing.assert_array_equal(ours[1]["targets"], module.asked(module.sequence()))
    assert json.dumps(figure.about["start"])
    assert "weights" not in figure.about["start"]
    assert GRUGates().page() == figure.page()
