"""PyTorch's names and layout: what is dumped and loaded, to the last bit, and what is refused."""

from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru_lib import GRU, LSTM, RNN, Bidirectional, ConcatGRU, Dense, Model
from gru_lib.interop import dump_torch, load_torch

KINDS = {"RNN": RNN, "LSTM": LSTM, "GRU": lambda *sizes, **rest: GRU(*sizes, reset="after", **rest)}
BLOCKS = {"RNN": 1, "LSTM": 4, "GRU": 3}  # of rows, one per gate
each_kind = pytest.mark.parametrize("kind", KINDS)


def network(kind, inputs=2, hidden=3, levels=1, both=False, dtype=np.float64, seed=0):
    """Return a model of one kind of layer, every weight of it drawn anew."""
    layers = []
    for _ in range(levels):
        cells = [KINDS[kind](inputs, hidden, dtype=dtype) for _ in range(1 + both)]
        layers.append(Bidirectional(*cells) if both else cells[0])
        inputs = layers[-1].hidden_size
    model = Model(*layers, Dense(inputs, 1, dtype=dtype), output="all")
    redraw(model.params, seed)
    return model


def redraw(arrays, seed):
    """Fill arrays with other numbers."""
    rng = np.random.default_rng(seed)
    for array in arrays.values():
        array[...] = rng.normal(size=array.shape)


@st.composite
def pairs(draw):
    """Two models of the same shape with different weights; or, if of one level, their layers."""
    sizes = [draw(st.integers(1, 4)) for _ in range(2)]
    options = {
        "levels": draw(st.integers(1, 3)),
        "both": draw(st.booleans()),
        "dtype": draw(st.sampled_from([np.float64, np.float32, np.complex128])),
    }
    kind, seed = draw(st.sampled_from(sorted(KINDS))), draw(st.integers(0, 2**32 - 2))
    models = [network(kind, *sizes, **options, seed=seed + i) for i in range(2)]
    alone = options["levels"] == 1 and draw(st.booleans())
    return [model.recurrent[0] for model in models] if alone else models


def bits(arrays):
    return {name: (array.dtype, array.shape, array.tobytes()) for name, array in arrays.items()}


def recurrent(layer):
    """The weights that PyTorch's module has too."""
    return {name: w for name, w in layer.params.items() if not name.startswith("dense")}


def readout(layer):
    return {name: w for name, w in layer.params.items() if name.startswith("dense")}


def outputs(layer):
    """What the recurrent layers give for a fixed input."""
    h = np.linspace(-1, 1, 24).reshape(2, 3, 4)
    for each in getattr(layer, "recurrent", [layer]):
        h, _ = each.forward(h[..., : each.input_size].astype(each.dtype))
    return h


@given(pairs())
def test_loading_a_dump_changes_no_bit(pair):
    layer, other = pair
    before, kept = bits(recurrent(layer)), bits(readout(other))
    assert load_torch(other, dump_torch(layer)) is None
    assert bits(recurrent(other)) == before
    assert bits(readout(other)) == kept
    load_torch(layer, dump_torch(layer))
    assert bits(recurrent(layer)) == before


@given(pairs())
def test_dumping_what_was_loaded_gives_the_same_network(pair):
    layer, other = pair
    loaded = dump_torch(layer)
    redraw(loaded, 0)  # no bias is zero
    load_torch(layer, loaded)
    outputs(other)  # nothing may remain of an earlier run
    load_torch(other, dump_torch(layer))
    np.testing.assert_array_equal(outputs(other), outputs(layer))


@given(pairs())
def test_nothing_is_shared(pair):
    layer, other = pair
    arrays, dump = dict(layer.params), dump_torch(layer)
    for array in dump.values():
        assert not any(np.shares_memory(array, w) for w in layer.params.values())
    load_torch(other, dump)
    copies, before = bits(dump), bits(recurrent(other))
    for array in dump.values():
        assert not any(np.shares_memory(array, w) for w in other.params.values())
    redraw(other.params, 0)
    assert bits(dump) == copies
    load_torch(layer, dump)
    assert bits(dump) == copies
    assert all(w is arrays[name] for name, w in layer.params.items())  # filled in place
    redraw(dump, 0)
    assert bits(recurrent(layer)) == before


