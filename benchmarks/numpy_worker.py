"""Times `gru_lib` on request, one JSON message a line; started by `bench.py`."""

import json
import sys
import time
import tracemalloc

import numpy as np

from gru_lib import GRU, LSTM, RNN, ConcatGRU, Dense, Model
from gru_lib.losses import mean_squared_error
from gru_lib.optim import Adam, clip_by_global_norm

BURST = 0.05  # seconds of repetitions in one turn
LAYERS = {
    "RNN": RNN,
    "LSTM": LSTM,
    "GRU": lambda *sizes, **options: GRU(*sizes, reset="after", **options),
    "GRU before": GRU,
    "ConcatGRU": ConcatGRU,
}


def make_layer(cell, inputs, hidden, dtype):
    """Return a layer; what follows the cell's name after a comma or `truncate` is not its own."""
    return LAYERS[cell.split(" truncate")[0]](inputs, hidden, dtype=dtype, seed=0)


def make_layer_run(cell, size, dtype):
    """Return a function that runs a layer forward and backward once."""
    batch, time_steps, inputs, hidden = size
    rng = np.random.default_rng(0)
    layer = make_layer(cell, inputs, hidden, dtype)
    x = rng.normal(size=(batch, time_steps, inputs)).astype(dtype)
    dh = rng.normal(size=(batch, time_steps, hidden)).astype(dtype)
    dstate = None
    if cell.endswith("loss at the end"):
        dh, dstate = None, dh[:, -1].copy()
    truncate = 5 if "truncate" in cell else None

    def run():
        layer.forward(x)
        layer.backward(dh, dstate, truncate=truncate)

    return run


def make_products(cell, size, dtype):
    """Return a function that takes a layer's matrix products alone, on the layer's own arrays."""
    batch, time_steps, inputs, hidden = size
    layer = make_layer(cell, inputs, hidden, dtype)
    layer.forward(np.ones((batch, time_steps, inputs), dtype))
    layer.backward(np.ones((batch, time_steps, hidden), dtype))
    run, name_h = layer._run, layer.weights[1]
    w_x, w_h, b = (layer.params[name] for name in layer.weights)
    width = w_h.shape[1]
    x = run.x.reshape(-1, inputs + 1)
    h_prev = run.tracks[0, :-1].reshape(-1, hidden)
    da = run.da.reshape(-1, run.da.shape[-1])
    steps = list(zip(run.tracks[0, :-1], run.da[..., :width], strict=True))
    # PyTorch's GRU has one more column block in `da`; those of the input come in two pieces.
    pieces = [(slice(0, width), slice(0, width))]
    if da.shape[1] > width:
        rz, last = slice(0, 2 * hidden), slice(-hidden, None)
        pieces = [(rz, rz), (last, last)]

    def run_products():
        fused = np.vstack([w_x, b])
        for a, w in zip(run.a, layer.split(fused), strict=False):
            np.matmul(x, w, out=a.reshape(-1, hidden))
        transposed = w_h.T.copy()
        for h, _ in steps:
            h @ w_h
        for _, d in steps:
            d @ transposed
        np.matmul(h_prev.T, da[:, :width], out=layer.grads[name_h])
        for columns, block in pieces:
            x.T @ da[:, columns]
            da[:, columns] @ w_x[:, block].T

    return run_products


def make_training(cell, size, dtype):
    """Return a function that takes one whole training step."""
    batch, time_steps, inputs, hidden = size
    rng = np.random.default_rng(0)
    layer = make_layer(cell, inputs, hidden, dtype)
    model = Model(layer, Dense(hidden, 1, dtype=dtype, seed=1))
    optimizer = Adam(0.001)
    x = rng.normal(size=(batch, time_steps, inputs)).astype(dtype)
    y = rng.normal(size=(batch, 1)).astype(dtype)

    def run():
        prediction, _ = model.forward(x)
        _, dy = mean_squared_error(prediction, y)
        model.backward(dy)
        clip_by_global_norm(model.grads, 1.0)
        optimizer.update(model.params, model.grads)

    return run


def memory(cell, size, dtype):
    """Return the peak of a forward and a backward pass of a new layer, and what it stores.

    Stored: the input, the gates, the states, and the gradients of the pre-activations, which wait
    for the product after the loop. The rest of the peak is the output, `dx` and temporaries.
    """
    batch, time_steps, inputs, hidden = size
    layer = make_layer(cell, inputs, hidden, dtype)
    x = np.ones((batch, time_steps, inputs), dtype)
    dh = np.ones((batch, time_steps, hidden), dtype)
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    out = layer.forward(x)
    layer.backward(dh)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    run = layer._run
    stored = sum(array.nbytes for array in (run.x, run.a, run.tracks, run.da))
    return {"peak": peak - before, "stored": stored, "output": out[0].nbytes}


def serve(makers, answers):
    """Answer requests until the input ends: `time` repeats a case for a burst, as seconds each."""
    cases = {}
    for line in sys.stdin:
        request = json.loads(line)
        action, kind = request.pop("action"), request.pop("kind")
        if action == "time":
            key = json.dumps([kind, request])
            if key not in cases:
                if len(cases) == 3:  # the cases of one row of a table
                    cases.clear()
                cases[key] = makers[kind](**request)
                cases[key]()
            run, repeats = cases[key], 0
            run()  # wakes the threads and fills the caches
            started = time.perf_counter()
            while repeats == 0 or time.perf_counter() - started < BURST:
                run()
                repeats += 1
            answer = (time.perf_counter() - started) / repeats
        else:
            answer = answers[action](**request)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    serve(
        {"layer": make_layer_run, "products": make_products, "training": make_training},
        {"memory": memory},
    )
