"""Layers joined to a model, saved and loaded."""

import itertools

import numpy as np

from .bidirectional import Bidirectional, Joined
from .concat_gru import ConcatGRU
from .dense import Dense
from .dropout import Dropout
from .gru import GRU
from .lstm import LSTM
from .rnn import RNN
from .storage import read, write
from .validate import require_array, require_choice, require_count, valid_steps

CELLS = {cell.__name__: cell for cell in (RNN, LSTM, GRU, ConcatGRU)}


class Model(Joined):
    """Recurrent layers, one upon the other, with a readout on top.

    Example:
        >>> import numpy as np
        >>> from gru_lib import RNN, Dense, Model
        >>> model = Model(RNN(1, 4, seed=0), Dense(4, 1, seed=1))
        >>> y, states = model.forward(np.ones((2, 3, 1)))
        >>> y.shape
        (2, 1)

    Args:
        layers: one or more recurrent layers or `Bidirectional`s, then a `Dense`; sizes and dtypes
            must fit.
        output: `"last"`, one prediction from the final state (many-to-one), or `"all"`, one
            prediction after every step (many-to-many).
        dropout: share of the entries of every recurrent layer's output that is left out on the way
            to the layer above and to the readout, but not on the way to the next step (Zaremba et
            al., 2014); only in `forward(…, training=True)`, as `fit` calls it.
        seed: seed of the generator that draws what is left out.

    Attributes:
        params, grads: the arrays of all layers, under names such as `rnn0.W_hh`, `dense1.b_y`.

    Raises:
        TypeError, ValueError: no recurrent layer, no `Dense` at the end, or sizes that do not fit.

    """

    def __init__(self, *layers, output="last", dropout=0.0, seed=None):
        if len(layers) < 2 or not isinstance(layers[-1], Dense):
            raise TypeError("Model: expected one or more recurrent layers and then a Dense")
        single = [id(cell) for layer in layers for cell in getattr(layer, "cells", (layer,))]
        if len(set(single)) < len(single):
            raise ValueError("Model: expected different layers, got one of them twice")
        for below, above in itertools.pairwise(layers):
            wanted = getattr(above, "input_size", None)
            if wanted is None or getattr(below, "hidden_size", None) != wanted:
                raise ValueError(
                    f"Model: {type(above).__name__} expects {wanted} inputs, "
                    f"{type(below).__name__} gives {getattr(below, 'hidden_size', None)}"
                )
            if below.dtype != above.dtype:
                raise TypeError(f"Model: expected one dtype, got {below.dtype} and {above.dtype}")
        self.layers = layers
        self.recurrent = layers[:-1]
        self.parts = {f"{type(layer).__name__.lower()}{i}": layer for i, layer in enumerate(layers)}
        self.output = require_choice("output", output, ("last", "all"))
        self.dtype = layers[0].dtype
        self.rng = np.random.default_rng(seed)
        self.dropouts = [Dropout(dropout, self.rng) for _ in self.recurrent]
        self._shape = None  # of the prediction of the last forward pass, None without one
        self._valid = None  # mask (batch, time, 1) of the real steps, None without padding

    def forward(self, x, state=None, lengths=None, training=False):
        """Predict from a batch of sequences.

        Args:
            x: `(batch, time, input)`.
            state: the tuple of the layers' states that an earlier call returned; None for zeros.
            lengths: `(batch,)`, see `Recurrent.forward`; with `output="all"`, predictions at padded
                steps are zero, and their gradients are ignored.
            training: with dropout, if the model has any.

        Returns:
            `y`, `(batch, output)` for `output="last"` and `(batch, time, output)` for `"all"`,
            and the tuple of the layers' final states.

        Raises:
            TypeError, ValueError: an argument of wrong dtype or shape, empty, or not finite.

        """
        self._shape = None  # should a layer refuse, there is no run to go back through
        starts = [None] * len(self.recurrent) if state is None else state
        if len(starts) != len(self.recurrent):
            raise ValueError(f"state: expected {len(self.recurrent)} states, got {len(starts)}")
        finals = []
        for layer, start, dropout in zip(self.recurrent, starts, self.dropouts, strict=True):
            h, final = layer.forward(x, start, lengths)
            finals.append(final)
            if self.output == "last" and layer is self.recurrent[-1]:
                h = layer.last(final)
            x = dropout.forward(h, training)
        self._valid = None
        if lengths is not None and self.output == "all":
            self._valid = valid_steps(lengths, *x.shape[:2]).swapaxes(0, 1)
        y = self.layers[-1].forward(x)
        self._shape = y.shape
        return y if self._valid is None else np.where(self._valid, y, 0), tuple(finals)

    def backward(self, dy, truncate=None):
        """From the gradient of the prediction to `grads` of every layer.

        Args:
            dy: ∂L/∂y, of the shape of the prediction.
            truncate: see `Recurrent.backward`; for one recurrent layer only, since in a stack the
                layers' cuts would add up.

        Returns:
            `dx (batch, time, input)` and the tuple of the gradients of the initial states.

        Raises:
            RuntimeError: called before `forward`.
            TypeError, ValueError: `dy` of wrong dtype or shape, or `truncate` with a stack.

        """
        if self._shape is None:
            raise RuntimeError("backward: call forward first")
        if truncate is not None and len(self.recurrent) > 1:
            raise ValueError(f"truncate: expected one recurrent layer, got {len(self.recurrent)}")
        dy = require_array("dy", dy, self._shape, self.dtype, finite=False)
        if self._valid is not None:
            dy = np.where(self._valid, dy, 0)
        dh = self.layers[-1].backward(dy)
        dstarts = []
        for layer, dropout in zip(reversed(self.recurrent), reversed(self.dropouts), strict=True):
            dh, dstate = dropout.backward(dh), None
            if self.output == "last" and layer is self.recurrent[-1]:
                dh, dstate = None, layer.last_backward(dh)
            dh, dstart = layer.backward(dh, dstate, truncate)
            dstarts.append(dstart)
        return dh, tuple(reversed(dstarts))

    def save(self, path, notes=None):
        """Write the model to one `.npz` file that `load` reads, whole or not at all.

        Args:
            path: the file, which must end in `.npz`.
            notes: what `json` can hold, kept in the file for whoever reads it; `load` ignores it.

        Raises:
            TypeError: a layer is not one of this package's own.
            ValueError: `path` does not end in `.npz`.
            OSError: the file cannot be written.

        """
        description = {
            "output": self.output,
            "dtype": self.dtype.name,
            "layers": [_describe(layer) for layer in self.layers],
        }
        if self.dropouts[0].rate:
            description["dropout"] = self.dropouts[0].rate
        if notes is not None:
            description["notes"] = notes
        write(path, description, self.params)

    @classmethod
    def load(cls, path):
        """Return the model that `save` wrote, equal to the last bit.

        Raises:
            ValueError: the file is damaged, foreign, or written by a newer version.
            OSError: the file cannot be read.

        """
        description, arrays = read(path)
        try:
            names = ("float32", "float64", "complex128")
            dtype = np.dtype(require_choice("dtype", description["dtype"], names))
            entries = sum(array.size for array in arrays.values())
            layers = [_build(layer, dtype, entries) for layer in description["layers"]]
            dropout = description.get("dropout", 0.0)
            model = cls(*layers, output=description["output"], dropout=dropout)
            if set(arrays) != set(model.params):
                raise ValueError(f"expected arrays {sorted(model.params)}, got {sorted(arrays)}")
            for name, w in model.params.items():
                w[...] = require_array(name, arrays[name], w.shape, dtype, finite=False)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ValueError(f"{path}: the model it describes cannot be built: {error}") from error
        return model


