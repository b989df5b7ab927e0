"""The figure of the two forms in JavaScript against `GRU` and `ConcatGRU`."""

import itertools
from pathlib import Path

import node
import numpy as np
import pytest
import traitlets

from gru_lib import GRU, ConcatGRU
from gru_lib.explore import GRUBlocks
from gru_lib.explore import gru_blocks as module

SCRIPT = Path(__file__).parents[1] / "gru_lib" / "explore" / "js" / "gru_blocks.mjs"
CELLS = SCRIPT.with_name("cells.mjs")
FORMS = ("apart", "concatenated")
pytestmark = node.needs_node


def layers():
    """The figure's own layer, then random ones."""
    yield module.by_hand()
    rng = np.random.default_rng(0)
    for _ in range(12):
        D, H = (int(n) for n in rng.integers(1, 6, 2))
        layer = GRU(D, H)
        for w in layer.params.values():
            w[...] = rng.uniform(-2, 2, w.shape)
        yield layer


def test_each_number_stands_where_the_library_keeps_it():
    cases = list(layers())
    calls = [("grid", [layer.params, form]) for layer in cases for form in FORMS]
    results = iter(node.run(SCRIPT, calls))
    for layer in cases:
        for kept in (layer.params, ConcatGRU.from_gru(layer).params):
            cells = next(results)
            visited = {name: np.zeros(w.shape, int) for name, w in kept.items()}
            for cell in cells:
                at = tuple(int(i) for i in cell["at"])
                assert cell["value"] == kept[cell["array"]][at]
                visited[cell["array"]][at] += 1
            assert all((count == 1).all() for count in visited.values())  # every number, once


def test_both_forms_light_the_same_numbers_of_the_right_gate():
    cases = list(layers())
    calls = [("grid", [layer.params, form]) for layer in cases for form in FORMS]
    results = node.run(SCRIPT, calls)
    for k, layer in enumerate(cases):
        H, D, w = layer.hidden_size, layer.input_size, layer.named_params
        for gate in "rzh":
            lit = [
                {(c["row"], c["column"]): c["value"] for c in cells if c["gate"] == gate}
                for cells in results[2 * k : 2 * k + 2]
            ]
            assert lit[0] == lit[1]
            assert len(lit[0]) == (H + D + 1) * H
            block = np.vstack([w[f"W_h{gate}"], w[f"W_x{gate}"], w[f"b_{gate}"][None]])
            first = "rzh".index(gate) * H
            for (row, column), value in lit[0].items():
                assert value == block[int(row), int(column) - first]


def test_concatenate_is_from_gru():
    cases = list(layers())
    for ours, layer in zip(
        node.run(SCRIPT, [("concatenate", [layer.params]) for layer in cases]), cases, strict=True
    ):
        truth = ConcatGRU.from_gru(layer).params
        assert ours.keys() == truth.keys()
        for name, w in truth.items():
            np.testing.assert_array_equal(ours[name], w)


def run_of(layer, x, h0):
    """What the JavaScript `gru` returns, from the steps of the concatenated layer."""
    concat, T = ConcatGRU.from_gru(layer), len(x)
    r, z, candidate = np.empty((3, T, layer.hidden_size))
    h = np.vstack([h0, np.empty_like(r)])
    for t in range(T):
        now = slice(t, t + 1)
        concat.step(x[now], r[now], z[now], candidate[now], h[now], h[t + 1 : t + 2])
    return {"r": r, "z": z, "candidate": candidate, "h": h[1:], "h0": h0, "x": x}


