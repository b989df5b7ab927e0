"""Recorded outputs and gradients of PyTorch, Keras and ONNX, none of which need be installed.

The weights of single layers go in gate by gate here, so that `gru_lib.interop` too is judged.
"""

import itertools
import json
import re
from pathlib import Path

import numpy as np
import pytest

from gru_lib import GRU, LSTM, RNN, Bidirectional, Dense, Model
from gru_lib.gradcheck import relative_error
from gru_lib.interop import load_torch

FOLDER = Path(__file__).parent / "references"
KINDS = {"rnn": RNN, "simplernn": RNN, "lstm": LSTM, "gru": GRU}
ORDER = {  # our letters of the gates, in the order of each library's blocks
    "torch": {RNN: "h", LSTM: "ifgo", GRU: "rzh"},
    "keras": {RNN: "h", LSTM: "ifgo", GRU: "zrh"},
    "onnx": {RNN: "h", LSTM: "iofg", GRU: "zrh"},
}
BEFORE = ("gru_reset_before", "gru_linear_before_reset_0")  # in other GRUs the reset comes after


def read(library):
    """Return the recorded cases by name, each a dictionary of arrays, and what made them."""
    cases = {}
    with np.load(FOLDER / f"{library}.npz") as file:
        about = json.loads(str(file["versions"])) | {"seed": int(file["seed"])}
        for key in sorted(set(file.files) - {"versions", "seed"}):
            case, name = key.split("/", 1)
            cases.setdefault(case, {})[name] = file[key]
    return cases, about


FILES = {library: read(library) for library in ORDER}
TORCH = list(FILES["torch"][0])
ALL = [(library, name) for library, (cases, _) in FILES.items() for name in cases]
SINGLE = [(library, name) for library, name in ALL if "layers" not in name]
GATED = [(lib, name) for lib, name in SINGLE if "3_5_2_3" in name and "rnn" not in name]
# With a single unit both places of the reset can be one model, since numbers commute.
GRUS = [(library, name) for library, name in SINGLE if "gru" in name and "1_1_1_1" not in name]


def kind_of(name):
    return KINDS[name.split("_")[0]]


def weights_of(library, case):
    """Return the W_x, W_h, b_x and b_h of a single layer, for row vectors."""
    if library == "keras":
        bias = case["bias"]  # two rows where the reset comes after
        biases = bias if bias.ndim == 2 else (bias, np.zeros_like(bias))
        return case["kernel"], case["recurrent_kernel"], *biases
    if library == "onnx":  # the first axis is for the direction
        return case["W"][0].T, case["R"][0].T, *np.split(case["B"][0], 2)
    W_x, W_h = (case[f"weight_{part}_l0"].T for part in ("ih", "hh"))
    return W_x, W_h, case["bias_ih_l0"], case["bias_hh_l0"]


def run_of(library, case):
    """Return x, the initial state, h and the final state of a single layer, batch first."""
    if library == "onnx":  # time first, and Y has an axis for the direction
        x, h = case["X"].swapaxes(0, 1), case["Y"][:, 0].swapaxes(0, 1)
        names = ("initial_h", "initial_c", "Y_h", "Y_c")
    else:
        x, h, names = case["x"], case["out"], ("h0", "c0", "hn", "cn")
    states = [case[name].reshape(case[name].shape[-2:]) for name in names if name in case]
    half = len(states) // 2
    return x, states[:half], h, states[half:]


def layer_of(library, name, reset=None, order=None):
    """Return a layer with the recorded weights, perhaps with a wrong reset or order of gates."""
    kind = kind_of(name)
    options = {}
    if kind is GRU:
        options["reset"] = reset or ("before" if name.startswith(BEFORE) else "after")
    weights = weights_of(library, FILES[library][0][name])
    layer = kind(*(len(w) for w in weights[:2]), **options)
    order = order or ORDER[library][kind]
    W_x, W_h, b_x, b_h = (
        dict(zip(order, np.split(w, len(order), axis=-1), strict=True)) for w in weights
    )
    named = layer.named_params
    for gate in order:
        named[f"W_x{gate}"][...] = W_x[gate]
        named[f"W_h{gate}"][...] = W_h[gate]
        named[f"b_{gate}"][...] = b_x[gate] + b_h[gate]
    if "b_hh" in named:  # the one recurrent bias that the reset multiplies
        named["b_h"][...], named["b_hh"][...] = b_x["h"], b_h["h"]
    return layer


