"""Saving and loading: equal to the last bit, never half a file, never another model, one error."""

import copy
import io
import itertools
import json
import os
import pickle
import re
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
from conftest import KINDS, seeds
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from gru_lib import GRU, LSTM, RNN, Bidirectional, ConcatGRU, Dense, Model
from gru_lib.storage import read, write


def both_ways(*kinds):
    def make(inputs, size, dtype, seed):
        ways = enumerate(kinds)
        return Bidirectional(*(KINDS[k](inputs, size, dtype=dtype, seed=seed + i) for i, k in ways))

    return make


LAYERS = {kind: (make,) for kind, make in KINDS.items()}
LAYERS |= {
    "both ways": (both_ways("GRU after", "LSTM"),),
    "stack": (both_ways("RNN sigmoid", "ConcatGRU"), KINDS["LSTM"], KINDS["GRU after"]),
}


def build(name="stack", dtype=np.float64, output="last", seed=0):
    layers, inputs = [], 2
    for i, make in enumerate(LAYERS[name]):
        layers.append(make(inputs, 3, dtype=dtype, seed=seed + 10 * i))
        inputs = layers[-1].hidden_size
    return Model(*layers, Dense(inputs, 2, dtype=dtype, seed=seed + 9), output=output)


def kind_of(layer):
    """All that makes a layer what it is, besides its weights."""
    if isinstance(layer, Bidirectional):
        return type(layer), kind_of(layer.forwards), kind_of(layer.backwards)
    options = {name: getattr(layer, name) for name in getattr(layer, "options", ())}
    size = layer.output_size if isinstance(layer, Dense) else layer.hidden_size
    return type(layer), layer.input_size, size, options


def bits(array):
    return array.dtype.str, array.shape, array.tobytes()


def fingerprint(model):
    """Two models are the same if these are equal."""
    weights = {name: bits(w) for name, w in model.params.items()}
    return model.output, model.dtype, [kind_of(layer) for layer in model.layers], weights


# A model in full, as version 1 of the format has it.
DESCRIPTION = {
    "output": "all",
    "dtype": "float64",
    "layers": [
        {
            "type": "Bidirectional",
            "forwards": {
                "type": "RNN",
                "input_size": 1,
                "hidden_size": 2,
                "activation": "sigmoid",
            },
            "backwards": {"type": "GRU", "input_size": 1, "hidden_size": 1, "reset": "after"},
        },
        {"type": "ConcatGRU", "input_size": 3, "hidden_size": 2},
        {"type": "LSTM", "input_size": 2, "hidden_size": 1},
        {"type": "Dense", "input_size": 1, "output_size": 2},
    ],
}
HEADER = {"format": "gru_lib model", "version": 1, "description": DESCRIPTION}


def described():
    """The model of `DESCRIPTION`."""
    pair = RNN(1, 2, activation="sigmoid", seed=0), GRU(1, 1, reset="after", seed=1)
    layers = Bidirectional(*pair), ConcatGRU(3, 2, seed=2), LSTM(2, 1, seed=3), Dense(1, 2, seed=4)
    return Model(*layers, output="all")


SMALL = described()
TRUTH = fingerprint(SMALL)
TINY = Model(RNN(1, 1, activation="sigmoid", seed=0), Dense(1, 1, seed=1), output="all")


def put(path, data):
    """Write bytes over a file; faster than to empty it first."""
    with open(path, "r+b" if path.exists() else "wb") as file:
        file.write(data)
        file.truncate()


def craft(path, header=HEADER, entries=None):
    """Write a file by hand; `header` is text, bytes, or what is to be made text."""
    if not isinstance(header, bytes):
        header = (header if isinstance(header, str) else json.dumps(header)).encode("utf-8")
    file = io.BytesIO()
    entries = SMALL.params if entries is None else entries
    np.savez(file, **{"header.json": np.frombuffer(header, np.uint8)}, **entries)
    put(path, file.getvalue())


