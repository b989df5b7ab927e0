"""The judge: numerical derivatives that know nothing of the backward pass they are held against.

Complex step: f(w + iε) = f(w) + iε f'(w) + O(ε²), so Im f(w + iε) / ε is the derivative, with no
subtraction in which digits could be lost; ε can be 1e-30 (Squire and Trapp, 1998). It needs a
function that is analytic and code that runs in complex numbers. Central differences need neither,
and keep about ten of the sixteen digits.
"""

import copy

import numpy as np


def complex_step(f, array, step=1e-30):
    """Gradient of `f()` with respect to `array`, entry by entry, by the complex step.

    Args:
        f: function of no argument that reads `array` and returns a scalar; analytic.
        array: complex array that `f` reads; it is changed and restored.
        step: size of the imaginary step.

    Returns:
        Real array of the shape of `array`.

    Raises:
        TypeError: `array` is not complex, so an imaginary step would be lost.

    """
    if array.dtype.kind != "c":
        raise TypeError(f"array: expected a complex dtype, got {array.dtype}")
    gradient = np.empty(array.shape)
    for index in np.ndindex(array.shape):
        kept = array[index]
        array[index] = kept + 1j * step
        gradient[index] = np.imag(f()) / step  # eq-complex-step
        array[index] = kept
    return gradient


def central_difference(f, array, step=6e-6):
    """Gradient of `f()` with respect to `array` by (f(w + step) - f(w - step)) / (2 step).

    The default step, the cube root of the machine precision, balances the two errors: a larger one
    sees the curve bend, a smaller one subtracts almost equal numbers.

    Args:
        f: function of no argument that reads `array` and returns a scalar.
        array: float array that `f` reads; it is changed and restored.
        step: half the distance between the two points.

    Returns:
        Array of the shape of `array`.

    Raises:
        TypeError: `array` is not of a floating dtype, so a step would be lost.

    """
    if array.dtype.kind != "f":
        raise TypeError(f"array: expected a floating dtype, got {array.dtype}")
    gradient = np.empty(array.shape)
    for index in np.ndindex(array.shape):
        kept = array[index]
        array[index] = kept + step
        above = f()
        array[index] = kept - step
        below = f()
        array[index] = kept
        gradient[index] = (above - below) / (2 * step)  # eq-central-difference
    return gradient


def relative_error(gradient, truth):
    """max|gradient - truth| / max|truth|; 0 where both are zero everywhere.

    Raises:
        ValueError: the two shapes differ (a broadcast would hide it).

    """
    gradient, truth = np.asarray(gradient), np.asarray(truth)
    if gradient.shape != truth.shape:
        raise ValueError(f"gradient: expected shape {truth.shape}, got {gradient.shape}")
    difference = np.max(np.abs(gradient - truth))
    scale = np.max(np.abs(truth))
    if scale == 0:
        return 0.0 if difference == 0 else np.inf
    return float(difference / scale)  # eq-relative-error


def gradcheck(layer, x, state=None, lengths=None, truncate=None, seed=0):
    """Hold a recurrent layer's `backward` against the complex step.

    The loss is a sum of every output and every number of the final state, each with its own random
    weight, so that no path can hide behind another. With `truncate` the gradient is not the
    derivative of that loss; the judge is then the derivative of a surrogate: each loss term is
    computed from a segment of its own that starts `truncate` steps earlier, from a frozen state.

    Args:
        layer: a recurrent layer, such as `RNN`; it is copied, not changed.
        x: `(batch, time, input)`.
        state: initial state, as for `forward`; drawn at random if None.
        lengths: `(batch,)`, as for `forward`.
        truncate: as for `backward`.
        seed: seed of the loss weights and of the initial state.

    Returns:
        A dict: for every parameter, `x` and every array of the initial state (`h0`, …),
        max|difference| / max|gradient|.

    """
    layer = copy.deepcopy(layer)
    layer.dtype = np.dtype(np.complex128)
    layer.params = {name: w.astype(np.complex128) for name, w in layer.params.items()}
    layer.grads = {name: np.zeros_like(w) for name, w in layer.params.items()}
    rng = np.random.default_rng(seed)
    x = np.asarray(x).astype(np.complex128)
    batch, time, _ = x.shape
    shape = (batch, layer.hidden_size)
    if state is None:
        state = [rng.normal(size=shape) for _ in layer.states]
    elif len(layer.states) == 1:
        state = [state]
    start = [np.asarray(s).astype(np.complex128) for s in state]
    dh = rng.normal(size=(batch, time, layer.hidden_size)).astype(np.complex128)
    dstate = [rng.normal(size=shape).astype(np.complex128) for _ in layer.states]

    layer.forward(x, layer._as_state(start), lengths)
    dx, dstart = layer.backward(dh, layer._as_state(dstate), truncate)
    ours = dict(layer.grads) | {"x": dx}
    ours |= dict(zip((f"{s}0" for s in layer.states), _as_list(dstart), strict=True))
    ours = {name: g.copy() for name, g in ours.items()}
    arrays = dict(layer.params) | {"x": x}
    arrays |= {f"{s}0": a for s, a in zip(layer.states, start, strict=True)}

    loss = _surrogate(layer, x, start, lengths, truncate, dh, dstate)
    return {
        name: relative_error(ours[name].real, complex_step(loss, arrays[name])) for name in ours
    }


def _surrogate(layer, x, start, lengths, truncate, dh, dstate):
    """Return the loss as a function of no argument, each term from its own segment."""
    batch, time, _ = x.shape
    lengths = np.full(batch, time) if lengths is None else np.asarray(lengths)
    limit = time if truncate is None else truncate

    def run(rows, first, last, state):
        h, final = layer.forward(x[rows, first:last], layer._as_state(state))
        return h, _as_list(final)

    if limit >= time:  # one segment: the loss itself

        def loss():
            total = 0
            for row in range(batch):
                here, length = slice(row, row + 1), lengths[row]
                final = [s[here] for s in start]
                if length:
                    h, final = run(here, 0, length, final)
                    total += np.sum(h * dh[here, :length])
                total += sum(np.sum(f * d[here]) for f, d in zip(final, dstate, strict=True))
            return total

        return loss

    frozen = {}  # the state before each step, from the unperturbed weights
    for row in range(batch):
        state = [s[row : row + 1].copy() for s in start]
        for t in range(lengths[row]):
            frozen[row, t] = state
            _, state = run(slice(row, row + 1), t, t + 1, state)

    def loss():
        total = 0
        for row in range(batch):
            here, length = slice(row, row + 1), lengths[row]
            for t in range(length):
                first = max(t - limit, 0)
                cut = frozen[row, first] if t >= limit else [s[here] for s in start]
                h, final = run(here, first, t + 1, cut)
                total += np.sum(h[:, -1] * dh[here, t])
                if t == length - 1:
                    total += sum(np.sum(f * d[here]) for f, d in zip(final, dstate, strict=True))
            if length == 0:
                total += sum(np.sum(s[here] * d[here]) for s, d in zip(start, dstate, strict=True))
        return total

    return loss


def _as_list(state):
    return list(state) if isinstance(state, tuple) else [state]