def test_products_give_gates_and_candidate_in_both_forms():
    rng = np.random.default_rng(1)
    calls, truths = [], []
    for layer in layers():
        x, h0 = rng.normal(size=(3, layer.input_size)), rng.uniform(-1, 1, layer.hidden_size)
        run, params = run_of(layer, x, h0), ConcatGRU.from_gru(layer).params
        np.testing.assert_allclose(run["h"], layer.forward(x[None], h0[None])[0][0], atol=1e-12)
        for form, gate, t in itertools.product(FORMS, "rzh", range(3)):
            old = run["h"][t - 1] if t else h0
            seen = run["r"][t] * old if gate == "h" else old
            row = np.concatenate([seen, x[t], [1]])
            a = row @ np.vstack([params[f"W_{gate}"], params[f"b_{gate}"]])
            value = run["candidate" if gate == "h" else gate][t]
            calls.append(("product", [layer.params, form, run, gate, t + 1]))  # steps count from 1
            truths.append({"seen": seen, "row": row, "a": a, "value": value})
    for ours, truth in zip(node.run(SCRIPT, calls), truths, strict=True):
        for name, array in truth.items():
            np.testing.assert_allclose(ours[name], array, atol=1e-9, err_msg=name)


def test_words_name_the_arrays_and_give_the_numbers_of_the_chapter():
    layer = module.by_hand()
    run = run_of(layer, np.array(module.INPUT)[:, None], np.array(module.STATE))
    assert np.round(run["h"][0], 4).tolist() == [0.4265, -0.0661]
    kept = "columns {0} of W_h and W_x and entries {0} of b in GRU;"
    expected = {
        ("apart", "r"): ("Lit: 6 weights and 2 biases, " + kept.format("1 and 2"),),
        ("apart", "z"): ("(0.5250, 0.7109)", kept.format("3 and 4")),
        ("concatenated", "r"): ("(2.40, −1.80)", "(0.9168, 0.1419)", "W_r and b_r in ConcatGRU;"),
        ("concatenated", "h"): ("(0.3453, 0.7552), and with z = (0.52, 0.71)", "columns 5 and 6"),
        ("apart", "h"): ("[r ⊙ h, x] = (0.46, −0.06, 1.00)", "W_h and b_h in ConcatGRU."),
    }
    calls = []
    for form, gate in expected:
        calls.append(("product", [layer.params, form, run, gate, 1]))
        calls.append(("tell", [form, gate, 2, 1, node.result(len(calls) - 1), run, 1]))
    for words, parts in zip(node.run(SCRIPT, calls)[1::2], expected.values(), strict=True):
        for part in parts:
            assert part in words


def test_the_figure_starts_as_the_small_step():
    figures = [GRUBlocks(form=form) for form in FORMS]
    results = node.run(CELLS, [("unpack", [figure.weights]) for figure in figures])
    for ours, figure, form in zip(results, figures, FORMS, strict=True):
        for name, w in module.by_hand().params.items():
            np.testing.assert_array_equal(ours[name], w)
        assert (figure.x[0], figure.step) == (1, 1)
        assert figure.state == [0.5, -0.4]
        assert figure.about["start"]["form"] == form


def test_steps_count_from_1():
    assert [GRUBlocks(step=step).step for step in (1, 6)] == [1, 6]
    for step in (0, 7):
        with pytest.raises(traitlets.TraitError):
            GRUBlocks(step=step)


def test_what_the_chapter_says_of_the_figure():
    """The numbers of the text, with its digits, in both forms."""
    layer, h0 = module.by_hand(), np.array(module.STATE)
    run = run_of(layer, np.array(module.INPUT)[:, None], h0)
    moved = run_of(layer, np.array([[-2.0]]), h0)
    for form in FORMS:
        steps = [(run, "r", 1), (moved, "r", 1), (run, "h", 1), (run, "z", 1), (run, "r", 2)]
        calls = [("product", [layer.params, form, *step]) for step in steps]
        ours = node.run(SCRIPT, calls)
        assert np.round(ours[0]["a"], 2).tolist() == [2.4, -1.8]
        assert np.round(ours[1]["a"], 2).tolist() == [-0.6, 1.2]
        assert np.round(ours[2]["row"], 2).tolist() == [0.46, -0.06, 1, 1]
        assert ours[3]["row"] == ours[0]["row"] == [0.5, -0.4, 1, 1]
        assert np.round(ours[4]["row"], 2).tolist() == [0.43, -0.07, 0, 1]
