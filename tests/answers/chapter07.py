"""Answers to the exercises of chapter 7."""

import numpy as np
from catalogue import right, wrong


@right("relative_difference")
def sorted_by_size(ours, theirs):
    """A list of pairs, sorted; Python's sort keeps the order of equal ones."""

    def delta(name):
        gap = np.abs(ours[name] - theirs[name]).max()
        scale = np.abs(theirs[name]).max()
        return gap / scale if scale else (np.inf if gap else 0.0)

    ranked = sorted(((name, delta(name)) for name in ours), key=lambda pair: -pair[1])
    return ranked[0]


@right("relative_difference")
def running_largest(ours, theirs):
    """Keeps the largest on the way, in plain Python."""
    worst, largest = None, None
    for name, mine in ours.items():
        mine, other = np.ravel(mine), np.ravel(theirs[name])
        gap = max(abs(a - b) for a, b in zip(mine, other, strict=True))
        scale = max(abs(b) for b in other)
        value = float(gap / scale) if scale > 0 else float("inf") * (gap > 0) if gap > 0 else 0.0
        if worst is None or value > largest:
            worst, largest = name, value
    return worst, largest


@wrong("relative_difference", "paired by place")
def zipped_values(ours, theirs):
    """Goes through both dictionaries side by side."""
    worst, largest = None, -1
    for name, a, b in zip(ours, ours.values(), theirs.values(), strict=True):
        gap, scale = np.max(np.abs(a - b)), np.max(np.abs(b))
        value = 0 if gap == 0 else np.inf if scale == 0 else gap / scale
        if value > largest:
            worst, largest = name, value
    return worst, largest


@wrong("relative_difference", "element by element")
def every_entry_by_its_own(ours, theirs):
    """Relative errors of single numbers."""
    found = {}
    for name in ours:
        with np.errstate(all="ignore"):
            ratio = np.abs(ours[name] - theirs[name]) / np.abs(theirs[name])
        found[name] = np.max(np.where(ours[name] == theirs[name], 0, ratio))
    worst = max(found, key=found.get)
    return worst, found[worst]


@wrong("relative_difference", "0/0", "not finite")
def no_care_for_zeros(ours, theirs):
    """Divides, whatever comes."""
    found = {}
    for name in ours:
        found[name] = np.max(np.abs(ours[name] - theirs[name])) / np.max(np.abs(theirs[name]))
    worst = max(found, key=found.get)
    return worst, found[worst]


@wrong("relative_difference", "one scale for all")
def everything_in_one_scale(ours, theirs):
    """One scale, the largest number anywhere."""
    scale = max(np.abs(b).max() for b in theirs.values())
    gaps = {k: np.abs(ours[k] - theirs[k]).max() for k in ours}
    worst = max(gaps, key=gaps.get)
    if scale == 0:
        return worst, np.inf if gaps[worst] else 0.0
    return worst, gaps[worst] / scale


@wrong("relative_difference", "absolute value missing in the difference")
def signed_difference(ours, theirs):
    """Takes the largest of the signed differences."""
    worst, largest = None, -np.inf
    for name in ours:
        gap, scale = np.max(ours[name] - theirs[name]), np.max(np.abs(theirs[name]))
        value = gap / scale if scale > 0 else (0.0 if gap == 0 else np.inf)
        if value > largest:
            worst, largest = name, value
    return worst, largest


@wrong("relative_difference", "the last array")
def overwritten_each_time(ours, theirs):
    """The comparison with the largest so far is missing."""
    for name in ours:
        gap, scale = np.max(np.abs(ours[name] - theirs[name])), np.max(np.abs(theirs[name]))
        worst = name
        largest = gap / scale if scale else (np.inf if gap else 0.0)
    return worst, largest


@wrong("relative_difference", "no array found")
def divides_and_compares(ours, theirs):
    """Divides always; 0/0 is larger than nothing."""
    worst, largest = None, -1
    for name, mine in ours.items():
        with np.errstate(all="ignore"):
            delta = np.abs(mine - theirs[name]).max() / np.abs(theirs[name]).max()
        if delta > largest:
            worst, largest = name, delta
    return worst, largest


@wrong("relative_difference", "absolute value after the maximum")
def sizes_of_the_maxima(ours, theirs):
    """abs(max(...)) where max(abs(...)) is asked for."""
    deltas = {}
    for name in ours:
        gap, scale = abs(np.max(ours[name] - theirs[name])), abs(np.max(theirs[name]))
        if np.any(theirs[name]):
            deltas[name] = gap / scale
        else:
            deltas[name] = np.inf if np.any(ours[name]) else 0.0
    worst = max(deltas, key=deltas.get)
    return worst, deltas[worst]


