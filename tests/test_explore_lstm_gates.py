"""The figure of the LSTM's gates: its script has the numbers of `gru_lib.LSTM`."""

import node
import numpy as np

from gru_lib import LSTM
from gru_lib.explore import LSTMGates
from gru_lib.explore.figure import SCRIPTS
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
    assert "at step 5, 0.90 is left" in words[2]
    assert "at step 5, 0.21 is left" in words[3]  # 0.9 to the power of 15
