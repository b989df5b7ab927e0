"""Parity with PyTorch: layers, stacks, both directions, padding, truncation, losses, optimisers.

Skipped where PyTorch is not installed; CI always has it.
"""

import importlib.util
import os

import numpy as np
import pytest
from test_references import FILES, FOLDER, build, errors, torch_grads, worst

from gru_lib import GRU, LSTM, RNN, Dense, Model
from gru_lib.gradcheck import relative_error
from gru_lib.interop import dump_torch, load_torch
from gru_lib.losses import mean_squared_error, softmax_cross_entropy
from gru_lib.optim import SGD, Adam, clip_by_global_norm, clip_by_value

if os.environ.get("CI"):
    import torch  # CI has it, or fails here
else:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: see README")
torch.set_num_threads(1)  # as for NumPy, see conftest.py

KINDS = [RNN, LSTM, GRU]
SIZES = [(1, 1, 1, 1), (3, 7, 2, 5), (8, 50, 1, 100)]  # batch, time, input, hidden
each_kind = pytest.mark.parametrize("kind", KINDS)


def module_of(kind, inputs, hidden, layers=1, both=False, dtype=torch.float64):
    torch.manual_seed(0)
    cls = getattr(torch.nn, kind.__name__)
    return cls(inputs, hidden, layers, batch_first=True, bidirectional=both, dtype=dtype)


def run_padded(module, x, start, lengths):
    """Run a module over packed sequences, and unpack what it gives."""
    pack = torch.nn.utils.rnn.pack_padded_sequence
    packed = pack(x, torch.from_numpy(lengths), batch_first=True, enforce_sorted=False)
    out, final = module(packed, start)
    unpack = torch.nn.utils.rnn.pad_packed_sequence
    return unpack(out, batch_first=True, total_length=x.shape[1])[0], final


def torch_case(kind, sizes, layers=1, both=False, padded=False, dtype=np.float64):
    """Return PyTorch's weights, inputs, outputs and gradients, with the names of the records."""
    batch, time, inputs, hidden = sizes
    rng = np.random.default_rng(0)

    def draw(shape):
        return torch.from_numpy(rng.normal(size=tuple(shape)).astype(dtype))

    module = module_of(kind, inputs, hidden, layers, both, draw(()).dtype)
    shapes = {"x": (batch, time, inputs)}
    shapes |= {f"{s}0": (layers * (1 + both), batch, hidden) for s in kind.states}
    leaves = {name: draw(shape).requires_grad_() for name, shape in shapes.items()}
    x, *start = leaves.values()
    start = tuple(start) if kind is LSTM else start[0]
    if padded:
        lengths = rng.integers(1, time + 1, batch)
        out, final = run_padded(module, x, start, lengths)
    else:
        out, final = module(x, start)
    finals = zip(("hn", "cn"), final if kind is LSTM else (final,), strict=False)
    results = {"out": out} | dict(finals)
    upstream = {name: draw(result.shape) for name, result in results.items()}
    sum((results[name] * d).sum() for name, d in upstream.items()).backward()

    leaves |= dict(module.named_parameters())
    tensors = leaves | results | {"d" + n.replace("out", "h"): d for n, d in upstream.items()}
    tensors |= {f"grad/{name}": leaf.grad for name, leaf in leaves.items()}
    case = {name: tensor.detach().numpy() for name, tensor in tensors.items()}
    return case | ({"lengths": lengths} if padded else {})


@pytest.mark.parametrize("padded", [False, True])
@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("sizes", SIZES)
@each_kind
def test_outputs_states_and_gradients(kind, sizes, layers, both, padded):
    case = torch_case(kind, sizes, layers, both, padded)
    assert worst(errors(kind, case), 1e-12) == {}


