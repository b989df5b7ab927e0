"""Times PyTorch on request, and checks `gru_lib` against it; started by `bench.py`."""

import os

import numpy as np
import torch
from numpy_worker import make_layer, serve

from gru_lib.interop import load_torch

MODULES = {"RNN": torch.nn.RNN, "LSTM": torch.nn.LSTM, "GRU": torch.nn.GRU}
TOLERANCE = {"float32": 1e-3, "float64": 1e-10}  # of the largest number of an array


def make_module(cell, inputs, hidden, dtype):
    """Return PyTorch's layer with weights from a fixed seed."""
    torch.manual_seed(0)
    return MODULES[cell](inputs, hidden, batch_first=True, dtype=getattr(torch, dtype))


def make_layer_run(cell, size, dtype):
    """Return a function that runs a layer forward and backward once."""
    batch, time_steps, inputs, hidden = size
    module = make_module(cell, inputs, hidden, dtype)
    x = torch.randn(batch, time_steps, inputs, dtype=getattr(torch, dtype), requires_grad=True)
    dh = torch.randn(batch, time_steps, hidden, dtype=getattr(torch, dtype))

    def run():
        module.zero_grad()
        x.grad = None
        h, _ = module(x)
        h.backward(dh)

    return run


def make_training(cell, size, dtype):
    """Return a function that takes one whole training step."""
    batch, time_steps, inputs, hidden = size
    module = make_module(cell, inputs, hidden, dtype)
    readout = torch.nn.Linear(hidden, 1, dtype=getattr(torch, dtype))
    parameters = [*module.parameters(), *readout.parameters()]
    optimizer = torch.optim.Adam(parameters, 0.001)
    x = torch.randn(batch, time_steps, inputs, dtype=getattr(torch, dtype))
    y = torch.randn(batch, 1, dtype=getattr(torch, dtype))

    def run():
        optimizer.zero_grad()
        _, state = module(x)
        loss = torch.nn.functional.mse_loss(readout(state[-1]), y)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()

    return run


def check(cell, size, dtype):
    """Hold our output and gradients against PyTorch's; stop if they differ."""
    batch, time_steps, inputs, hidden = size
    rng = np.random.default_rng(0)
    module = make_module(cell, inputs, hidden, dtype)
    layer = make_layer(cell, inputs, hidden, dtype)
    load_torch(layer, module.state_dict())
    x = rng.normal(size=(batch, time_steps, inputs)).astype(dtype)
    dh = rng.normal(size=(batch, time_steps, hidden)).astype(dtype)
    h, _ = layer.forward(x)
    dx, _ = layer.backward(dh)
    x_torch = torch.from_numpy(x).requires_grad_()
    h_torch, _ = module(x_torch)
    h_torch.backward(torch.from_numpy(dh))
    dw = layer.grads[layer.weights[1]].T
    gates = {"LSTM": (0, 1, 3, 2)}.get(cell, range(len(dw) // hidden))  # ours i, f, o, g
    dw = np.concatenate([dw[k * hidden : (k + 1) * hidden] for k in gates])
    pairs = {
        "output": (h, h_torch.detach().numpy()),
        "gradient of the input": (dx, x_torch.grad.numpy()),
        "gradient of the recurrent weights": (dw, module.weight_hh_l0.grad.numpy()),
    }
    worst = 0.0
    for name, (ours, theirs) in pairs.items():
        error = float(np.abs(ours - theirs).max() / np.abs(theirs).max())
        if not error < TOLERANCE[dtype]:
            raise SystemExit(f"{cell} {size} {dtype}: {name} differs from PyTorch's by {error}")
        worst = max(worst, error)
    return worst


if __name__ == "__main__":
    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    serve({"layer": make_layer_run, "training": make_training}, {"check": check})