def assert_refused(path, message=""):
    """One ValueError that names the file."""
    with pytest.raises(ValueError, match=message) as caught:
        Model.load(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


def unharmed(path, truth):
    """Whether a file is refused with the documented error, or read as what was written."""
    try:
        loaded = Model.load(path)
    except ValueError as error:
        return str(error).startswith(f"{path}: ")
    return fingerprint(loaded) == truth


@pytest.fixture(scope="module", autouse=True)
def no_waiting_for_the_disk():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda file: None)
        yield


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.npz"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder for tests that hypothesis runs many times."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def written(folder):
    """The bytes of the tiny model's file."""
    TINY.save(folder / "tiny.npz")
    return (folder / "tiny.npz").read_bytes()


@pytest.mark.parametrize("output", ["last", "all"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
@pytest.mark.parametrize("name", LAYERS)
def test_what_is_loaded_is_what_was_saved(path, name, dtype, output):
    model, rng = build(name, dtype, output), np.random.default_rng(0)
    for w in model.params.values():
        w[...] = rng.normal(size=w.shape)
    before = fingerprint(model)
    assert model.save(path) is None
    loaded = Model.load(path)
    assert fingerprint(model) == fingerprint(loaded) == before
    x = rng.normal(size=(2, 4, 2)).astype(dtype)
    y, _ = model.forward(x, lengths=[4, 1])
    dx, _ = model.backward(np.ones_like(y))
    y_loaded, _ = loaded.forward(x, lengths=[4, 1])
    dx_loaded, _ = loaded.backward(np.ones_like(y))
    assert (bits(y), bits(dx)) == (bits(y_loaded), bits(dx_loaded))
    for name, g in model.grads.items():
        assert bits(g) == bits(loaded.grads[name])


@settings(max_examples=20)
@given(seeds)
def test_every_bit_of_every_number_comes_back(folder, seed):
    model, rng = described(), np.random.default_rng(seed)
    for w in model.params.values():
        w[...] = rng.integers(0, 2**64, w.shape, np.uint64).view(np.float64)
        w.flat[0] = rng.choice([-0.0, np.nan, np.inf, -np.inf, 5e-324])
    model.save(folder / "bits.npz")
    assert fingerprint(Model.load(folder / "bits.npz")) == fingerprint(model)


def test_the_file_is_as_version_1_has_it(path):
    SMALL.save(path)
    with np.load(path, allow_pickle=False) as entries:
        assert entries.files == ["header.json", *SMALL.params]
        assert json.loads(entries["header.json"].tobytes()) == HEADER
        for name, w in SMALL.params.items():
            assert bits(entries[name]) == bits(w)
    craft(path)
    assert fingerprint(Model.load(path)) == TRUTH


def test_the_bytes_depend_on_the_model_alone(tmp_path):
    paths = [tmp_path / f"{i}.npz" for i in range(4)]
    twin = described()
    SMALL.save(paths[0])
    SMALL.save(paths[1])
    y, _ = twin.forward(np.ones((2, 3, 1)))
    twin.backward(y)
    twin.save(paths[2])
    Model.load(paths[0]).save(paths[3])
    assert len({file.read_bytes() for file in paths}) == 1
    with zipfile.ZipFile(paths[0]) as file:
        assert {entry.date_time for entry in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    drawn = [GRU(1, 2, seed=seed) for seed in (0, 1)]
    for i, layer in enumerate(drawn):
        for w in layer.params.values():
            w[...] = 0.5
        Model(layer, Dense(2, 1, seed=0)).save(paths[i])
    assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.mark.parametrize("name", ["model.npz", "a model of mine.npz", "модель ü ∂.npz", "a.b.npz"])
@pytest.mark.parametrize("kind", [str, Path])
def test_a_path_is_text_or_a_path(tmp_path, name, kind):
    inner = tmp_path / "some folder é"
    inner.mkdir()
    place = kind(inner / name)
    SMALL.save(place)
    assert fingerprint(Model.load(place)) == TRUTH
    assert os.listdir(inner) == [name]


def test_a_path_may_be_relative(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    SMALL.save("model.npz")
    assert fingerprint(Model.load("model.npz")) == TRUTH
    assert os.listdir() == ["model.npz"]


def test_a_loaded_model_is_its_own(path):
    SMALL.save(path)
    first, second = Model.load(path), Model.load(path)
    path.unlink()
    for w in first.params.values():
        w[...] = 7
    assert fingerprint(second) == fingerprint(SMALL) == TRUTH


def test_a_subclass_loads_itself(path):
    class Mine(Model):
        pass

    SMALL.save(path)
    assert type(Mine.load(path)) is Mine
    assert type(Model.load(path)) is Model


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=6,
    ),
    st.dictionaries(
        st.text("abc.01é/", min_size=1),
        arrays(st.sampled_from(["f4", "f8", "c16", "i8", "?"]), array_shapes(min_dims=0)),
        max_size=3,
    ),
)
def test_any_description_and_any_arrays_come_back(folder, description, entries):
    place = folder / "any.npz"
    write(place, description, entries)
    again, found = read(place)
    assert again == description
    assert {name: bits(a) for name, a in found.items()} == {n: bits(a) for n, a in entries.items()}


def fail(error):
    def failing(*args, **kwargs):
        raise error

    return failing


def write_half(error):
    def half(file, *args, **kwargs):
        file.write(b"PK\x03\x04 half")
        raise error

    return half


def spring():
    raise SystemExit("a pickle was read")


class Trap:
    def __reduce__(self):
        return spring, ()


class Unwritable:
    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("unwritable")


FULL = OSError(28, "No space left on device")
OPEN = PermissionError(13, "open in another program")
STOP = KeyboardInterrupt()
FAILURES = {
    "half written": (FULL, np, "savez", write_half(FULL)),
    "interrupted": (STOP, np, "savez", write_half(STOP)),
    "not on the disk": (FULL, os, "fsync", fail(FULL)),
    "not replaced": (OPEN, os, "replace", fail(OPEN)),
    "replace interrupted": (STOP, os, "replace", fail(STOP)),
}


def entries_of(folder):
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.mark.parametrize("old", [True, False])
@pytest.mark.parametrize("failure", FAILURES)
def test_a_file_that_cannot_be_written_leaves_all_as_it_was(path, monkeypatch, failure, old):
    if old:
        build("LSTM").save(path)
    before = entries_of(path.parent)
    error, *patch = FAILURES[failure]
    monkeypatch.setattr(*patch)
    with pytest.raises(type(error)) as caught:
        SMALL.save(path)
    assert caught.value is error
    assert entries_of(path.parent) == before
    monkeypatch.undo()
    SMALL.save(path)
    assert fingerprint(Model.load(path)) == TRUTH


@pytest.mark.parametrize(
    ("array", "error", "message"),
    [(Unwritable(), RuntimeError, "^unwritable$"), (np.array([Trap()]), ValueError, "pickle")],
)
def test_an_array_that_cannot_be_written_leaves_all_as_it_was(path, array, error, message):
    build("LSTM").save(path)
    before, model = entries_of(path.parent), described()
    model.layers[-1].params["b_y"] = array  # the last to be written
    with pytest.raises(error, match=message):
        model.save(path)
    assert entries_of(path.parent) == before


def test_a_description_that_cannot_be_written_leaves_all_as_it_was(path):
    build("LSTM").save(path)
    before = entries_of(path.parent)
    with pytest.raises(TypeError, match="JSON"):
        write(path, {"a": object()}, {})
    assert entries_of(path.parent) == before


def test_the_first_error_is_told_even_if_nothing_can_be_tidied(path, monkeypatch):
    monkeypatch.setattr(os, "replace", fail(OPEN))
    monkeypatch.setattr(Path, "unlink", fail(PermissionError("unlink")))
    with pytest.raises(PermissionError, match="open in another program"):
        SMALL.save(path)


def test_the_old_file_stands_until_the_new_one_is_whole_and_on_the_disk(path, written, monkeypatch):
    savez, replace, steps = np.savez, os.replace, []
    build("LSTM").save(path)
    before = path.read_bytes()

    def written_lazily(file, **entries):
        buffer = io.BytesIO()
        savez(buffer, **entries)
        file.write(buffer.getvalue())

    def synced(file):
        assert os.fstat(file).st_size == len(written)
        assert path.read_bytes() == before
        steps.append("fsync")

    def replaced(source, target):
        assert Path(target) == path
        assert Path(source).parent == path.parent  # the same disk
        assert Path(source).read_bytes() == written
        assert path.read_bytes() == before
        steps.append(os.path.basename(source))
        replace(source, target)

    monkeypatch.setattr(np, "savez", written_lazily)
    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", replaced)
    TINY.save(path)
    assert path.read_bytes() == written
    path.write_bytes(before)
    TINY.save(path)
    first, name, second, other = steps
    assert first == second == "fsync"
    assert name != other  # two programs that save at once do not meet
    assert name.startswith(".model.npz.")
    assert os.listdir(path.parent) == ["model.npz"]


@pytest.mark.parametrize(
    "name", ["model", "model.npy", "model.npz.bak", "model.NPZ", ".npz", "model.npz ", "modelnpz"]
)
def test_a_name_that_does_not_end_in_npz_is_refused(tmp_path, name):
    for call in (SMALL.save, Model.load):
        with pytest.raises(ValueError, match=r"^path: expected a name that ends in \.npz, got '"):
            call(tmp_path / name)
    assert os.listdir(tmp_path) == []


class MyGRU(GRU):
    pass


class MyDense(Dense):
    pass


class MyPair(Bidirectional):
    pass


FOREIGN = {
    "MyGRU": lambda: (MyGRU(1, 2), Dense(2, 1)),
    "MyDense": lambda: (GRU(1, 2), MyDense(2, 1)),
    "MyPair": lambda: (MyPair(GRU(1, 2), GRU(1, 2)), Dense(4, 1)),
    "MyGRU ahead": lambda: (Bidirectional(MyGRU(1, 2), GRU(1, 2)), Dense(4, 1)),
    "MyGRU back": lambda: (Bidirectional(GRU(1, 2), MyGRU(1, 2)), Dense(4, 1)),
    "LSTM": lambda: (type("LSTM", (LSTM,), {})(1, 2), Dense(2, 1)),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_a_layer_that_is_not_of_the_package_is_not_saved(path, name):
    message = rf"^save: expected layers of gru_lib, got {name.split()[0]}$"
    with pytest.raises(TypeError, match=message):
        Model(*FOREIGN[name]()).save(path)
    assert os.listdir(path.parent) == []


def test_a_missing_file_and_a_folder_are_the_systems_own_errors(tmp_path):
    with pytest.raises(FileNotFoundError):
        Model.load(tmp_path / "none.npz")
    with pytest.raises(FileNotFoundError):
        SMALL.save(tmp_path / "none" / "model.npz")
    inner = tmp_path / "folder.npz"
    inner.mkdir()
    for call in (SMALL.save, Model.load):
        with pytest.raises(OSError, match=r"folder\.npz"):
            call(inner)
    assert os.listdir(tmp_path) == ["folder.npz"]
    assert os.listdir(inner) == []


def test_a_file_cut_off_anywhere_is_refused(path, written):
    for end in reversed(range(len(written))):
        put(path, written[:end])
        assert_refused(path, "damaged or foreign")


def test_a_file_with_one_bit_changed_is_refused_or_the_same(path, written):
    directory, end = written.index(b"PK\x01\x02"), len(written) - 22
    bits = [1 << i for i in range(8)]
    places = [(k, bits[k % 8]) for k in range(0, directory, 3)]  # a checksum guards this part
    places += [(k, bits[k % 8]) for k in range(directory, end)]
    places += itertools.product(range(end, len(written)), bits)
    harmed, truth = [], fingerprint(TINY)
    for k, change in places:
        data = bytearray(written)
        data[k] ^= change
        put(path, data)
        if not unharmed(path, truth):
            harmed.append((k, change))
    assert harmed == []


def test_any_way_of_packing_a_file_claims_is_refused_or_the_same(path, written):
    directory = written.index(b"PK\x01\x02")
    for method in range(100):  # 12 is bzip2, 14 lzma, 93 zstandard
        data = bytearray(written)
        data[8] = data[directory + 10] = method
        put(path, data)
        assert unharmed(path, fingerprint(TINY)), method


@settings(max_examples=120)
@given(data=st.data())
def test_a_file_with_some_bytes_changed_is_refused_or_the_same(folder, written, data):
    changed, place = bytearray(written), folder / "changed.npz"
    position = st.integers(0, len(written) - 1) | st.integers(len(written) - 99, len(written) - 1)
    changes = st.dictionaries(position, st.integers(0, 255), min_size=1, max_size=4)
    for k, value in data.draw(changes).items():
        changed[k] = value
    put(place, changed)
    assert unharmed(place, fingerprint(TINY))


@given(data=st.data())
def test_a_file_with_a_piece_missing_doubled_or_zeroed_is_refused_or_the_same(
    folder, written, data
):
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(written))] * 2)))
    piece = data.draw(st.sampled_from([b"", 2 * written[start:end], bytes(end - start)]))
    place = folder / "piece.npz"
    put(place, written[:start] + piece + written[end:])
    assert unharmed(place, fingerprint(TINY))


