"""Parity with PyTorch's RNN: outputs, final state and every gradient, in float64.

Skipped where PyTorch is not installed; CI always has it.
"""

import os

import numpy as np
import pytest

from gru_lib import RNN
from gru_lib.gradcheck import relative_error

if os.environ.get("CI"):
    import torch  # CI has it, or fails here
else:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: see README")


@pytest.mark.parametrize("sizes", [(1, 1, 1, 1), (3, 7, 2, 5), (8, 50, 1, 100)])
def test_rnn_equals_torch(sizes):
    batch, time, inputs, hidden = sizes
    rng = np.random.default_rng(0)
    ours = RNN(inputs, hidden, seed=1)
    theirs = torch.nn.RNN(inputs, hidden, batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        theirs.weight_ih_l0.copy_(torch.from_numpy(ours.params["W_xh"].T.copy()))
        theirs.weight_hh_l0.copy_(torch.from_numpy(ours.params["W_hh"].T.copy()))
        theirs.bias_ih_l0.copy_(torch.from_numpy(ours.params["b_h"]))
        theirs.bias_hh_l0.zero_()
    x = rng.normal(size=(batch, time, inputs))
    state = rng.normal(size=(batch, hidden))
    dh, dstate = rng.normal(size=(batch, time, hidden)), rng.normal(size=(batch, hidden))

    h, final = ours.forward(x, state)
    dx, dstart = ours.backward(dh, dstate)
    x_t, state_t = (torch.from_numpy(a).requires_grad_() for a in (x, state))
    h_t, final_t = theirs(x_t, state_t[None])
    loss = (h_t * torch.from_numpy(dh)).sum() + (final_t[0] * torch.from_numpy(dstate)).sum()
    loss.backward()

    pairs = {
        "h": (h, h_t.detach()),
        "final state": (final, final_t[0].detach()),
        "x": (dx, x_t.grad),
        "initial state": (dstart, state_t.grad),
        "W_xh": (ours.grads["W_xh"], theirs.weight_ih_l0.grad.T),
        "W_hh": (ours.grads["W_hh"], theirs.weight_hh_l0.grad.T),
        "b_h": (ours.grads["b_h"], theirs.bias_ih_l0.grad),
    }
    errors = {name: relative_error(a, b.numpy()) for name, (a, b) in pairs.items()}
    assert max(errors.values()) < 1e-12, errors