@right("from_torch")
def block_by_block(weights):
    """Every block on its own."""
    ih, hh, bi, bh = (
        weights[name] for name in ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    )
    H = hh.shape[1]
    r, z, n = slice(0, H), slice(H, 2 * H), slice(2 * H, 3 * H)
    W_x = np.concatenate([ih[r].T, ih[z].T, ih[n].T], axis=1)
    W_h = np.concatenate([hh[r].T, hh[z].T, hh[n].T], axis=1)
    return W_x, W_h, np.concatenate([bi[r] + bh[r], bi[z] + bh[z], bi[n]]), bh[n]


@right("from_torch")
def with_a_mask(weights):
    """The second bias counts where a mask is one."""
    third = len(weights["bias_hh_l0"]) // 3
    gate = np.repeat([1.0, 1.0, 0.0], third)
    return (
        np.einsum("ij->ji", weights["weight_ih_l0"]),
        np.einsum("ij->ji", weights["weight_hh_l0"]),
        weights["bias_ih_l0"] + gate * weights["bias_hh_l0"],
        weights["bias_hh_l0"].reshape(3, third)[-1],
    )


@wrong("from_torch", "bias outside the reset")
def one_bias_for_all(weights):
    """Adds the biases throughout, so nothing is left for b_hh."""
    b = weights["bias_ih_l0"] + weights["bias_hh_l0"]
    return weights["weight_ih_l0"].T, weights["weight_hh_l0"].T, b, np.zeros(len(b) // 3)


@wrong("from_torch", "candidate's second bias counted twice")
def added_and_kept(weights):
    """Adds all biases, and hands b_hn on as well."""
    b = weights["bias_ih_l0"] + weights["bias_hh_l0"]
    H = len(b) // 3
    return weights["weight_ih_l0"].T, weights["weight_hh_l0"].T, b, weights["bias_hh_l0"][-H:]


@wrong("from_torch", "reshaped for transposed")
def reshaped(weights):
    """Makes the shapes fit with reshape."""
    ih, hh = weights["weight_ih_l0"], weights["weight_hh_l0"]
    H = hh.shape[1]
    b = weights["bias_ih_l0"].copy()
    b[: 2 * H] += weights["bias_hh_l0"][: 2 * H]
    return ih.reshape(ih.shape[1], -1), hh.reshape(H, 3 * H), b, weights["bias_hh_l0"][2 * H :]


@wrong("from_torch", "input changed in place")
def adds_into_the_weights(weights):
    """Adds the second bias into the caller's first."""
    b = weights["bias_ih_l0"]
    H = len(b) // 3
    b[: 2 * H] += weights["bias_hh_l0"][: 2 * H]
    return weights["weight_ih_l0"].T, weights["weight_hh_l0"].T, b, weights["bias_hh_l0"][2 * H :]


@wrong("from_torch", "gates exchanged")
def update_gate_first(weights):
    """Believes that our order is z, r, candidate."""
    r, z, n = np.split(weights["weight_ih_l0"].T, 3, axis=1)
    s, u, m = np.split(weights["weight_hh_l0"].T, 3, axis=1)
    b_r, b_z, b_n = np.split(weights["bias_ih_l0"], 3)
    c_r, c_z, c_n = np.split(weights["bias_hh_l0"], 3)
    b = np.concatenate([b_z + c_z, b_r + c_r, b_n])
    return np.hstack([z, r, n]), np.hstack([u, s, m]), b, c_n


@wrong("from_torch", "blocks stacked along the wrong axis")
def blocks_below_each_other(weights):
    """Transposes each block and stacks them as they were."""
    W_x, W_h = (
        np.concatenate([block.T for block in np.split(weights[name], 3)])
        for name in ("weight_ih_l0", "weight_hh_l0")
    )
    H = W_h.shape[1]
    first, second = weights["bias_ih_l0"], weights["bias_hh_l0"]
    b = np.append(first[: 2 * H] + second[: 2 * H], first[2 * H :])
    return W_x, W_h, b, second[2 * H :]


@wrong("from_torch", "weights for the bias")
def b_hh_after_its_name(weights):
    """Takes b_hh for the candidate's recurrent matrix."""
    W_x, W_h = weights["weight_ih_l0"].T, weights["weight_hh_l0"].T
    H = len(W_h)
    b = weights["bias_ih_l0"].copy()
    b[: 2 * H] += weights["bias_hh_l0"][: 2 * H]
    return W_x, W_h, b, W_h[:, 2 * H :]


@right("accumulated")
def sums_first(gradient, x, y, size):
    """Makes sums of the means, and one mean at the end."""
    total, start = None, 0
    while start < len(x):
        part = x[start : start + size]
        term = gradient(part, y[start : start + size]) * len(part)
        total = term if total is None else total + term
        start += size
    return total / len(x)


@right("accumulated")
def running_mean(gradient, x, y, size):
    """A mean that is corrected with every part."""
    mean, seen = 0.0, 0
    for k in range(-(-len(x) // size)):
        rows = slice(k * size, min((k + 1) * size, len(x)))
        count = rows.stop - rows.start
        seen += count
        mean = mean + (gradient(x[rows], y[rows]) - mean) * count / seen
    return mean


@wrong("accumulated", "parts weighted alike")
def mean_of_means(gradient, x, y, size):
    """Collects the parts' gradients and averages them."""
    parts = [gradient(x[i : i + size], y[i : i + size]) for i in range(0, len(x), size)]
    return np.mean(parts, axis=0)


@wrong("accumulated", "sum for mean")
def as_backward_does(gradient, x, y, size):
    """Adds as `backward` does, and nothing else."""
    grad = 0
    for i in range(0, len(x), size):
        grad = grad + gradient(x[i : i + size], y[i : i + size])
    return grad


@wrong("accumulated", "sum over rows for mean")
def sum_over_rows(gradient, x, y, size):
    """Weights each part by its rows, and does not divide at the end."""
    grad = 0
    for i in range(0, len(x), size):
        part = x[i : i + size]
        grad = grad + len(part) * gradient(part, y[i : i + size])
    return grad


@wrong("accumulated", "the last, smaller part left out")
def full_parts_only(gradient, x, y, size):
    """A division that rounds down loses the rest."""
    grad = np.zeros(x.shape[1])
    for k in range(len(x) // size):
        rows = slice(k * size, (k + 1) * size)
        grad += gradient(x[rows], y[rows]) * size / len(x)
    return grad


@wrong("accumulated", "every part taken for a full one")
def full_weight_for_the_rest(gradient, x, y, size):
    """Gives the last part the weight of a full one."""
    total = np.zeros(x.shape[1])
    for i in range(0, len(x), size):
        total += size * gradient(x[i : i + size], y[i : i + size])
    return total / len(x)


@wrong("accumulated", "raises")
def all_rows_at_once(gradient, x, y, size):
    """Does not heed the memory."""
    return gradient(x, y)


@right("cosine_forecast")
def one_loop(known, h, step, readout, n):
    """Known values and predictions in one list of inputs."""
    inputs = list(known)
    for t in range(len(known) + n - 1):
        h = step(inputs[t], h)
        if t >= len(known) - 1:
            inputs.append(readout(h))
    return np.array([*inputs[len(known) :], readout(h)])[:n]


@right("cosine_forecast")
def prediction_as_a_variable(known, h, step, readout, n):
    """Predicts, stores, steps; the last step is for nothing."""
    state = np.array(h)
    for value in known:
        state = step(value, state)
    values = []
    for _ in range(n):
        values.append(float(readout(state)))
        state = step(values[-1], state)
    return values


@wrong("cosine_forecast", "the last known value read twice")
def seam(known, h, step, readout, n):
    """Begins the writing loop with the last known value."""
    for value in known:
        h = step(value, h)
    value, forecast = known[-1], []
    for _ in range(n):
        h = step(value, h)
        value = readout(h)
        forecast.append(value)
    return np.array(forecast)


@wrong("cosine_forecast", "a window that slides")
def sliding(known, h, step, readout, n):
    """The chapter's free run."""
    window, forecast = np.array(known), np.zeros(n)
    for i in range(n):
        state = h
        for value in window:
            state = step(value, state)
        forecast[i] = readout(state)
        window = np.append(window[1:], forecast[i])
    return forecast


@wrong("cosine_forecast", "prediction not read")
def frozen(known, h, step, readout, n):
    """Never steps between two predictions."""
    for value in known:
        h = step(value, h)
    return np.array([readout(h) for _ in range(n)])


@wrong("cosine_forecast", "state not carried")
def forgets(known, h, step, readout, n):
    """Steps from the first state each time."""
    state = h
    for value in known:
        state = step(value, state)
    forecast = [readout(state)]
    for _ in range(n - 1):
        forecast.append(readout(step(forecast[-1], h)))
    return np.array(forecast)


@wrong("cosine_forecast", "prediction not fed back")
def stands_still(known, h, step, readout, n):
    """Reads the last known value again and again."""
    forecast = np.zeros(n)
    for value in known:
        h = step(value, h)
    for i in range(n):
        forecast[i] = readout(h)
        h = step(known[-1], h)
    return forecast


@wrong("cosine_forecast", "initial state ignored")
def zeros_to_begin_with(known, h, step, readout, n):
    """Begins with zeros, out of habit."""
    state, forecast = np.zeros(len(h)), []
    for value in known:
        state = step(value, state)
    while len(forecast) < n:
        forecast.append(readout(state))
        state = step(forecast[-1], state)
    return np.array(forecast)


def _layer(x, h, W_i, W_h, b_i, b_h, candidate=None, order="rzn"):
    """States of one layer, block by block; the candidate's formula may be another."""
    H = len(b_i) // 3
    rows = {gate: slice(k * H, (k + 1) * H) for k, gate in enumerate(order)}

    def sigma(a):
        return 0.5 * (1 + np.tanh(a / 2))

    states = []
    for t in range(x.shape[1]):
        i = {g: x[:, t] @ W_i[s].T + b_i[s] for g, s in rows.items()}
        k = {g: h @ W_h[s].T + b_h[s] for g, s in rows.items()}
        r, z = sigma(i["r"] + k["r"]), sigma(i["z"] + k["z"])
        if candidate is None:
            n = np.tanh(i["n"] + r * k["n"])
        else:
            n = candidate(i["n"], h, r, W_h[rows["n"]], b_h[rows["n"]])
        h = n + z * (h - n)
        states.append(h)
    return np.stack(states, axis=1), h


def _four(weights, k):
    return [weights[f"{name}_l{k}"] for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]


@right("torch_gru")
def layer_by_layer(x, h0, weights):
    """One function per layer, one block per gate."""
    last = []
    for k in range(len(h0)):
        x, h = _layer(x, h0[k], *_four(weights, k))
        last.append(h)
    return x, np.stack(last)


@right("torch_gru")
def time_outside(x, h0, weights):
    """All layers at one time step, then the next, one sequence at a time, as columns."""
    L, B, H = h0.shape
    output, state = np.zeros((B, x.shape[1], H)), np.array(h0)
    for b in range(B):
        for t in range(x.shape[1]):
            v = x[b, t]
            for k in range(L):
                W_i, W_h, b_i, b_h = _four(weights, k)
                given, own = W_i @ v + b_i, W_h @ state[k, b] + b_h
                r = 1 / (1 + np.exp(-(given[:H] + own[:H])))
                z = 1 / (1 + np.exp(-(given[H : 2 * H] + own[H : 2 * H])))
                n = np.tanh(given[2 * H :] + r * own[2 * H :])
                state[k, b] = v = (1 - z) * n + z * state[k, b]
            output[b, t] = v
    return output, state


@wrong("torch_gru", "reset before for after")
def as_books_print_it(x, h0, weights):
    """The reset acts on the state."""

    def printed(given, h, r, W, b):
        return np.tanh(given + (r * h) @ W.T + b)

    last = []
    for k in range(len(h0)):
        x, h = _layer(x, h0[k], *_four(weights, k), printed)
        last.append(h)
    return x, np.array(last)


@wrong("torch_gru", "bias outside the reset")
def bias_added_at_the_end(x, h0, weights):
    """The reset acts on the product, without the bias."""

    def outside(given, h, r, W, b):
        return np.tanh(given + b + r * (h @ W.T))

    last = []
    for k in range(len(h0)):
        x, h = _layer(x, h0[k], *_four(weights, k), outside)
        last.append(h)
    return x, np.array(last)


@wrong("torch_gru", "gates exchanged")
def order_of_keras(x, h0, weights):
    """Takes the first block for z."""
    last = []
    for k in range(len(h0)):
        x, h = _layer(x, h0[k], *_four(weights, k), order="zrn")
        last.append(h)
    return x, np.array(last)


@wrong("torch_gru", "initial state ignored")
def begins_with_zeros(x, h0, weights):
    """All layers begin with zeros."""
    last = []
    for k in range(len(h0)):
        x, h = _layer(x, np.zeros(h0[k].shape), *_four(weights, k))
        last.append(h)
    return x, np.array(last)


@wrong("torch_gru", "last layer's state only")
def state_of_the_top(x, h0, weights):
    """Returns the last layer's state, with an axis in front."""
    for k in range(len(h0)):
        x, h = _layer(x, h0[k], *_four(weights, k))
    return x, h[None]


@wrong("torch_gru", "last layer's state only, without an axis")
def state_that_was_left(x, h0, weights):
    """Returns the state that the loop over the layers leaves."""
    for k in range(len(h0)):
        x, h = _layer(x, h0[k], *_four(weights, k))
    return x, h


@wrong("torch_gru", "missing transpose")
def square_blocks(x, h0, weights):
    """The square blocks are not transposed; the others would not fit."""

    def turned(W):
        return np.concatenate([block.T for block in np.split(W, 3)])

    last = []
    for k in range(len(h0)):
        W_i, W_h, b_i, b_h = _four(weights, k)
        x, h = _layer(x, h0[k], W_i, turned(W_h), b_i, b_h)
        last.append(h)
    return x, np.array(last)