def npy(array):
    file = io.BytesIO()
    np.lib.format.write_array(file, array, allow_pickle=True)
    return file.getvalue()


def zipped(**entries):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return file.getvalue()


def bomb():
    """An array that claims a number of entries that no memory holds."""
    file = io.BytesIO()
    claim = {"descr": "<f8", "fortran_order": False, "shape": (10**13,)}
    np.lib.format.write_array_header_1_0(file, claim)
    return file.getvalue()


CONTENT = json.dumps(HEADER).encode()
NOT_MODELS = {
    "empty": b"",
    "text": b"a text\n",
    "zeros": bytes(999),
    "the start of a zip": b"PK\x03\x04",
    "an empty zip": zipped(),
    "a zip of texts": zipped(**{"a.txt": b"a", "header.json": CONTENT}),
    "a npy": npy(np.ones(3)),
    "a pickle": pickle.dumps(Trap()),
    "a pickled array": npy(np.array([Trap()])),
    "a header that is an array of objects": zipped(**{"header.json.npy": npy(np.array([Trap()]))}),
    "a header that is no array": zipped(**{"header.json": CONTENT, "a.npy": npy(np.ones(1))}),
    "a claim": zipped(**{"header.json.npy": npy(np.frombuffer(CONTENT, "u1")), "a.npy": bomb()}),
}