@pytest.mark.parametrize(("layers", "both", "padded"), [(1, False, False), (2, True, True)])
@each_kind
def test_single_precision(kind, layers, both, padded):
    case = torch_case(kind, SIZES[-1], layers, both, padded, np.float32)
    assert {case[name].dtype.name for name in case if name != "lengths"} == {"float32"}
    assert worst(errors(kind, case, np.float32), 1e-5) == {}


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("layers", [1, 3])
@each_kind
def test_pytorch_runs_on_weights_that_were_dumped(kind, layers, both):
    model = build(kind, module_of(kind, 2, 5, layers, both).state_dict())
    rng = np.random.default_rng(0)
    for w in model.params.values():
        w[...] = rng.normal(size=w.shape)
    theirs = module_of(kind, 2, 5, layers, both)
    theirs.load_state_dict({name: torch.from_numpy(w) for name, w in dump_torch(model).items()})
    x = h = rng.normal(size=(3, 7, 2))
    for layer in model.recurrent:
        h, _ = layer.forward(h)
    assert relative_error(h, theirs(torch.from_numpy(x))[0].detach().numpy()) <= 1e-12


@each_kind
def test_a_module_of_another_shape_is_refused(kind):
    layer = build(kind, module_of(kind, 2, 5).state_dict()).recurrent[0]
    before = {name: w.copy() for name, w in layer.params.items()}
    others = [
        ("not expected .*_l1", module_of(kind, 2, 5, layers=2)),
        ("not expected .*_l0_reverse", module_of(kind, 2, 5, both=True)),
        ("missing .*bias_hh_l0", getattr(torch.nn, kind.__name__)(2, 5, bias=False)),
        ("weight_ih_l0: expected shape", module_of(kind, 3, 5)),
        ("weight_ih_l0: expected shape", module_of(kind, 2, 4)),
    ]
    for message, module in others:
        with pytest.raises(ValueError, match=message):
            load_torch(layer, module.state_dict())
    with pytest.raises(TypeError, match="weight_ih_l0: expected dtype float64, got float32"):
        load_torch(layer, module_of(kind, 2, 5, dtype=torch.float32).state_dict())
    for name, w in layer.params.items():
        np.testing.assert_array_equal(w, before[name])


def with_readout(kind, output, layers=2, both=False):
    """Return the same model of ours and of PyTorch, with a readout of three numbers."""
    module = module_of(kind, 2, 5, layers, both)
    recurrent = build(kind, module.state_dict()).recurrent
    dense = Dense(5 * (1 + both), 3, seed=0)
    linear = torch.nn.Linear(5 * (1 + both), 3, dtype=torch.float64)
    with torch.no_grad():
        linear.weight.copy_(torch.from_numpy(dense.params["W_hy"].T))
        linear.bias.copy_(torch.from_numpy(dense.params["b_y"]))
    return Model(*recurrent, dense, output=output), module, linear


def all_grads(model):
    dense = model.layers[-1].grads
    return torch_grads(model) | {"weight": dense["W_hy"].T, "bias": dense["b_y"]}


def assert_equal_grads(ours, *modules):
    theirs = {name: p.grad for module in modules for name, p in module.named_parameters()}
    assert ours.keys() == theirs.keys()
    assert worst({n: relative_error(ours[n], g.numpy()) for n, g in theirs.items()}, 1e-12) == {}


@pytest.mark.parametrize("both", [False, True])
@each_kind
def test_classifying_padded_sequences_by_their_last_state(kind, both):
    model, module, linear = with_readout(kind, "last", both=both)
    rng = np.random.default_rng(0)
    x, labels, lengths = rng.normal(size=(4, 6, 2)), np.array([0, 2, 1, 2]), np.array([3, 6, 1, 4])
    y, _ = model.forward(x, lengths=lengths)
    loss, dy = softmax_cross_entropy(y, labels)
    dx, _ = model.backward(dy)

    x_t = torch.from_numpy(x).requires_grad_()
    _, final = run_padded(module, x_t, None, lengths)
    h = final[0] if kind is LSTM else final
    y_t = linear(torch.cat([h[-2], h[-1]], dim=1) if both else h[-1])
    loss_t = torch.nn.functional.cross_entropy(y_t, torch.from_numpy(labels))
    loss_t.backward()
    assert relative_error(y, y_t.detach().numpy()) <= 1e-12
    assert relative_error(loss, loss_t.item()) <= 1e-12
    assert relative_error(dx, x_t.grad.numpy()) <= 1e-12
    assert_equal_grads(all_grads(model), module, linear)


