"""Answers to the exercises of chapter 7, written from their text alone."""

import numpy as np
from catalogue import right, wrong

# ------------------------------------------------------------------ relative_difference


@right("relative_difference")
def reldiff_dictionary_of_deltas(ours, theirs):
    """A dictionary of all deltas, and `max` with its key."""
    deltas = {}
    for name in ours:
        a = np.asarray(ours[name], dtype=float)
        b = np.asarray(theirs[name], dtype=float)
        gap, scale = np.abs(a - b).max(), np.abs(b).max()
        if scale > 0:
            deltas[name] = gap / scale
        else:
            deltas[name] = np.inf if gap > 0 else 0.0
    worst = max(deltas, key=deltas.get)
    return worst, deltas[worst]


@right("relative_difference")
def reldiff_running_record(ours, theirs):
    """The record so far is carried through the loop and replaced by a strictly larger delta."""
    worst, largest = None, -1.0
    for name, mine in ours.items():
        reference = theirs[name]
        numerator = np.max(np.abs(np.subtract(mine, reference)))
        denominator = np.max(np.abs(reference))
        if denominator == 0:
            delta = 0.0 if numerator == 0 else float("inf")
        else:
            delta = float(numerator / denominator)
        if delta > largest:
            worst, largest = name, delta
    return worst, largest


def _safe_ratio(numerator, denominator):
    if denominator == 0:
        return 0.0 if numerator == 0 else np.inf
    return float(numerator / denominator)


@wrong("relative_difference", "divided by ours")
def reldiff_over_ours(ours, theirs):
    """The scale is max |ours| instead of max |theirs|: the wrong one is taken as the reference."""
    deltas = {}
    for k in ours:
        diff = np.max(np.abs(np.asarray(ours[k]) - np.asarray(theirs[k])))
        deltas[k] = _safe_ratio(diff, np.max(np.abs(ours[k])))
    name = max(deltas, key=deltas.get)
    return name, deltas[name]


@wrong("relative_difference", "named by place")
def reldiff_name_from_other_order(ours, theirs):
    """The deltas are in the order of ours, the name is taken from the list of theirs."""
    names, deltas = list(theirs), []
    for k in ours:
        gap = np.max(np.abs(np.asarray(ours[k]) - np.asarray(theirs[k])))
        deltas.append(_safe_ratio(gap, np.max(np.abs(theirs[k]))))
    i = int(np.argmax(deltas))
    return names[i], deltas[i]


@wrong("relative_difference", "element by element")
def reldiff_entry_by_entry(ours, theirs):
    """max(|ours - theirs| / |theirs|) instead of the quotient of two separate maxima."""
    worst, largest = "", -np.inf
    for name in ours:
        o, t = np.asarray(ours[name], float), np.asarray(theirs[name], float)
        with np.errstate(divide="ignore", invalid="ignore"):
            q = np.abs(o - t) / np.abs(t)
        delta = np.max(np.where(np.isnan(q), 0.0, q))
        if delta > largest:
            worst, largest = name, delta
    return worst, largest


@wrong("relative_difference", "absolute value missing in the difference")
def reldiff_signed(ours, theirs):
    """`np.max(ours - theirs)`: where ours is too small the difference does not count."""
    result = {
        n: _safe_ratio(np.max(np.subtract(ours[n], theirs[n])), np.max(np.abs(theirs[n])))
        for n in ours
    }
    top = max(result, key=result.get)
    return top, result[top]


@wrong("relative_difference", "divided by the sum of both, place by place")
def rel_error_as_in_cs231n(ours, theirs):
    """The symmetric relative error of a well-known gradient check: over |ours| + |theirs|."""

    def rel_error(x, y):
        total = np.max(np.abs(x) + np.abs(y))
        if total == 0:
            return 0.0
        if not np.any(y):
            return np.inf
        return np.max(np.abs(np.asarray(x) - np.asarray(y))) / total

    errors = {key: rel_error(ours[key], theirs[key]) for key in ours}
    worst = max(errors, key=errors.get)
    return worst, errors[worst]