def _describe(layer):
    """Return what `_build` needs to make a layer of the same shape, for a file."""
    kind = type(layer)
    if kind is Bidirectional:
        ways = {way: _describe(getattr(layer, way)) for way in ("forwards", "backwards")}
        return {"type": "Bidirectional"} | ways
    if kind is not Dense and kind not in CELLS.values():
        raise TypeError(f"save: expected layers of gru_lib, got {kind.__name__}")
    return {"type": kind.__name__} | {name: getattr(layer, name) for name in _arguments(kind)}


def _arguments(kind):
    if kind is Dense:
        return ("input_size", "output_size")
    return ("input_size", "hidden_size", *kind.options)


def _build(description, dtype, entries):
    """Return a new layer; `entries` is how many numbers the file holds for the whole model."""
    if description["type"] == "Bidirectional":
        _require_names(description, ("type", "forwards", "backwards"))
        ways = (description[way] for way in ("forwards", "backwards"))
        return Bidirectional(*(_build_single(way, CELLS, dtype, entries) for way in ways))
    return _build_single(description, CELLS | {"Dense": Dense}, dtype, entries)


def _build_single(description, kinds, dtype, entries):
    arguments = dict(description)
    kind = kinds[require_choice("type", arguments.pop("type"), kinds)]
    _require_names(arguments, _arguments(kind))
    first, second = (require_count(name, arguments[name]) for name in _arguments(kind)[:2])
    if first * second > entries or (kind is not Dense and second**2 > entries):  # before it is made
        raise ValueError(f"{kind.__name__} of {first} and {second}: more weights than in the file")
    return kind(**arguments, dtype=dtype)


def _require_names(given, expected):
    if set(given) != set(expected):
        raise ValueError(f"expected {sorted(expected)}, got {sorted(given)}")