@each_kind
def test_chunks_with_the_state_carried_over_equal_detached_ones(kind):
    model, module, linear = with_readout(kind, "all")
    rng = np.random.default_rng(0)
    x, target = rng.normal(size=(3, 12, 2)), rng.normal(size=(3, 12, 3))
    x_t = torch.from_numpy(x).requires_grad_()
    total, dxs, state, state_t = {}, [], None, None
    for chunk in (slice(0, 5), slice(5, 10), slice(10, 12)):
        y, state = model.forward(x[:, chunk], state)
        dx, _ = model.backward(mean_squared_error(y, target[:, chunk])[1])
        dxs.append(dx)
        total = {name: total.get(name, 0) + g for name, g in all_grads(model).items()}

        out, state_t = module(x_t[:, chunk], state_t)
        loss = torch.nn.functional.mse_loss(linear(out), torch.from_numpy(target[:, chunk]))
        loss.backward()
        state_t = tuple(s.detach() for s in state_t) if kind is LSTM else state_t.detach()
    assert relative_error(np.concatenate(dxs, axis=1), x_t.grad.numpy()) <= 1e-12
    assert_equal_grads(total, module, linear)


@pytest.mark.parametrize("truncate", [0, 1, 3, 7])
@each_kind
def test_truncation_equals_a_detached_state_for_every_loss_term(kind, truncate):
    case = torch_case(kind, (3, 6, 2, 5))
    model = build(kind, case)
    (layer,) = model.recurrent
    start, dfinal = (
        tuple(case[f"{ahead}{s}{behind}"][0] for s in kind.states)
        for ahead, behind in (("", "0"), ("d", "n"))
    )
    layer.forward(case["x"], start if kind is LSTM else start[0])
    dx, dstart = layer.backward(case["dh"], dfinal if kind is LSTM else dfinal[0], truncate)

    module = module_of(kind, 2, 5)
    x, *live = (torch.from_numpy(a).requires_grad_() for a in (case["x"], *start))
    states = [[s[None] for s in live]]  # before every step

    def run(first, last, state):
        out, final = module(x[:, first:last], tuple(state) if kind is LSTM else state[0])
        return out, list(final) if kind is LSTM else [final]

    loss = 0
    for t in range(6):
        first = max(t - truncate, 0)
        cut = states[first] if t < truncate else [s.detach() for s in states[first]]
        out, final = run(first, t + 1, cut)
        loss = loss + (out[:, -1] * torch.from_numpy(case["dh"][:, t])).sum()
        states.append(final)
    for s, d in zip(final, dfinal, strict=True):
        loss = loss + (s[0] * torch.from_numpy(d)).sum()
    loss.backward()

    found = {"x": relative_error(dx, x.grad.numpy())}
    for s, d, leaf in zip(kind.states, dstart if kind is LSTM else [dstart], live, strict=True):
        truth = np.zeros_like(d) if leaf.grad is None else leaf.grad.numpy()
        found[f"{s}0"] = relative_error(d, truth)
    assert worst(found, 1e-12) == {}
    assert_equal_grads(torch_grads(model), module)


def test_the_records_are_what_pytorch_computes():
    spec = importlib.util.spec_from_file_location("make_references", FOLDER / "make.py")
    make = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make)
    live, _ = make.make_torch()
    recorded, _ = FILES["torch"]
    assert live.keys() == recorded.keys()
    for name, case in live.items():
        assert case.keys() == recorded[name].keys()
        found = {key: relative_error(array, recorded[name][key]) for key, array in case.items()}
        assert worst(found, 1e-12) == {}, name


@pytest.mark.parametrize("shape", [(1,), (4, 3), (2, 5, 3)])
def test_mean_squared_error(shape):
    rng = np.random.default_rng(0)
    y, target = rng.normal(size=shape), rng.normal(size=shape)
    y_t = torch.from_numpy(y).requires_grad_()
    truth = torch.nn.functional.mse_loss(y_t, torch.from_numpy(target))
    truth.backward()
    loss, dy = mean_squared_error(y, target)
    assert relative_error(loss, truth.item()) <= 1e-12
    assert relative_error(dy, y_t.grad.numpy()) <= 1e-12