@pytest.mark.parametrize("levels", [1, 2])
@pytest.mark.parametrize("both", [False, True])
@each_kind
def test_names_and_shapes_are_those_of_pytorch(kind, both, levels):
    rows, shapes = 3 * BLOCKS[kind], {}
    for suffix in ("l0", "l0_reverse", "l1", "l1_reverse"):
        if suffix.startswith(("l0", f"l{levels - 1}")) and (both or "reverse" not in suffix):
            inputs = 2 if suffix.startswith("l0") else 3 * (1 + both)
            shapes[f"weight_ih_{suffix}"] = (rows, inputs)
            shapes[f"weight_hh_{suffix}"] = (rows, 3)
            shapes[f"bias_ih_{suffix}"] = shapes[f"bias_hh_{suffix}"] = (rows,)
    dump = dump_torch(network(kind, levels=levels, both=both))
    assert {name: array.shape for name, array in dump.items()} == shapes
    assert {array.dtype.name for array in dump.values()} == {"float64"}
    assert len(shapes) == 4 * levels * (1 + both)


STATE_DICTS = {  # of layers with one input and one unit
    "RNN": ([[1.0]], [[2.0]], [3.0], [4.0]),
    "LSTM": (
        [[1.0], [2.0], [3.0], [4.0]],  # i, f, g, o
        [[5.0], [6.0], [7.0], [8.0]],
        [1.0, 2.0, 3.0, 4.0],
        [10.0, 20.0, 30.0, 40.0],
    ),
    "GRU": (
        [[1.0], [2.0], [3.0]],  # r, z, n
        [[4.0], [5.0], [6.0]],
        [1.0, 2.0, 3.0],
        [10.0, 20.0, 30.0],
    ),
}
PARAMS = {
    "RNN": {"W_xh": [[1]], "W_hh": [[2]], "b_h": [7]},
    "LSTM": {"W_x": [[1, 2, 4, 3]], "W_h": [[5, 6, 8, 7]], "b": [11, 22, 44, 33]},  # i, f, o, g
    "GRU": {"W_x": [[1, 2, 3]], "W_h": [[4, 5, 6]], "b": [11, 22, 3], "b_hh": [30]},
}
DUMPED_BIASES = {
    "RNN": ([7], [0]),
    "LSTM": ([11, 22, 33, 44], [0, 0, 0, 0]),
    "GRU": ([11, 22, 3], [0, 0, 30]),
}


@each_kind
def test_layout_by_hand(kind):
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    state_dict = dict(zip(names, map(np.array, STATE_DICTS[kind]), strict=True))
    layer = KINDS[kind](1, 1)
    load_torch(layer, state_dict)
    assert {name: w.tolist() for name, w in layer.params.items()} == PARAMS[kind]
    dump = dump_torch(layer)
    for name in names[:2]:
        np.testing.assert_array_equal(dump[name], state_dict[name])
    assert tuple(dump[name].tolist() for name in names[2:]) == DUMPED_BIASES[kind]


def test_matrices_are_transposed():
    layer = network("RNN").recurrent[0]
    dump = dump_torch(layer)
    np.testing.assert_array_equal(dump["weight_ih_l0"], layer.params["W_xh"].T)
    np.testing.assert_array_equal(dump["weight_hh_l0"], layer.params["W_hh"].T)


@each_kind
def test_directions_and_levels_have_their_own_weights(kind):
    model = network(kind, levels=2, both=True)
    dump = dump_torch(model)
    for k, level in enumerate(model.recurrent):
        for way, cell in (("", level.forwards), ("_reverse", level.backwards)):
            alone = {name.replace("_l0", f"_l{k}{way}"): w for name, w in dump_torch(cell).items()}
            assert bits(alone).items() <= bits(dump).items()


@each_kind
def test_any_mapping_and_any_order_in_memory(kind):
    model, other = network(kind, both=True), network(kind, both=True, seed=1)
    arrays = {}
    for name, w in dump_torch(model).items():
        arrays[name] = np.asfortranarray(w) if "ih" in name else np.repeat(w, 2, axis=0)[::2]
        arrays[name].flags.writeable = False
    load_torch(other, MappingProxyType(dict(reversed(arrays.items()))))
    assert bits(recurrent(other)) == bits(recurrent(model))