@pytest.mark.parametrize("content", NOT_MODELS)
def test_a_file_that_is_no_model_is_refused(path, content):
    put(path, NOT_MODELS[content])
    assert_refused(path, r": expected a model file, got a damaged or foreign one$")


@pytest.mark.parametrize("name", ["header.json", "dense3.b_y", "more"])
def test_a_pickle_inside_is_never_read(path, name):
    header = {"header.json": np.frombuffer(CONTENT, np.uint8)}
    np.savez(path, **(header | SMALL.params | {name: np.array([Trap()])}))
    assert_refused(path, "damaged or foreign")


@pytest.mark.parametrize("name", ["dense3.b_y", "more"])
def test_an_entry_that_is_no_array_is_refused(path, name):
    names = [*[n for n in SMALL.params if n != name], "header.json"]
    rest = SMALL.params | {"header.json": np.frombuffer(CONTENT, np.uint8)}
    put(path, zipped(**{f"{n}.npy": npy(rest[n]) for n in names}, **{name: b"\x00" * 16}))
    assert_refused(path, "the model it describes cannot be built: |damaged or foreign")


def test_a_file_without_a_header_is_refused(path):
    np.savez(path, **SMALL.params)
    assert_refused(path, "damaged or foreign")


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"header",
        json.dumps(HEADER)[:-1],
        json.dumps(HEADER) + "}",
        "[" * 100_000,
        [],
        [HEADER],
        1,
        None,
        True,
        "text",
        '"text"',
        {},
        {"format": "gru_lib model"},
        {"format": "gru_lib model", "description": DESCRIPTION},
        {"version": 1, "description": DESCRIPTION},
    ],
)
def test_a_header_that_is_none_is_refused(path, header):
    craft(path, header)
    assert_refused(path, r": expected a model file, got a damaged or foreign one$")


