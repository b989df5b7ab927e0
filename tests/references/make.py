"""Record what PyTorch, Keras and ONNX compute, so that tests can compare where none is installed.

Writes `torch.npz`, `keras.npz` and `onnx.npz` next to itself. README.md explains the keys. To run:

    python -m venv refenv
    refenv/bin/pip install numpy==2.4.6 torch==2.13.0 onnx==1.23.2
    refenv/bin/pip install keras==3.15.1 scipy==1.17.1 jax==0.10.2
    refenv/bin/python tests/references/make.py

These are the recorded versions, on Python 3.11. Keras runs on its NumPy backend, which imports
SciPy and JAX. The same versions on the same processor write the same bytes.
"""

import json
import os
import platform
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent
SEED = 2026
SIZES = [(1, 1, 1, 1), (2, 3, 1, 4), (3, 5, 2, 3)]  # batch, time, input, hidden
PADDED = (4, 6, 2, 3)
LENGTHS = [2, 5, 1, 4]  # unsorted, and all shorter than the six steps


def case_name(kind, sizes):
    """Name a case by its kind and sizes: `gru_2_3_1_4`."""
    return "_".join([kind.lower(), *map(str, sizes)])


def drawer(name, dtype=np.float64):
    """Return a function that draws an array of a given shape; every case has its own generator."""
    rng = np.random.default_rng([SEED, *name.encode()])

    def draw(shape):
        # Multiples of 1/64 are exact in every precision, and compress well. Zero is left out.
        sign = rng.choice([-1, 1], shape)
        return (sign * rng.integers(1, 65, shape) / 64).astype(dtype)

    return draw


def named(final):
    """Name the final state; an LSTM has two."""
    return dict(zip(("hn", "cn"), final, strict=False))


def torch_case(draw, kind, sizes, *, layers=1, lengths=None):
    """Run one PyTorch layer forward and backward; with lengths, in both directions and packed."""
    import torch
    from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

    batch, time, inputs, hidden = sizes
    directions = 1 if lengths is None else 2
    options = {"batch_first": True, "bidirectional": directions == 2, "dtype": torch.float64}
    module = getattr(torch.nn, kind)(inputs, hidden, layers, **options)
    with torch.no_grad():
        for weight in module.parameters():
            weight.copy_(torch.from_numpy(draw(tuple(weight.shape))))
    shapes = {"x": (batch, time, inputs), "h0": (layers * directions, batch, hidden)}
    if kind == "LSTM":
        shapes["c0"] = shapes["h0"]
    leaves = {name: torch.from_numpy(draw(s)).requires_grad_() for name, s in shapes.items()}
    x, *state = leaves.values()
    if lengths is not None:
        x = pack_padded_sequence(x, torch.tensor(lengths), batch_first=True, enforce_sorted=False)

    out, final = module(x, tuple(state) if kind == "LSTM" else state[0])
    final = final if kind == "LSTM" else (final,)
    if lengths is not None:
        out, _ = pad_packed_sequence(out, batch_first=True, total_length=time)
    results = {"out": out, **named(final)}
    upstream = {name: torch.from_numpy(draw(tuple(r.shape))) for name, r in results.items()}
    sum((results[name] * upstream[name]).sum() for name in results).backward()

    leaves.update(module.named_parameters())
    upstream = {"d" + name.replace("out", "h"): d for name, d in upstream.items()}
    gradients = {f"grad/{name}": leaf.grad for name, leaf in leaves.items()}
    tensors = leaves | upstream | results | gradients
    arrays = {name: tensor.detach().numpy() for name, tensor in tensors.items()}
    return arrays if lengths is None else arrays | {"lengths": np.array(lengths)}


def make_torch():
    """Return PyTorch's arrays by key, and its version."""
    import torch

    torch.set_num_threads(1)
    cases = [(case_name(kind, s), kind, s, {}) for kind in ("RNN", "LSTM", "GRU") for s in SIZES]
    for kind in ("LSTM", "GRU"):
        name = case_name(kind, SIZES[-1]) + "_layers2"
        cases.append((name, kind, SIZES[-1], {"layers": 2}))
        name = case_name(kind, PADDED) + "_layers2_bidirectional"
        cases.append((name, kind, PADDED, {"layers": 2, "lengths": LENGTHS}))
    arrays = {
        name: torch_case(drawer("torch " + name), kind, sizes, **options)
        for name, kind, sizes, options in cases
    }
    return arrays, {"torch": torch.__version__}