DAMAGES = {
    "a row less": (ValueError, "expected shape", lambda w: w[:-1]),
    "a row more": (ValueError, "expected shape", lambda w: np.concatenate([w, w[:1]])),
    "one row for all": (ValueError, "expected shape", lambda w: w[:1]),
    "another axis": (ValueError, "expected shape", lambda w: w[None]),
    "a number": (ValueError, "expected shape", lambda w: w.ravel()[0]),
    "single precision": (TypeError, "expected dtype", lambda w: w.astype(np.float32)),
    "whole numbers": (TypeError, "expected dtype", lambda w: w.astype(np.int64)),
    "words": (TypeError, "expected dtype", lambda w: w.astype(str)),
    "nothing": (TypeError, "expected dtype", lambda w: None),
    "NaN": (ValueError, "finite", lambda w: np.where(w == w.max(), np.nan, w)),
    "infinity": (ValueError, "finite", lambda w: np.where(w == w.min(), -np.inf, w)),
}


@pytest.mark.parametrize("damage", DAMAGES)
@each_kind
def test_one_bad_array_is_named_and_nothing_is_changed(kind, damage):
    model, good = (
        network(kind, levels=2, both=True),
        dump_torch(network(kind, 2, 3, 2, True, seed=1)),
    )
    error, words, damaged = DAMAGES[damage]
    before = bits(model.params)
    for name in good:
        with pytest.raises(error, match=f"^{name}: .*{words}"):
            load_torch(model, good | {name: damaged(good[name])})
        assert bits(model.params) == before
    load_torch(model, good)
    assert bits(model.params) != before


@each_kind
def test_names_that_are_missing_or_not_expected(kind):
    model, good = network(kind, both=True), dump_torch(network(kind, both=True, seed=1))
    before = bits(model.params)
    for name in good:
        rest = {other: w for other, w in good.items() if other != name}
        with pytest.raises(
            ValueError, match=rf"state_dict: missing \['{name}'\], not expected none"
        ):
            load_torch(model, rest)
        with pytest.raises(
            ValueError, match=rf"missing \['{name}'\], not expected \['rnn.{name}'\]"
        ):
            load_torch(model, rest | {f"rnn.{name}": good[name]})
    with pytest.raises(ValueError, match=r"missing none, not expected \['weight_hr_l0'\]"):
        load_torch(model, good | {"weight_hr_l0": np.ones((1, 3))})
    assert bits(model.params) == before


REFUSED = {
    "reset before": (GRU(2, 3), ValueError, 'expected reset="after".*got "before"'),
    "sigmoid": (RNN(2, 3, activation="sigmoid"), ValueError, 'expected activation="tanh".*sigmoid'),
    "ConcatGRU": (ConcatGRU(2, 3), TypeError, "got ConcatGRU"),
    "Dense": (Dense(2, 3), TypeError, "got Dense"),
    "an object": (object(), TypeError, "got object"),
    "None": (None, TypeError, "got NoneType"),
    "a name": ("GRU", TypeError, "got str"),
    "a class": (GRU, TypeError, "got type"),
    "a dictionary": ({"weight_ih_l0": np.ones((3, 2))}, TypeError, "got dict"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_pytorch_does_not_have_is_refused(name):
    layer, error, words = REFUSED[name]
    with pytest.raises(error, match=f"^layer: .*{words}"):
        load_torch(layer, {})
    with pytest.raises(error, match=f"^layer: .*{words}"):
        dump_torch(layer)


@pytest.mark.parametrize(
    ("build", "bad"),
    [(GRU, {"reset": "before"}), (RNN, {"activation": "sigmoid"}), (ConcatGRU, {})],
)
def test_a_refused_layer_inside_leaves_the_others_unchanged(build, bad):
    kind = "RNN" if build is RNN else "GRU"
    good = KINDS[kind]
    stacks = {
        (1, True): [Bidirectional(good(2, 3), build(2, 3, **bad))],
        (2, False): [good(2, 3), build(3, 3, **bad)],
    }
    for (levels, both), layers in stacks.items():
        model = Model(*layers, Dense(layers[-1].hidden_size, 1))
        before = bits(model.params)
        with pytest.raises((TypeError, ValueError), match=r"^layer: "):
            load_torch(model, dump_torch(network(kind, levels=levels, both=both)))
        with pytest.raises((TypeError, ValueError), match=r"^layer: "):
            dump_torch(model)
        assert bits(model.params) == before