@pytest.mark.parametrize("name", ["another", "", None, 1, ["gru_lib model"], "gru_lib model "])
def test_a_file_of_another_format_is_refused(path, name):
    craft(path, HEADER | {"format": name})
    assert_refused(path, r": expected format 'gru_lib model', got ")


@pytest.mark.parametrize("version", [0, -1, "x", "1", None, 1.5, [1], {}])
def test_another_version_is_refused(path, version):
    craft(path, HEADER | {"version": version})
    assert_refused(path, rf": expected version 1, got {re.escape(repr(version))}$")


@pytest.mark.parametrize("rest", [{"description": DESCRIPTION}, {"description": None}, {}])
def test_a_newer_version_is_said_to_be_newer_whatever_it_holds(path, rest):
    craft(path, {"format": "gru_lib model", "version": 2} | rest)
    assert_refused(path, r": expected version 1, got 2; a newer gru_lib can read it$")
    craft(path, {"format": "gru_lib model", "version": 2} | rest, {})
    assert_refused(path, r": expected version 1, got 2; a newer gru_lib can read it$")


LAYER = {
    "RNN": {"type": "RNN", "input_size": 1, "hidden_size": 1, "activation": "tanh"},
    "LSTM": {"type": "LSTM", "input_size": 1, "hidden_size": 1},
    "GRU": {"type": "GRU", "input_size": 1, "hidden_size": 1, "reset": "before"},
    "ConcatGRU": {"type": "ConcatGRU", "input_size": 1, "hidden_size": 1},
}
DENSE = {"type": "Dense", "input_size": 1, "output_size": 1}
PAIR = {"type": "Bidirectional", "forwards": LAYER["GRU"], "backwards": LAYER["GRU"]}
CELLS = {"RNN": RNN, "LSTM": LSTM, "GRU": GRU, "ConcatGRU": ConcatGRU}