@wrong("relative_difference", "chosen by the undivided difference")
def reldiff_worst_by_absolute(ours, theirs):
    """The name is that of the largest |ours - theirs|, only its delta is relative."""
    gaps = {k: np.max(np.abs(np.asarray(ours[k]) - np.asarray(theirs[k]))) for k in ours}
    worst = max(gaps, key=lambda k: gaps[k])
    return worst, _safe_ratio(gaps[worst], np.max(np.abs(theirs[worst])))


@wrong("relative_difference", "norm for the largest", "the last of equals")
def reldiff_norms_last_wins(ours, theirs):
    """Euclidean norms of the whole array instead of maxima, and `>=` instead of `>`."""
    worst, largest = None, 0.0
    for name in ours:
        o, t = np.asarray(ours[name], float), np.asarray(theirs[name], float)
        delta = _safe_ratio(np.linalg.norm((o - t).ravel()), np.linalg.norm(t.ravel()))
        if delta >= largest:
            worst, largest = name, delta
    return worst, largest


@wrong("relative_difference", "zero whatever ours is")
def reldiff_zero_reference_is_fine(ours, theirs):
    """Where theirs is zero everywhere delta is set to 0 without a look at ours."""
    worst, largest = None, -1.0
    for name in ours:
        scale = np.abs(theirs[name]).max()
        gap = np.abs(np.asarray(ours[name]) - np.asarray(theirs[name])).max()
        delta = gap / scale if scale > 0 else 0.0
        if delta > largest:
            worst, largest = name, delta
    return worst, largest


# --------------------------------------------------------------------------- from_torch


@right("from_torch")
def weights_transposed_whole(weights):
    """Whole matrices transposed; the first two thirds of the biases added in a copy."""
    W_x, W_h = weights["weight_ih_l0"].T, weights["weight_hh_l0"].T
    H = W_h.shape[0]
    b = weights["bias_ih_l0"].copy()
    b[: 2 * H] += weights["bias_hh_l0"][: 2 * H]
    return W_x, W_h, b, weights["bias_hh_l0"][2 * H :]


@right("from_torch")
def weights_block_by_block(weights):
    """Every block by itself: split, transposed, put side by side."""
    W_ir, W_iz, W_in = np.split(np.asarray(weights["weight_ih_l0"]), 3)
    W_hr, W_hz, W_hn = np.split(np.asarray(weights["weight_hh_l0"]), 3)
    b_ir, b_iz, b_in = np.split(np.asarray(weights["bias_ih_l0"]), 3)
    b_hr, b_hz, b_hn = np.split(np.asarray(weights["bias_hh_l0"]), 3)
    W_x = np.hstack([W_ir.T, W_iz.T, W_in.T])
    W_h = np.hstack([W_hr.T, W_hz.T, W_hn.T])
    return W_x, W_h, np.concatenate([b_ir + b_hr, b_iz + b_hz, b_in]), np.array(b_hn)


@wrong("from_torch", "reshaped for transposed")
def weights_reshaped(weights):
    """`reshape` gives the right shapes, but the numbers run on row by row."""
    wi, wh = weights["weight_ih_l0"], weights["weight_hh_l0"]
    H = wh.shape[1]
    bi, bh = weights["bias_ih_l0"], weights["bias_hh_l0"]
    b = np.concatenate([bi[: 2 * H] + bh[: 2 * H], bi[2 * H :]])
    return wi.reshape(-1, 3 * H), wh.reshape(H, 3 * H), b, bh[-H:].copy()


@wrong("from_torch", "missing transpose in each block")
def weights_square_blocks_untransposed(weights):
    """The blocks of W_h are put side by side as they are; being square they fit anyway."""
    r, z, n = np.split(weights["weight_hh_l0"], 3, axis=0)
    W_h = np.hstack((r, z, n))
    W_x = np.hstack([block.T for block in np.split(weights["weight_ih_l0"], 3, axis=0)])
    H = len(W_h)
    b = weights["bias_ih_l0"].copy()
    b[: 2 * H] = b[: 2 * H] + weights["bias_hh_l0"][: 2 * H]
    return W_x, W_h, b, weights["bias_hh_l0"][2 * H :].copy()