def difference(library, name, **wrong):
    """Return the largest relative error in the outputs and the final state of a single layer."""
    layer = layer_of(library, name, **wrong)
    x, start, h_there, final_there = run_of(library, FILES[library][0][name])
    x, *start = (array.astype(np.float64) for array in (x, *start))
    h, final = layer.forward(x, start[0] if len(start) == 1 else tuple(start))
    ours = [h, *(final if len(start) == 2 else [final])]
    theirs = [h_there, *final_there]
    return np.max([relative_error(a, b) for a, b in zip(ours, theirs, strict=True)])


def build(kind, case, dtype=np.float64):
    """Return a model that has the shape and the weights of PyTorch's network."""
    weights = {name: w for name, w in case.items() if name.startswith(("weight", "bias"))}
    options = {"dtype": dtype} | ({"reset": "after"} if kind is GRU else {})
    layers = [
        kind(weights[name].shape[1], weights[name.replace("ih", "hh")].shape[1], **options)
        for name in sorted(weights)  # l0, l0_reverse, l1, …: the order of the states
        if name.startswith("weight_ih")
    ]
    if "weight_ih_l0_reverse" in weights:
        layers = [Bidirectional(*pair) for pair in zip(layers[::2], layers[1::2], strict=True)]
    size = layers[-1].hidden_size
    model = Model(*layers, Dense(size, size, dtype=dtype), output="all")
    load_torch(model, weights)
    return model


def to_states(model, arrays):
    """Cut PyTorch's (layers * directions, batch, hidden), h and perhaps c, into our states."""
    states = [tuple(parts) if len(parts) > 1 else parts[0] for parts in zip(*arrays, strict=True)]
    if len(states) == len(model.recurrent):
        return states
    return list(zip(states[::2], states[1::2], strict=True))


def from_states(model, states):
    """Return the arrays that `to_states` cut."""
    if isinstance(model.recurrent[0], Bidirectional):
        states = [state for pair in states for state in pair]
    pairs = [state if isinstance(state, tuple) else (state,) for state in states]
    return [np.stack(arrays) for arrays in zip(*pairs, strict=True)]


def torch_grads(model):
    """Return our gradients in PyTorch's layout and under its names."""
    grads = {}
    for k, layer in enumerate(model.recurrent):
        both = isinstance(layer, Bidirectional)
        cells = {"": layer.forwards, "_reverse": layer.backwards} if both else {"": layer}
        for direction, cell in cells.items():
            g, order = cell.named_grads, ORDER["torch"][type(cell)]
            b_ih = [g[f"b_{gate}"] for gate in order]  # the two biases are added
            b_hh = [*b_ih[:-1], g["b_hh"]] if "b_hh" in g else b_ih
            grads[f"weight_ih_l{k}{direction}"] = np.vstack([g[f"W_x{gate}"].T for gate in order])
            grads[f"weight_hh_l{k}{direction}"] = np.vstack([g[f"W_h{gate}"].T for gate in order])
            grads[f"bias_ih_l{k}{direction}"] = np.concatenate(b_ih)
            grads[f"bias_hh_l{k}{direction}"] = np.concatenate(b_hh)
    return grads


def run(model, case):
    """Run the recurrent layers forward and backward; what they give has PyTorch's names."""
    h, finals, dstarts = case["x"], [], []
    start, dfinal = (
        to_states(model, [case[name] for name in names if name in case])
        for names in (("h0", "c0"), ("dhn", "dcn"))
    )
    for layer, state in zip(model.recurrent, start, strict=True):
        h, final = layer.forward(h, state, case.get("lengths"))
        finals.append(final)
    dh = case["dh"]
    for layer, dstate in zip(reversed(model.recurrent), reversed(dfinal), strict=True):
        dh, dstart = layer.backward(dh, dstate)
        dstarts.insert(0, dstart)
    results = {"out": h} | dict(zip(("hn", "cn"), from_states(model, finals), strict=False))
    grads = torch_grads(model) | {"x": dh}
    grads |= dict(zip(("h0", "c0"), from_states(model, dstarts), strict=False))
    return results | {f"grad/{name}": g for name, g in grads.items()}