def make_keras():
    """Return Keras's arrays by key, and its version. Its NumPy backend has no gradients.

    In single precision: set to float64, this backend still computes in float32 and only calls the
    result float64.
    """
    os.environ["KERAS_BACKEND"] = "numpy"
    import keras

    keras.config.set_floatx("float32")
    kinds = {
        "simplernn": (keras.layers.SimpleRNN, {}),
        "lstm": (keras.layers.LSTM, {}),
        "gru_reset_after": (keras.layers.GRU, {"reset_after": True}),
        "gru_reset_before": (keras.layers.GRU, {"reset_after": False}),
    }
    arrays = {}
    for kind, (cls, options) in kinds.items():
        for sizes in SIZES:
            name = case_name(kind, sizes)
            draw = drawer("keras " + name, np.float32)
            batch, time, inputs, hidden = sizes
            layer = cls(hidden, return_sequences=True, return_state=True, **options)
            layer.build((batch, time, inputs))
            case = {weight.name: draw(tuple(weight.shape)) for weight in layer.weights}
            layer.set_weights(list(case.values()))
            x = draw((batch, time, inputs))
            state = [draw((batch, hidden)) for _ in range(2 if kind == "lstm" else 1)]
            out, *final = layer(x, initial_state=state)
            case |= {"x": x} | dict(zip(("h0", "c0"), state, strict=False))
            arrays[name] = case | {"out": out} | named(final)
    return arrays, {"keras": keras.version(), "backend": "numpy", "floatx": keras.config.floatx()}


def onnx_run(op, attributes, feeds, outputs, opset):
    """Run a model of one node on the reference evaluator, in double precision."""
    from onnx import TensorProto, checker, helper
    from onnx.reference import ReferenceEvaluator

    names = list(feeds)
    ranks = {name: [None] * (4 if name == "Y" else 3) for name in outputs}
    # The fifth input, "", is sequence_lens: the reference evaluator ignores it.
    node = helper.make_node(op, [*names[:4], "", *names[4:]], outputs, **attributes)
    graph = helper.make_graph(
        [node],
        op,
        [helper.make_tensor_value_info(n, TensorProto.DOUBLE, a.shape) for n, a in feeds.items()],
        [helper.make_tensor_value_info(n, TensorProto.DOUBLE, r) for n, r in ranks.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    checker.check_model(model, full_check=True)
    return dict(zip(outputs, ReferenceEvaluator(model).run(None, feeds), strict=True))


def make_onnx():
    """Return the arrays of the ONNX reference evaluator by key, and its version."""
    import onnx

    opset = onnx.defs.onnx_opset_version()
    kinds = {
        "rnn": ("RNN", 1, {}),
        "lstm": ("LSTM", 4, {}),
        "gru_linear_before_reset_0": ("GRU", 3, {"linear_before_reset": 0}),
        "gru_linear_before_reset_1": ("GRU", 3, {"linear_before_reset": 1}),
    }
    arrays = {}
    for kind, (op, gates, attributes) in kinds.items():
        for sizes in SIZES:
            name = case_name(kind, sizes)
            draw = drawer("onnx " + name)
            batch, time, inputs, hidden = sizes
            shapes = {
                "X": (time, batch, inputs),
                "W": (1, gates * hidden, inputs),
                "R": (1, gates * hidden, hidden),
                "B": (1, 2 * gates * hidden),
                "initial_h": (1, batch, hidden),
                "initial_c": (1, batch, hidden),
            }
            outputs = ["Y", "Y_h", "Y_c"]
            if op != "LSTM":
                del shapes["initial_c"], outputs[2]
            feeds = {key: draw(shape) for key, shape in shapes.items()}
            settings = {"hidden_size": hidden, **attributes}
            arrays[name] = feeds | onnx_run(op, settings, feeds, outputs, opset)
    return arrays, {"onnx": onnx.__version__, "opset": opset}


def write(name, arrays, versions):
    """Write one file under a temporary name, then rename it: a half-written one is never read."""
    versions = {"python": platform.python_version(), "numpy": np.__version__, **versions}
    flat = {f"{case}/{key}": a for case, parts in arrays.items() for key, a in parts.items()}
    # Inputs are exact in float32. Outputs in float64 that all are so too were not computed in it.
    outputs = [a for key, a in flat.items() if key.endswith(("/out", "/Y"))]
    double = {a.dtype == np.float64 and np.any(a != a.astype(np.float32)) for a in outputs}
    assert double == {name != "keras"}, "not the precision that README.md states"
    path, temporary = FOLDER / f"{name}.npz", FOLDER / f"{name}.npz.tmp"
    with temporary.open("wb") as file:
        np.savez_compressed(file, versions=json.dumps(versions), seed=SEED, **flat)
    temporary.replace(path)
    print(f"{path.name}: {path.stat().st_size} bytes, {len(arrays)} cases, {versions}")


if __name__ == "__main__":
    write("torch", *make_torch())
    write("keras", *make_keras())
    write("onnx", *make_onnx())