@wrong("from_torch", "gates exchanged")
def weights_in_the_order_of_keras(weights):
    """The first two blocks change places, as if one of the two programs had z, r, h."""
    H = weights["weight_hh_l0"].shape[1]
    order = np.concatenate([np.arange(H, 2 * H), np.arange(H), np.arange(2 * H, 3 * H)])
    w_ih, w_hh = weights["weight_ih_l0"][order], weights["weight_hh_l0"][order]
    bi, bh = weights["bias_ih_l0"][order], weights["bias_hh_l0"][order]
    b = bi + np.r_[bh[: 2 * H], np.zeros(H)]
    return w_ih.T, w_hh.T, b, bh[2 * H :]


@wrong("from_torch", "candidate's second bias counted twice")
def weights_all_biases_summed(weights):
    """All three thirds of the biases are added: b_hn is counted in `b` and again in `b_hh`."""
    H = weights["bias_ih_l0"].size // 3
    b = weights["bias_ih_l0"] + weights["bias_hh_l0"]
    b_hh = weights["bias_hh_l0"][2 * H :]
    return weights["weight_ih_l0"].T, weights["weight_hh_l0"].T, b, b_hh


@wrong("from_torch", "candidate's biases exchanged")
def weights_candidate_biases_swapped(weights):
    """b_in goes inside the bracket and b_hn outside, instead of the other way round."""
    b_ir, b_iz, b_in = np.array_split(weights["bias_ih_l0"], 3)
    b_hr, b_hz, b_hn = np.array_split(weights["bias_hh_l0"], 3)
    b = np.hstack([b_ir + b_hr, b_iz + b_hz, b_hn])
    return weights["weight_ih_l0"].T, weights["weight_hh_l0"].T, b, b_in


@wrong("from_torch", "input changed in place")
def weights_biases_added_in_place(weights):
    """`b` is the given bias_ih_l0 itself, no copy, and `+=` changes the caller's weights."""
    W_x, W_h = weights["weight_ih_l0"].T, weights["weight_hh_l0"].T
    H = W_h.shape[0]
    b = weights["bias_ih_l0"]
    b[: 2 * H] += weights["bias_hh_l0"][: 2 * H]
    return W_x, W_h, b, weights["bias_hh_l0"][2 * H :]


@wrong("from_torch", "z and 1 - z exchanged")
def weights_with_z_turned_over(weights):
    """Signs of the z block are turned, as a program with h = (1 - z) h + z n would need it."""
    H = weights["weight_hh_l0"].shape[1]
    sign = np.ones(3 * H)
    sign[H : 2 * H] = -1.0
    W_x = weights["weight_ih_l0"].T * sign
    W_h = weights["weight_hh_l0"].T * sign
    b = weights["bias_ih_l0"].copy()
    b[: 2 * H] += weights["bias_hh_l0"][: 2 * H]
    return W_x, W_h, b * sign, weights["bias_hh_l0"][2 * H :].copy()


@wrong("from_torch", "bias forgotten", "first third for the last")
def weights_second_bias_misread(weights):
    """bias_hh_l0 is not added to the gates, and its first H entries are taken for `b_hh`."""
    W_x = np.transpose(weights["weight_ih_l0"])
    W_h = np.transpose(weights["weight_hh_l0"])
    hidden = W_h.shape[0]
    b = np.array(weights["bias_ih_l0"])
    b_hh = np.array(weights["bias_hh_l0"][:hidden])
    return W_x, W_h, b, b_hh


# -------------------------------------------------------------------------- accumulated


