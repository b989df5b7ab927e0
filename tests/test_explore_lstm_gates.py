"""The figure of the LSTM's gates: its script has the numbers of `gru_lib.LSTM`."""

import node
import numpy as np

from gru_lib import LSTM
from gru_lib.explore import LSTMGates
from gru_lib.explore.bundle import SCRIPTS
from gru_lib.explore.lstm_gates import STEPS

pytestmark = node.needs_node


def trace(*cases):
    calls = [("trace", [case]) for case in cases]
    return node.run(SCRIPTS / "lstm_gates.mjs", calls)


def by_hand_of_the_library(gates):
    """c and h of an LSTM with one unit whose gates at step t are `gates[name][t]`.

    The input names the step (one-hot), and its row of weights holds what the gate's activation
    makes that value of.
    """
    layer = LSTM(STEPS, 1, forget_bias=0)
    for array in layer.params.values():
        array[...] = 0
    for name in "ifo":
        p = np.array(gates[name])
        layer.named_params[f"W_x{name}"][:, 0] = np.log(p / (1 - p))
    layer.named_params["W_xg"][:, 0] = np.arctanh(gates["g"])
    cells = np.eye(STEPS)[None]
    h, _ = layer.forward(cells)
    c = [layer.forward(cells[:, : t + 1])[1][1].item() for t in range(STEPS)]
    return {"c": c, "h": h[0, :, 0]}


def random_gates(rng):
    return {name: rng.uniform(0.001, 0.999, STEPS) for name in "ifo"} | {
        "g": rng.uniform(-0.999, 0.999, STEPS)
    }


def test_cell_and_state_are_those_of_the_lstm():
    rng = np.random.default_rng(0)
    cases = [random_gates(rng) for _ in range(20)]
    for case, ours in zip(cases, trace(*cases), strict=True):
        truth = by_hand_of_the_library(case)
        np.testing.assert_allclose(ours["c"], truth["c"], rtol=0, atol=1e-12)
        np.testing.assert_allclose(ours["h"], truth["h"], rtol=0, atol=1e-12)


def test_a_memory_of_one_is_kept_and_of_zero_is_lost():
    start = LSTMGates()
    gates = {name: np.array(getattr(start, name)) for name in "ifog"}
    kept, lost, shut, hidden = trace(
        gates | {"f": np.ones(STEPS)},
        gates | {"f": np.zeros(STEPS)},
        gates | {"i": np.zeros(STEPS)},
        gates | {"o": np.zeros(STEPS)},
    )
    assert kept["c"] == [0, 0, *[1] * (STEPS - 2)]
    assert lost["c"] == [0, 0, 1, *[0] * (STEPS - 3)]
    assert shut["c"] == [0] * STEPS
    assert hidden["h"] == [0] * STEPS
    assert hidden["c"] == kept["c"]


def test_what_is_left_is_the_product_of_the_forget_gates():
    rng = np.random.default_rng(1)
    gates = random_gates(rng) | {"g": np.zeros(STEPS)}
    gates["g"][4] = 1
    gates["f"][5:] = 0.9
    words = node.run(SCRIPTS / "lstm_gates.mjs", [("left", [gates, t]) for t in (4, 5, 6, 20)])
    assert words[:2] == ["", ""]
    assert "at step 5, 0.900 is left" in words[2]
    assert "at step 5, 0.206 is left" in words[3]  # 0.9 to the power of 15


def test_what_a_closed_input_gate_kept_out_is_not_said_to_be_left():
    start = LSTMGates()
    gates = {name: list(getattr(start, name)) for name in "ifog"}
    shut = gates | {"i": [0.0] * STEPS}
    later = shut | {"i": [0.0] * 11 + [1.0] * 9, "g": [0.5] * STEPS}
    first, second = node.run(
        SCRIPTS / "lstm_gates.mjs", [("left", [case, STEPS]) for case in (shut, later)]
    )
    assert first == ""
    assert second.startswith(" Of what came in at step 12, ")


def test_the_words_are_the_two_equations_with_their_numbers():
    now = {"i": 0.5, "f": 0.25, "o": 0, "g": -0.5, "before": -1.0, "c": -0.5, "h": 0}
    (words,) = node.run(SCRIPTS / "lstm_gates.mjs", [("gatesWords", [now, 10])])
    assert words == (
        "At step 10: c₁₀ = f c₉ + i g = 0.25 · (−1.000) + 0.50 · (−0.500) = −0.500, "
        "and h₁₀ = o tanh c₁₀ = 0.00 · tanh (−0.500) = 0.000."
    )


def test_what_the_chapter_tells_the_reader_to_find():
    start = LSTMGates()
    gates = {name: np.array(getattr(start, name)) for name in "ifog"}
    at = np.arange(1, STEPS + 1)
    kept = {f: trace(gates | {"f": np.full(STEPS, f)})[0]["c"][-1] for f in (0.9, 0.99, 0.73)}
    assert {f: round(c, 2 if f > 0.8 else 3) for f, c in kept.items()} == {
        0.9: 0.17,
        0.99: 0.84,
        0.73: 0.005,
    }
    second = gates | {"g": np.where(at == 12, -0.5, gates["g"])}
    hole, cleared, added, closed = trace(
        gates | {"o": np.where(at == 10, 0.0, 1.0)},
        gates | {"f": np.where(at == 10, 0.0, 1.0)},
        second,
        second | {"i": np.where(at == 12, 0.0, 1.0)},
    )
    assert hole["c"][2:] == [1] * 18
    assert np.flatnonzero(np.array(hole["h"][2:]) == 0).tolist() == [7]
    assert cleared["c"][9:] == cleared["h"][9:] == [0] * 11
    assert added["c"][11:] == [0.5] * 9
    assert closed["c"][11:] == [1] * 9