def errors(kind, case, dtype=np.float64):
    """Return max|difference| / max|value| of every output and gradient that PyTorch gives."""
    ours = run(build(kind, case, dtype), case)
    names = {name for name in case if name in ("out", "hn", "cn") or name.startswith("grad/")}
    assert ours.keys() == names
    return {name: relative_error(array, case[name]) for name, array in ours.items()}


def worst(found, limit):
    """Return those errors that are not within the limit."""
    return {name: error for name, error in found.items() if not error <= limit}


@pytest.mark.parametrize("name", TORCH)
def test_outputs_states_and_gradients_of_pytorch(name):
    assert worst(errors(kind_of(name), FILES["torch"][0][name]), 1e-12) == {}


@pytest.mark.parametrize(("library", "name"), SINGLE)
def test_outputs_and_final_states(library, name):
    assert difference(library, name) <= (1e-6 if library == "keras" else 1e-12)  # Keras: float32


@pytest.mark.parametrize("name", [name for library, name in SINGLE if library == "torch"])
def test_load_torch_puts_every_weight_where_the_records_have_it(name):
    ours = build(kind_of(name), FILES["torch"][0][name]).recurrent[0].params
    for key, w in layer_of("torch", name).params.items():
        np.testing.assert_array_equal(ours[key], w, err_msg=key)


@pytest.mark.parametrize(("library", "name"), GRUS)
def test_a_reset_on_the_other_side_is_another_model(library, name):
    other = "after" if name.startswith(BEFORE) else "before"
    assert difference(library, name, reset=other) > 0.01


@pytest.mark.parametrize(("library", "name"), GATED)
def test_no_other_order_of_the_gates_gives_these_results(library, name):
    right = ORDER[library][kind_of(name)]
    for other in set(map("".join, itertools.permutations(right))) - {right}:
        assert difference(library, name, order=other) > 0.01, other


def test_nothing_is_missing_in_the_records():
    kinds = {
        "torch": ("rnn", "lstm", "gru"),
        "keras": ("simplernn", "lstm", "gru_reset_after", "gru_reset_before"),
        "onnx": ("rnn", "lstm", "gru_linear_before_reset_0", "gru_linear_before_reset_1"),
    }
    sizes = ("1_1_1_1", "2_3_1_4", "3_5_2_3")
    padded = {f"{kind}_4_6_2_3_layers2_bidirectional" for kind in ("lstm", "gru")}
    stacks = {f"{kind}_3_5_2_3_layers2" for kind in ("lstm", "gru")}
    for library, (cases, _) in FILES.items():
        expected = {f"{kind}_{size}" for kind in kinds[library] for size in sizes}
        assert set(cases) == expected | (padded | stacks if library == "torch" else set())
        dtypes = {
            a.dtype.name for case in cases.values() for n, a in case.items() if n != "lengths"
        }
        assert dtypes == {"float32" if library == "keras" else "float64"}
    lengths = {
        name: case["lengths"] for name, case in FILES["torch"][0].items() if "lengths" in case
    }
    assert set(lengths) == padded
    assert all(sorted(n) != list(n) and max(n) < 6 for n in lengths.values())


def test_the_records_come_from_the_versions_that_are_named():
    words = {
        "python": "Python",
        "numpy": "NumPy",
        "torch": "PyTorch",
        "keras": "Keras",
        "onnx": "ONNX",
    }
    readme, script = ((FOLDER / name).read_text("utf-8") for name in ("README.md", "make.py"))
    for library, (_, about) in FILES.items():
        for key in ("python", "numpy", library):
            version = about[key].split("+")[0]  # without what PyTorch was built for
            if key == "python":
                version = ".".join(version.split(".")[:2])
            else:
                assert f"{key}=={version}" in script.split()
            assert re.findall(rf"\b{words[key]} (\d[\d.]*\d)", readme) == [version]
        assert re.findall(r"^SEED = (\d+)$", script, re.M) == [str(about["seed"])]