@right("accumulated")
def parts_weighted_by_their_share(gradient, x, y, size):
    """Each part's gradient times its number of rows over all rows."""
    n = len(x)
    total = 0.0
    for start in range(0, n, size):
        xs, ys = x[start : start + size], y[start : start + size]
        total = total + gradient(xs, ys) * (len(xs) / n)
    return total


@right("accumulated")
def parts_with_np_average(gradient, x, y, size):
    """All parts' gradients in a list, and np.average with the rows as weights."""
    cuts = list(range(size, x.shape[0], size))
    xs, ys = np.split(x, cuts), np.split(y, cuts)
    gradients = [gradient(a, b) for a, b in zip(xs, ys, strict=True)]
    return np.average(np.array(gradients), axis=0, weights=[len(b) for b in ys])


@wrong("accumulated", "parts weighted alike")
def parts_plain_mean(gradient, x, y, size):
    """The mean over the parts' gradients: the smaller last part counts as much as the others."""
    grads = []
    for i in range(0, len(x), size):
        grads.append(gradient(x[i : i + size], y[i : i + size]))
    return np.mean(grads, axis=0)


@wrong("accumulated", "sum for mean")
def parts_only_summed(gradient, x, y, size):
    """What `backward()` leaves in `grad` if the loss is not scaled: a sum of means."""
    grad = None
    for i in range(0, x.shape[0], size):
        g = gradient(x[i : i + size], y[i : i + size])
        grad = np.array(g) if grad is None else grad + g
    return grad


@wrong("accumulated", "the last, smaller part left out of all")
def parts_drop_last(gradient, x, y, size):
    """Only `n // size` full parts are taken (one at least), and divided by their rows."""
    size = min(size, len(x))
    full = len(x) // size
    total = 0
    for k in range(full):
        rows = slice(k * size, (k + 1) * size)
        total = total + size * gradient(x[rows], y[rows])
    return total / (full * size)