def craft_one(path, layer, dense=DENSE, entries=None):
    craft(path, header_of(layer, dense), entries)


def header_of(*layers):
    return HEADER | {"description": DESCRIPTION | {"layers": list(layers)}}


def containers(node, at=()):
    """Yield the way to every dict and list of a description."""
    if isinstance(node, (dict, list)):
        yield at
        for key in node if isinstance(node, dict) else range(len(node)):
            yield from containers(node[key], (*at, key))


def reach(node, at):
    for key in at:
        node = node[key]
    return node


MIXED = Model(
    Bidirectional(RNN(1, 2, activation="sigmoid", seed=0), GRU(1, 1, reset="after", seed=1)),
    Dense(3, 1, seed=2),
    output="all",
)
MIXED_HEADER = header_of(DESCRIPTION["layers"][0], DENSE | {"input_size": 3})
OTHERS = [None, True, -1, 0, 1, 2, 1.5, 10**12, "", "3", [], {}, [1], {"a": 1}]
OTHERS += ["before", "float32", "RNN", "Bidirectional"]


def variants():
    """Yield every header with one thing removed, replaced, or added to a dict."""
    for at in containers(MIXED_HEADER):
        keys = reach(MIXED_HEADER, at)
        for key in list(keys) if isinstance(keys, dict) else range(len(keys)):
            for other in OTHERS:
                header = copy.deepcopy(MIXED_HEADER)
                reach(header, at)[key] = other
                yield header
            header = copy.deepcopy(MIXED_HEADER)
            del reach(header, at)[key]
            yield header
        if isinstance(keys, dict):
            header = copy.deepcopy(MIXED_HEADER)
            reach(header, at)["evil"] = 1
            yield header


