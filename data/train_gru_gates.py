"""Train the GRU of chapter 4's figure: `python data/train_gru_gates.py [UPDATES]`.

Prints the table WEIGHTS of `gru_lib/explore/gru_gates.py`; takes about ten seconds on one core.
Another BLAS sums in another order. That moves the weights by about 1e-14, and none of them lies
closer than 2e-4 to a rounding edge, so the printed digits stay. Another version of NumPy may draw
other random numbers, and then all weights are others.
"""

import sys

import numpy as np

from gru_lib import GRU
from gru_lib.optim import Adam

SEED = 1
UPDATES = 1800
ROWS, STEPS = 32, 40  # of every batch
LEARNING_RATE = 0.03  # falls to a tenth
DECAY = 1e-6  # times w, added to every gradient: keeps weights small that do not matter


def draw(rng, rows=ROWS, steps=STEPS):
    """Return new sequences (rows, steps, 2) of pulses and starts, and what is asked for.

    A pulse of 1, 2 or 3 comes at 12 of 100 steps, a start at 6 of 100. Without a start, a pulse is
    left out if the sum were 5 or more with it: a tanh can hold 0.4 and cannot hold 1.
    """
    x, y = np.zeros((2, rows, steps, 2))
    pulses, starts = rng.random((rows, steps)) < 0.12, rng.random((rows, steps)) < 0.06
    total, last = np.zeros((2, rows))
    for t in range(steps):
        height, start = rng.integers(1, 4, rows), starts[:, t]
        pulse = pulses[:, t] & ((total + height < 5) | start)
        x[:, t] = np.stack([pulse * height, start], axis=1)
        total = np.where(start, 0, total) + pulse * height
        last = np.where(pulse, height, last)
        y[:, t] = np.stack([total, last], axis=1) / 10
    return x, y


def build():
    """Return the untrained layer, whose gates lean the right way."""
    layer = GRU(input_size=2, hidden_size=2, seed=SEED)
    w = layer.named_params
    w["b_r"][...] = w["b_z"][...] = 4  # both gates open: nothing is forgotten
    w["W_xz"][...] -= 3  # but what comes in is taken up
    w["W_xr"][1] -= 8  # and a start hides the old state
    return layer


def train(layer, updates=UPDATES):
    """Train the layer in place, on a new batch at every update; its state is its prediction."""
    rng, adam = np.random.default_rng(SEED), Adam(LEARNING_RATE)
    for k in range(1, updates + 1):
        x, y = draw(rng)
        error = layer.forward(x)[0] - y
        layer.backward(2 * error / error.size)
        adam.learning_rate = LEARNING_RATE * (1 - 0.9 * k / updates)
        grads = {name: layer.grads[name] + DECAY * w for name, w in layer.params.items()}
        adam.update(layer.params, grads)


def error(layer):
    """Return the RMSE of each unit on 300 sequences that were not trained on."""
    x, y = draw(np.random.default_rng(99), rows=300)
    return np.sqrt(np.mean((layer.forward(x)[0] - y) ** 2, axis=(0, 1)))


def literal(layer):
    """Return the weights, rounded to two digits, as they stand in the figure's module."""
    rounded = {name: (w.round(2) + 0.0).tolist() for name, w in layer.named_params.items()}
    lines = [f'    "{name}": {w},' for name, w in rounded.items()]
    return "\n".join(["WEIGHTS = {", *lines, "}"])


def main(arguments):
    """Train and print."""
    layer = build()
    train(layer, *map(int, arguments))
    print(literal(layer))
    print("# RMSE of the two units:", *(f"{e:.4f}" for e in error(layer)))


if __name__ == "__main__":
    main(sys.argv[1:])