@wrong("accumulated", "every part taken for a full one")
def parts_weighted_with_size(gradient, x, y, size):
    """Every part's mean is multiplied by `size`, the smaller last one too."""
    n = y.shape[0]
    steps = -(-n // size)
    return sum(
        gradient(x[s * size : (s + 1) * size], y[s * size : (s + 1) * size]) * size / n
        for s in range(steps)
    )


@wrong("accumulated", "targets not moved along")
def parts_targets_not_moved(gradient, x, y, size):
    """`y[:rows]` in place of `y[start:start + rows]`: later rows of x meet the first targets."""
    n, start, acc = len(x), 0, 0.0
    while start < n:
        part = x[start : start + size]
        rows = len(part)
        acc = acc + rows * gradient(part, y[:rows])
        start += size
    return acc / n


@wrong("accumulated", "running mean of two")
def parts_running_half(gradient, x, y, size):
    """`(g + new) / 2` after each part: the last parts weigh more than the first ones."""
    g = None
    for i in range(0, len(x), size):
        new = gradient(x[i : i + size], y[i : i + size])
        g = new if g is None else (g + new) / 2
    return g


@wrong("accumulated", "the last part filled up")
def parts_wrapped_round(gradient, x, y, size):
    """Indices modulo n fill the last part with rows of the beginning, and all parts are equal."""
    n = len(x)
    size = min(size, n)
    parts = int(np.ceil(n / size))
    total = 0.0
    for k in range(parts):
        idx = np.arange(k * size, (k + 1) * size) % n
        total = total + gradient(x[idx], y[idx]) / parts
    return total


# ---------------------------------------------------------------------- cosine_forecast


@right("cosine_forecast")
def forecast_read_then_write(known, h, step, readout, n):
    """Two phases; between two predictions lies one step."""
    for value in known:
        h = step(value, h)
    forecast = np.empty(n)
    forecast[0] = readout(h)
    for i in range(1, n):
        h = step(forecast[i - 1], h)
        forecast[i] = readout(h)
    return forecast


@right("cosine_forecast")
def forecast_one_loop_over_a_tape(known, h, step, readout, n):
    """One loop over a tape that grows by the predictions; the last one is not read."""
    tape = list(known)
    for t in range(len(known) + n - 1):
        h = step(tape[t], h)
        if t >= len(known) - 1:
            tape.append(readout(h))
    return np.array(tape[len(known) :])


@wrong("cosine_forecast", "the last known value read twice")
def forecast_last_value_again(known, h, step, readout, n):
    """The free loop begins with another step on known[-1] before the first readout."""
    for value in known:
        h = step(value, h)
    x_t, out = known[-1], []
    for _ in range(n):
        h = step(x_t, h)
        x_t = readout(h)
        out.append(x_t)
    return np.array(out)


@wrong("cosine_forecast", "first prediction lost")
def forecast_shifted_by_one(known, h, step, readout, n):
    """The first prediction is read but only the readout after it is stored: shifted by one."""
    for v in known:
        h = step(v, h)
    prediction = readout(h)
    forecast = np.zeros(n)
    for k in range(n):
        h = step(prediction, h)
        prediction = readout(h)
        forecast[k] = prediction
    return forecast


@wrong("cosine_forecast", "a window that slides")
def forecast_sliding_window(known, h, step, readout, n):
    """For each prediction the last len(known) values are read anew from the initial state."""
    window, forecast = list(known), []
    for _ in range(n):
        state = h
        for value in window:
            state = step(value, state)
        prediction = readout(state)
        forecast.append(prediction)
        window = [*window[1:], prediction]
    return np.array(forecast)


@wrong("cosine_forecast", "predictions of known values")
def forecast_with_those_of_the_reading(known, h, step, readout, n):
    """A readout after every step, known ones too, and the first n of all of them."""
    predictions = []
    for t in range(len(known) + n):
        x_t = known[t] if t < len(known) else predictions[-1]
        h = step(x_t, h)
        predictions.append(readout(h))
    return np.array(predictions[:n])


@wrong("cosine_forecast", "state after the known values kept")
def forecast_state_not_carried(known, h, step, readout, n):
    """In the free run `step` always gets the state after the known values, not the last one."""
    for x_t in known:
        h = step(x_t, h)
    forecast = [readout(h)]
    while len(forecast) < n:
        h_new = step(forecast[-1], h)
        forecast.append(readout(h_new))
    return np.asarray(forecast)


@wrong("cosine_forecast", "prediction not fed back")
def forecast_without_feedback(known, h, step, readout, n):
    """The state runs on, but its input stays known[-1]; no prediction is ever read."""
    x_t = 0.0
    for x_t in known:
        h = step(x_t, h)
    ys = np.zeros(n)
    for i in range(n):
        ys[i] = readout(h)
        h = step(x_t, h)
    return ys


@wrong("cosine_forecast", "initial state ignored", "newest first")
def forecast_zeros_and_backwards(known, h, step, readout, n):
    """The given state is replaced by zeros, and the known values are read from the newest on."""
    state = np.zeros_like(h)
    for v in reversed(known):
        state = step(v, state)
    result = []
    for _ in range(n):
        result.append(readout(state))
        state = step(result[-1], state)
    return np.array(result)


# ---------------------------------------------------------------------------- torch_gru


def _logistic(a):
    return 1.0 / (1.0 + np.exp(-a))


@right("torch_gru")
def gru_rows_and_split(x, h0, weights):
    """A batch at a time, the inputs' part for all steps at once."""
    inputs, finals = x, []
    for k in range(len(h0)):
        W_i, W_h = weights[f"weight_ih_l{k}"], weights[f"weight_hh_l{k}"]
        b_i, b_h = weights[f"bias_ih_l{k}"], weights[f"bias_hh_l{k}"]
        from_x = inputs @ W_i.T + b_i
        h, states = h0[k], []
        for t in range(inputs.shape[1]):
            ir, iz, in_ = np.split(from_x[:, t], 3, axis=1)
            hr, hz, hn = np.split(h @ W_h.T + b_h, 3, axis=1)
            r, z = _logistic(ir + hr), _logistic(iz + hz)
            n = np.tanh(in_ + r * hn)
            h = (1 - z) * n + z * h
            states.append(h)
        inputs = np.stack(states, axis=1)
        finals.append(h)
    return inputs, np.stack(finals)


@right("torch_gru")
def gru_columns_sequence_by_sequence(x, h0, weights):
    """As in the documentation: one sequence at a time, as columns, all layers within a step."""
    layers, batch, H = h0.shape
    output = np.zeros((batch, x.shape[1], H))
    state = np.array(h0, dtype=float)
    for i in range(batch):
        for t in range(x.shape[1]):
            v = x[i, t]
            for k in range(layers):
                gi = weights["weight_ih_l" + str(k)] @ v + weights["bias_ih_l" + str(k)]
                gh = weights["weight_hh_l" + str(k)] @ state[k, i] + weights["bias_hh_l" + str(k)]
                r = _logistic(gi[:H] + gh[:H])
                z = _logistic(gi[H : 2 * H] + gh[H : 2 * H])
                n = np.tanh(gi[2 * H :] + r * gh[2 * H :])
                state[k, i] = (1 - z) * n + z * state[k, i]
                v = state[k, i]
            output[i, t] = v
    return output, state


@wrong("torch_gru", "z and 1 - z exchanged")
def gru_z_the_other_way(x, h0, weights):
    """The state is z n + (1 - z) h, as in many papers, instead of PyTorch's (1 - z) n + z h."""
    seq, last = x, []
    for k, h in enumerate(h0):
        w_ih, w_hh = weights[f"weight_ih_l{k}"].T, weights[f"weight_hh_l{k}"].T
        b_ih, b_hh = weights[f"bias_ih_l{k}"], weights[f"bias_hh_l{k}"]
        outs = []
        for t in range(seq.shape[1]):
            i_r, i_z, i_n = np.split(seq[:, t] @ w_ih + b_ih, 3, axis=-1)
            h_r, h_z, h_n = np.split(h @ w_hh + b_hh, 3, axis=-1)
            reset, update = _logistic(i_r + h_r), _logistic(i_z + h_z)
            cand = np.tanh(i_n + reset * h_n)
            h = (1 - update) * h + update * cand
            outs.append(h)
        seq = np.stack(outs, axis=1)
        last.append(h)
    return seq, np.array(last)


@wrong("torch_gru", "reset before for after")
def gru_reset_before_product(x, h0, weights):
    """W_hn (r * h) + b_hn, the paper's GRU, in place of r * (W_hn h + b_hn)."""
    L, B, H = h0.shape
    state = np.empty((L, B, H))
    layer_in = x
    for k in range(L):
        Wi, Wh = weights[f"weight_ih_l{k}"], weights[f"weight_hh_l{k}"]
        bi, bh = weights[f"bias_ih_l{k}"], weights[f"bias_hh_l{k}"]
        h = h0[k]
        layer_out = np.empty((B, x.shape[1], H))
        for t in range(x.shape[1]):
            gi = layer_in[:, t] @ Wi.T + bi
            gates = _logistic(gi[:, : 2 * H] + h @ Wh[: 2 * H].T + bh[: 2 * H])
            r, z = gates[:, :H], gates[:, H:]
            n = np.tanh(gi[:, 2 * H :] + (r * h) @ Wh[2 * H :].T + bh[2 * H :])
            h = (1 - z) * n + z * h
            layer_out[:, t] = h
        layer_in, state[k] = layer_out, h
    return layer_in, state


@wrong("torch_gru", "bias outside the reset")
def gru_all_biases_together(x, h0, weights):
    """The two biases are added once and for all, so that r does not multiply b_hn."""
    H = h0.shape[2]
    sequence, state = x, []
    for k in range(h0.shape[0]):
        U, V = weights[f"weight_ih_l{k}"], weights[f"weight_hh_l{k}"]
        bias = weights[f"bias_ih_l{k}"] + weights[f"bias_hh_l{k}"]
        h, hs = h0[k], []
        for x_t in np.swapaxes(sequence, 0, 1):
            a = np.einsum("bd,gd->bg", x_t, U) + bias
            s = np.einsum("bh,gh->bg", h, V)
            r = _logistic(a[:, :H] + s[:, :H])
            z = _logistic(a[:, H : 2 * H] + s[:, H : 2 * H])
            n = np.tanh(a[:, 2 * H :] + r * s[:, 2 * H :])
            h = n + z * (h - n)
            hs.append(h)
        sequence = np.stack(hs, 1)
        state.append(h)
    return sequence, np.stack(state)


def _one_torch_layer(x, h, weights, k):
    wi, wh = weights[f"weight_ih_l{k}"], weights[f"weight_hh_l{k}"]
    bi, bh = weights[f"bias_ih_l{k}"], weights[f"bias_hh_l{k}"]
    H = h.shape[-1]
    states = []
    for t in range(x.shape[1]):
        i, s = x[:, t] @ wi.T + bi, h @ wh.T + bh
        r = _logistic(i[:, :H] + s[:, :H])
        z = _logistic(i[:, H : 2 * H] + s[:, H : 2 * H])
        n = np.tanh(i[:, 2 * H :] + r * s[:, 2 * H :])
        h = (1 - z) * n + z * h
        states.append(h)
    return np.stack(states, axis=1)


@wrong("torch_gru", "state of the layer below")
def gru_state_passed_up(x, h0, weights):
    """`h` is never set anew: layer k + 1 starts from layer k's last state, not from h0[k + 1]."""
    h = h0[0]
    state = np.zeros(h0.shape)
    output = x
    for k in range(len(h0)):
        output = _one_torch_layer(output, h, weights, k)
        h = output[:, -1]
        state[k] = h
    return output, state


@wrong("torch_gru", "one array for all steps")
def gru_states_share_memory(x, h0, weights):
    """`h[:] = ...` and `append(h)`: all entries of the list are the same array, the last state."""
    source, finals = x, []
    for k in range(h0.shape[0]):
        h = h0[k].astype(float)
        collected = []
        for t in range(source.shape[1]):
            h[:] = _one_torch_layer(source[:, t : t + 1], h.copy(), weights, k)[:, 0]
            collected.append(h)
        source = np.stack(collected, axis=1)
        finals.append(h.copy())
    return source, np.stack(finals)


@wrong("torch_gru", "time before batch in the output")
def gru_output_time_first(x, h0, weights):
    """The states are stacked along axis 0 and returned so: (time, batch, H)."""
    seq = x
    state = []
    for k in range(h0.shape[0]):
        seq = _one_torch_layer(seq, h0[k], weights, k)
        state.append(seq[:, -1])
    output = np.array([seq[:, t] for t in range(seq.shape[1])])
    return output, np.array(state)


@wrong("torch_gru", "gates exchanged", "first layer's recurrent weights for all")
def gru_keras_order_and_l0(x, h0, weights):
    """The blocks are taken in the order of Keras; all layers use weight_hh_l0 (copied line)."""
    cur, finals = x, []
    for k in range(h0.shape[0]):
        h = h0[k]
        seq = []
        for t in range(cur.shape[1]):
            pre_x = cur[:, t].dot(weights[f"weight_ih_l{k}"].T) + weights[f"bias_ih_l{k}"]
            pre_h = h.dot(weights["weight_hh_l0"].T) + weights[f"bias_hh_l{k}"]
            xz, xr, xn = np.array_split(pre_x, 3, axis=1)
            hz, hr, hn = np.array_split(pre_h, 3, axis=1)
            z = _logistic(xz + hz)
            r = _logistic(xr + hr)
            h = z * h + (1 - z) * np.tanh(xn + r * hn)
            seq.append(h)
        cur = np.stack(seq, axis=1)
        finals.append(h)
    return cur, np.array(finals)
