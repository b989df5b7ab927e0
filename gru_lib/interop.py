"""Weights carried to and from PyTorch's `nn.RNN`, `nn.LSTM` and `nn.GRU`, without PyTorch.

PyTorch multiplies from the left and keeps two biases, stacks the gates of a layer in one matrix
`(gates * hidden, ·)`, and numbers the layers of a stack: `weight_ih_l0`, `weight_hh_l0`,
`bias_ih_l0`, `bias_hh_l0`, with `_reverse` behind them for the layer that reads backwards.
"""

from collections.abc import Mapping

import numpy as np

from .gru import GRU
from .lstm import LSTM
from .rnn import RNN
from .validate import require_array

TORCH_GATES = {RNN: "h", LSTM: "ifgo", GRU: "rzh"}  # in PyTorch's order


def load_torch(layer, state_dict):
    """Fill the weights of a layer, in place, from those of the same network in PyTorch.

    Args:
        layer: an `RNN` (tanh), an `LSTM`, a `GRU` with `reset="after"`, a `Bidirectional` of such,
            or a `Model`, whose recurrent layers are filled.
        state_dict: a mapping of PyTorch's names to arrays of the layer's dtype, such as
            `module.state_dict()`; tensors on the CPU will do.

    Raises:
        TypeError: a layer that PyTorch does not have, or arrays of another dtype.
        ValueError: a name is missing or not expected, an array has another shape, or the layer is
            another model (reset before the product; sigmoid in an RNN). Then nothing is changed.

    """
    cells = _cells(layer)
    if not isinstance(state_dict, Mapping):
        kind = type(state_dict).__name__
        raise TypeError(f"state_dict: expected names and arrays, as a dict, got {kind}")
    expected = [f"{part}_{suffix}" for suffix in cells for part in _PARTS]
    missing = [name for name in expected if name not in state_dict]
    extra = [name for name in state_dict if name not in expected]
    if missing or extra:
        raise ValueError(f"state_dict: missing {missing or 'none'}, not expected {extra or 'none'}")
    checked = {suffix: _checked(cell, suffix, state_dict) for suffix, cell in cells.items()}
    for suffix, (w_ih, w_hh, b_ih, b_hh) in checked.items():
        cell = cells[suffix]
        named, size = cell.named_params, cell.hidden_size
        for k, gate in enumerate(TORCH_GATES[type(cell)]):
            rows = slice(k * size, (k + 1) * size)
            named[f"W_x{gate}"][...] = w_ih[rows].T
            named[f"W_h{gate}"][...] = w_hh[rows].T
            if gate == "h" and "b_hh" in named:  # its two biases are not redundant
                named["b_h"][...], named["b_hh"][...] = b_ih[rows], b_hh[rows]
            else:
                named[f"b_{gate}"][...] = b_ih[rows] + b_hh[rows]


def dump_torch(layer):
    """Return the weights of a layer as new arrays under PyTorch's names.

    Where PyTorch has two biases that are always added, the second is zero, so loading a dump
    changes nothing, but a dump need not equal what was loaded.

    Raises:
        TypeError, ValueError: as for `load_torch`.

    """
    dump = {}
    for suffix, cell in _cells(layer).items():
        named, gates = cell.named_params, TORCH_GATES[type(cell)]
        b_hh = [np.zeros_like(named[f"b_{gate}"]) for gate in gates]
        if "b_hh" in named:
            b_hh[gates.index("h")] = named["b_hh"]
        dump[f"weight_ih_{suffix}"] = np.vstack([named[f"W_x{gate}"].T for gate in gates])
        dump[f"weight_hh_{suffix}"] = np.vstack([named[f"W_h{gate}"].T for gate in gates])
        dump[f"bias_ih_{suffix}"] = np.concatenate([named[f"b_{gate}"] for gate in gates])
        dump[f"bias_hh_{suffix}"] = np.concatenate(b_hh)
    return dump


_PARTS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


def _cells(layer):
    """Return the single layers by PyTorch's suffix for each; refuse what PyTorch does not have."""
    cells, levels = {}, getattr(layer, "recurrent", (layer,))
    for k, level in enumerate(levels):
        cells[f"l{k}"] = getattr(level, "forwards", level)
        if hasattr(level, "backwards"):
            cells[f"l{k}_reverse"] = level.backwards
    for cell in cells.values():
        if type(cell) not in TORCH_GATES:
            raise TypeError(f"layer: expected an RNN, LSTM or GRU, got {type(cell).__name__}")
        if isinstance(cell, GRU) and cell.reset == "before":
            raise ValueError('layer: expected reset="after", as in PyTorch, got "before"')
        if isinstance(cell, RNN) and cell.activation != "tanh":
            raise ValueError(f'layer: expected activation="tanh", got {cell.activation!r}')
    forms = {f"{type(cell).__name__} of {cell.hidden_size}" for cell in cells.values()}
    if len(forms) > 1:
        raise ValueError(f"layer: expected one kind and one hidden size, got {sorted(forms)}")
    if len(cells) not in (len(levels), 2 * len(levels)):
        raise ValueError("layer: expected Bidirectional at every level of the stack, or at none")
    return cells


def _checked(cell, suffix, state_dict):
    rows = len(cell.gates) * cell.hidden_size
    shapes = ((rows, cell.input_size), (rows, cell.hidden_size), (rows,), (rows,))
    arrays = []
    for part, shape in zip(_PARTS, shapes, strict=True):
        name = f"{part}_{suffix}"
        try:
            array = np.asarray(state_dict[name]).copy()  # a swap of layers may pass views
        except (TypeError, RuntimeError) as error:
            raise TypeError(f"{name}: expected an array or a detached tensor, {error}") from error
        arrays.append(require_array(name, array, shape, cell.dtype))
    return arrays