def test_a_description_with_one_thing_changed_is_refused_or_the_same(path):
    harmed, truth = [], fingerprint(MIXED)
    craft(path, MIXED_HEADER, MIXED.params)
    assert fingerprint(Model.load(path)) == truth
    for header in variants():
        craft(path, header, MIXED.params)
        if not unharmed(path, truth):
            harmed.append(header)
    assert harmed == []


@pytest.mark.parametrize("evil", ["evil", "W_x", "params", "__class__", ""])
@pytest.mark.parametrize("kind", LAYER)
def test_a_word_that_a_layer_does_not_know_is_refused(path, kind, evil):
    entries = Model(CELLS[kind](1, 1), Dense(1, 1)).params
    craft_one(path, LAYER[kind], entries=entries)
    assert Model.load(path).params.keys() == entries.keys()  # as it is, it is right
    craft_one(path, LAYER[kind] | {evil: 1}, entries=entries)
    assert_refused(path, f"the model it describes cannot be built: .*'{evil}'")
    craft_one(path, LAYER[kind], DENSE | {evil: 1}, entries)
    assert_refused(path, f"the model it describes cannot be built: .*'{evil}'")


def test_a_word_that_both_ways_do_not_know_is_refused(path):
    entries = Model(Bidirectional(GRU(1, 1), GRU(1, 1)), Dense(2, 1)).params
    craft_one(path, PAIR, DENSE | {"input_size": 2}, entries)
    assert Model.load(path).params.keys() == entries.keys()
    craft_one(path, PAIR | {"evil": 1}, DENSE | {"input_size": 2}, entries)
    assert_refused(path, "the model it describes cannot be built: .*'evil'")


@pytest.mark.parametrize("kind", ["Evil", "rnn", "Recurrent", "Model", "", None, 1])
def test_a_layer_of_an_unknown_kind_is_refused(path, kind):
    craft_one(path, LAYER["RNN"] | {"type": kind})
    message = f"type: expected one of .*'RNN', .* got {kind!r}$"
    assert_refused(path, f"the model it describes cannot be built: {message}")


@pytest.mark.parametrize("output", ["first", None, 1])
def test_an_unknown_output_is_refused(path, output):
    craft(path, HEADER | {"description": DESCRIPTION | {"output": output}})
    message = f"output: expected one of 'last', 'all', got {output!r}$"
    assert_refused(path, f"the model it describes cannot be built: {message}")


@pytest.mark.parametrize("size", [10**12, 10**18, 10**30, 0, -1, -(10**30), True, "1", 1.0, None])
@pytest.mark.parametrize("kind", LAYER)
def test_a_size_that_cannot_be_is_refused(path, kind, size):
    entries = Model(CELLS[kind](1, 1), Dense(1, 1)).params
    for layer, dense in [
        (LAYER[kind] | {"input_size": size}, DENSE),
        (LAYER[kind] | {"hidden_size": size}, DENSE | {"input_size": size}),
        (LAYER[kind], DENSE | {"output_size": size}),
    ]:
        craft_one(path, layer, dense, entries)
        assert_refused(path, "the model it describes cannot be built: ")
        if not isinstance(size, int) or isinstance(size, bool):
            assert_refused(path, rf"_size: expected a whole number, got {size!r}$")
        elif size < 1:
            assert_refused(path, rf"_size: expected at least 1, got {size}$")


@pytest.mark.parametrize("kind", LAYER)
@pytest.mark.parametrize("sizes", [(1, 1, 1), (90, 1, 1), (1, 9, 1), (1, 1, 90), (90, 1, 90)])
def test_a_small_and_a_wide_model_come_back(path, kind, sizes):
    inputs, hidden, outputs = sizes
    model = Model(CELLS[kind](inputs, hidden, seed=0), Dense(hidden, outputs, seed=1))
    model.save(path)
    assert fingerprint(Model.load(path)) == fingerprint(model)