@pytest.mark.parametrize("shape", [(1, 1), (4, 3), (2, 5, 3)])
@pytest.mark.parametrize("scale", [1, 100])
def test_softmax_cross_entropy(shape, scale):
    rng = np.random.default_rng(0)
    logits, labels = rng.normal(scale=scale, size=shape), rng.integers(0, shape[-1], shape[:-1])
    flat = torch.from_numpy(logits.reshape(-1, shape[-1])).requires_grad_()
    truth = torch.nn.functional.cross_entropy(flat, torch.from_numpy(labels.ravel()))
    truth.backward()
    loss, dlogits = softmax_cross_entropy(logits, labels)
    assert relative_error(loss, truth.item()) <= 1e-12
    assert relative_error(dlogits.reshape(flat.shape), flat.grad.numpy()) <= 1e-12


def random_arrays(rng, scale=1.0):
    shapes = {"W": (3, 4), "b": (4,), "w": (1, 1)}
    return {name: rng.normal(scale=scale, size=shape) for name, shape in shapes.items()}


def with_grads(grads):
    """Return a weight of PyTorch's for every gradient, and the gradient in it."""
    params = [torch.zeros(g.shape, dtype=torch.float64) for g in grads.values()]
    for p, g in zip(params, grads.values(), strict=True):
        p.grad = torch.from_numpy(g.copy())
    return params


@pytest.mark.parametrize(
    ("build_ours", "build_theirs"),
    [
        (lambda: SGD(0.1), lambda p: torch.optim.SGD(p, 0.1)),
        (lambda: SGD(0.1, 0.9), lambda p: torch.optim.SGD(p, 0.1, momentum=0.9)),
        (Adam, torch.optim.Adam),
        (
            lambda: Adam(0.03, 0.8, 0.99, 0.01),
            lambda p: torch.optim.Adam(p, 0.03, (0.8, 0.99), 0.01),
        ),
        (
            lambda: Adam(0.03, weight_decay=0.2),
            lambda p: torch.optim.AdamW(p, 0.03, weight_decay=0.2),
        ),
    ],
    ids=["SGD", "SGD with momentum", "Adam", "Adam, other numbers", "AdamW"],
)
def test_ten_updates(build_ours, build_theirs):
    rng = np.random.default_rng(0)
    params = random_arrays(rng)
    params_t = {name: torch.from_numpy(w.copy()) for name, w in params.items()}
    ours, theirs = build_ours(), build_theirs(list(params_t.values()))
    for step in range(10):
        if step == 5:  # what a schedule does
            ours.learning_rate /= 2
            theirs.param_groups[0]["lr"] /= 2
        grads = random_arrays(rng, scale=10.0 ** (step % 3))
        ours.update(params, grads)
        for name, w in params_t.items():
            w.grad = torch.from_numpy(grads[name])
        theirs.step()
        found = {name: relative_error(w, params_t[name].numpy()) for name, w in params.items()}
        assert worst(found, 1e-12) == {}


@pytest.mark.parametrize("fraction", [0.01, 0.9, 1.1, 100])  # of the norm
@pytest.mark.parametrize("scale", [1e-3, 1, 100])
def test_clipping_by_norm(scale, fraction):
    grads = random_arrays(np.random.default_rng(0), scale)
    params = with_grads(grads)
    max_norm = fraction * np.sqrt(sum(np.sum(g * g) for g in grads.values()))
    norm_t = torch.nn.utils.clip_grad_norm_(params, max_norm).item()
    norm = clip_by_global_norm(grads, max_norm)
    assert norm == pytest.approx(norm_t, rel=1e-12)
    more = 1 + 1e-6 / norm if fraction < 1 else 1  # PyTorch divides by norm + 1e-6
    for p, g in zip(params, grads.values(), strict=True):
        assert relative_error(g, more * p.grad.numpy()) <= 1e-12


@pytest.mark.parametrize("limit", [0.01, 0.5, 100])
def test_clipping_by_value(limit):
    grads = random_arrays(np.random.default_rng(0))
    params = with_grads(grads)
    torch.nn.utils.clip_grad_value_(params, limit)
    clip_by_value(grads, limit)
    for p, g in zip(params, grads.values(), strict=True):
        np.testing.assert_array_equal(g, p.grad.numpy())