@pytest.mark.parametrize("kind", LAYER)
def test_a_size_that_the_file_does_not_fill_is_refused_before_it_takes_memory(path, kind):
    entries = Model(CELLS[kind](1, 1), Dense(1, 1)).params
    for layer, dense in [
        (LAYER[kind] | {"input_size": 500_000}, DENSE),
        (LAYER[kind] | {"hidden_size": 700}, DENSE | {"input_size": 700}),
        (LAYER[kind], DENSE | {"output_size": 500_000}),
        (LAYER[kind], DENSE | {"input_size": 500_000}),
        (LAYER[kind] | {"hidden_size": 1500}, DENSE | {"input_size": 1500}),
    ]:
        craft_one(path, layer, dense, entries | {"more": np.zeros(3000)})
        tracemalloc.start()
        try:
            assert_refused(path, "the model it describes cannot be built: ")
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert peak < 1_000_000


@pytest.mark.parametrize("depth", [1, 2, 300, 900])
def test_both_ways_inside_both_ways_are_refused(path, depth):
    text = json.dumps(PAIR)
    for _ in range(depth):
        text = f'{{"type": "Bidirectional", "forwards": {text}, "backwards": null}}'
    craft(path, json.dumps(header_of("here", DENSE)).replace('"here"', text))
    assert_refused(path, "cannot be built|damaged or foreign")


WRONG = {
    "transposed": lambda p: p | {"dense3.W_hy": p["dense3.W_hy"].T},
    "one axis more": lambda p: p | {"dense3.b_y": p["dense3.b_y"][None]},
    "shorter": lambda p: p | {"dense3.b_y": p["dense3.b_y"][:1]},
    "a number": lambda p: p | {"dense3.b_y": np.float64(1)},
    "float32": lambda p: {n: w.astype("f4") for n, w in p.items()},
    "one float32": lambda p: p | {"dense3.b_y": p["dense3.b_y"].astype("f4")},
    "complex": lambda p: p | {"dense3.b_y": p["dense3.b_y"].astype(complex)},
    "whole numbers": lambda p: p | {"dense3.b_y": np.ones(2, int)},
    "the other end first": lambda p: p | {"dense3.b_y": p["dense3.b_y"].astype(">f8")},
    "texts": lambda p: p | {"dense3.b_y": np.array(["a", "b"])},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_arrays_that_are_not_the_models_are_refused(path, wrong):
    craft(path, entries=WRONG[wrong](dict(SMALL.params)))
    name = r"bidirectional0\.forwards\.W_xh" if wrong == "float32" else r"dense3\.\w+"
    message = f"the model it describes cannot be built: {name}: expected (shape|dtype) "
    assert_refused(path, message)


def test_arrays_of_other_names_are_refused(path):
    names = list(SMALL.params)
    others = [names[1:], names[:-1], [*names, "more"], [*names[:-1], "dense3.b"]]
    for other in others:
        craft(path, entries={name: SMALL.params.get(name, np.ones(2)) for name in other})
        message = f"expected arrays {sorted(names)}, got {sorted(other)}"
        assert_refused(path, f"cannot be built: {re.escape(message)}$")
    craft(path, entries={})
    assert_refused(path, "the model it describes cannot be built: ")


@pytest.mark.parametrize("name", ["float32", "complex128", "int64", "object", "f8,f8", ">f8", "x"])
def test_a_dtype_that_is_not_the_arrays_own_is_refused(path, name):
    craft(path, HEADER | {"description": DESCRIPTION | {"dtype": name}})
    assert_refused(path, "the model it describes cannot be built: .*dtype")


def test_an_interruption_inside_the_archive_is_an_interruption(tmp_path, monkeypatch):
    """An entry that is open when Ctrl-C comes makes zipfile raise ValueError on top of it."""

    def interrupted(*_, **__):
        try:
            raise KeyboardInterrupt
        finally:
            raise ValueError("Can't close the ZIP file")

    monkeypatch.setattr(np, "savez", interrupted)
    with pytest.raises(KeyboardInterrupt):
        TINY.save(tmp_path / "model.npz")
    assert os.listdir(tmp_path) == []
