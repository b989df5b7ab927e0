"""Answers to the exercises of chapter 10."""

import numpy as np
from catalogue import right, wrong

from gru_lib import GRU


@right("count_forward")
def two_products_counted(G, B, T, D, H, size):
    """The input's product and the state's, each by its three lengths."""
    from_input = (T * B) * D * (G * H)
    from_state = T * (B * H * (G * H))
    return from_input + from_state, T * B * G * H * size * 1e-6


@right("count_forward")
def counted_in_a_loop(G, B, T, D, H, size):
    """Adds up step by step."""
    products = numbers = 0
    for _ in range(T):
        products += B * G * (D * H + H * H)
        numbers += B * G * H
    return products, size * numbers / 10**6


@wrong("count_forward", "backward counted, too")
def as_in_the_chapter(G, B, T, D, H, size):
    """The chapter's count of a pass forward and back."""
    return 3 * G * H * (D + H) * B * T, G * B * T * H * size / 1e6


@wrong("count_forward", "additions counted, too")
def floating_point_operations(G, B, T, D, H, size):
    """A multiplication and an addition for each weight."""
    weights = G * (D * H + H * H)
    return 2 * weights * B * T, G * B * T * H * size / 1e6


@wrong("count_forward", "2**20 for a million")
def mebibytes(G, B, T, D, H, size):
    """Divides by 1024 twice."""
    return G * H * (D + H) * B * T, G * B * T * H * size / 1024 / 1024


@wrong("count_forward", "input forgotten")
def recurrent_part_only(G, B, T, D, H, size):
    """Counts the products of the loop and forgets the one before it."""
    return T * B * H * G * H, B * T * G * H * size / 1e6


@right("stable_sigmoid")
def by_signs(a):
    """Two formulas, each computed only where it is safe."""
    s = np.empty_like(a)
    high = a >= 0
    s[high] = 1 / (1 + np.exp(-a[high]))
    e = np.exp(a[~high])
    s[~high] = e / (1 + e)
    return s


@right("stable_sigmoid")
def in_place_on_a_copy(a):
    """The tanh form, written into one new array."""
    s = np.array(a) / 2
    np.tanh(s, out=s)
    s += 1
    s *= 0.5
    return s


@right("stable_sigmoid")
def by_logaddexp(a):
    """exp(-log(1 + exp(-a)))."""
    return np.exp(-np.logaddexp(0, -a))


@wrong("stable_sigmoid", "overflow")
def as_defined(a):
    """The definition; e**1000 overflows."""
    return 1.0 / (1.0 + np.exp(-a))


@wrong("stable_sigmoid", "overflow")
def silenced(a):
    """The definition with the warnings switched off."""
    with np.errstate(all="ignore"):
        return 1 / (1 + np.exp(-a))


@wrong("stable_sigmoid", "overflow")
def two_branches(a):
    """np.where computes both branches."""
    return np.where(a >= 0, 1 / (1 + np.exp(-a)), 1 - 1 / (1 + np.exp(a)))


@wrong("stable_sigmoid", "factor 2 missing")
def not_halved(a):
    """tanh(a) where tanh(a / 2) belongs."""
    return (np.tanh(a) + 1) / 2


@wrong("stable_sigmoid", "input changed in place")
def halved_in_place(a):
    """Halves the caller's array."""
    a /= 2
    return (1 + np.tanh(a)) / 2


@right("speed_ratio")
def with_percentiles(before, after):
    """Percentiles of the ratios."""
    q = np.divide(before, after)
    low, high = np.percentile(q, 25), np.percentile(q, 75)
    return np.median(q), low, high, not (low <= 1 <= high)


@right("speed_ratio")
def with_the_standard_library(before, after):
    """Lists and statistics."""
    import statistics

    ratios = [b / a for b, a in zip(before, after, strict=True)]
    low, middle, high = statistics.quantiles(ratios, n=4, method="inclusive")
    return middle, low, high, min(low, high) > 1 or max(low, high) < 1


@wrong("speed_ratio", "ratio of the means")
def mean_by_mean(before, after):
    """The gain from the means, the band from the ratios."""
    low, high = np.quantile(before / after, [0.25, 0.75])
    return np.mean(before) / np.mean(after), low, high, bool(low > 1 or high < 1)


@wrong("speed_ratio", "ratio of the medians")
def median_by_median(before, after):
    """Medians first, then the quotient."""
    q = before / after
    low, high = np.quantile(q, 0.25), np.quantile(q, 0.75)
    return np.median(before) / np.median(after), low, high, low > 1 or high < 1


@wrong("speed_ratio", "sorted apart")
def sorted_first(before, after):
    """Sorts both, so that the turns are torn apart."""
    q = np.sort(before) / np.sort(after)
    low, gain, high = np.quantile(q, [0.25, 0.5, 0.75])
    return gain, low, high, bool(low > 1 or high < 1)


@wrong("speed_ratio", "ratios upside down")
def share_of_the_time(before, after):
    """What part of the old time the new program takes."""
    low, gain, high = np.quantile(after / before, (0.25, 0.5, 0.75))
    return gain, low, high, bool(low > 1 or high < 1)


@wrong("speed_ratio", "faster only")
def clear_if_faster(before, after):
    """A slower program is never clear."""
    low, gain, high = np.quantile(before / after, (0.25, 0.5, 0.75))
    return gain, low, high, 1.0 if low > 1 else 0.0


@right("hoist")
def swapped_at_the_end(x, W_x, b):
    """Rows in the order in which they come; the axes are exchanged in the result."""
    rows = x.reshape(-1, x.shape[2])
    return np.swapaxes((rows @ W_x + b).reshape(*x.shape[:2], -1), 0, 1)


@right("hoist")
def with_einsum(x, W_x, b):
    """Indices by name."""
    return np.einsum("btd,dc->tbc", x, W_x) + b


@right("hoist")
def step_by_step(x, W_x, b):
    """A loop; slow and right."""
    return [x[:, t] @ W_x + b for t in range(x.shape[1])]


@wrong("hoist", "batch and time mixed up")
def only_reshaped(x, W_x, b):
    """Reshapes to (T, B, C) without exchanging axes."""
    B, T, D = x.shape
    rows = x.reshape(B * T, D)
    return np.reshape(rows @ W_x + b, (T, B, W_x.shape[1]))


@wrong("hoist", "batch first")
def records_first(x, W_x, b):
    """Leaves the axes where they are."""
    return np.matmul(x, W_x) + b


@wrong("hoist", "bias forgotten")
def without_bias(x, W_x, b):
    """Only the product."""
    return np.tensordot(x.transpose(1, 0, 2), W_x, axes=1)


@wrong("hoist", "rows scrambled")
def columns_by_reshape(x, W_x, b):
    """Wants D columns, and gets them by a reshape and a transpose."""
    B, T, D = x.shape
    flat = np.transpose(x.reshape(D, B * T))
    return (flat @ W_x + b).reshape(T, B, -1)


@wrong("hoist", "last step everywhere")
def one_buffer(x, W_x, b):
    """All entries of the list are the same array."""
    steps, out = [], np.empty((x.shape[0], len(b)))
    for t in range(x.shape[1]):
        out[:] = x[:, t] @ W_x + b
        steps.append(out)
    return np.array(steps)


@right("gather")
def with_einsum_throughout(x, h, da, W_x):
    """Indices by name."""
    return (
        np.einsum("tbd,tbc->dc", x, da),
        np.einsum("tbh,tbc->hc", h[:-1], da),
        np.einsum("tbc->c", da),
        np.einsum("tbc,dc->tbd", da, W_x),
    )


@right("gather")
def one_product_for_all_weights(x, h, da, W_x):
    """Input, state and ones side by side: all gradients of weights from one product."""
    T, B, D = x.shape
    rows = np.concatenate([x, h[:T], np.ones((T, B, 1))], axis=2).reshape(T * B, -1)
    everything = rows.T @ da.reshape(T * B, -1)
    return everything[:D], everything[D:-1], everything[-1], da @ W_x.T


@wrong("gather", "this state for the one before")
def states_after_the_step(x, h, da, W_x):
    """Drops the initial state, and keeps the last."""
    a = da.reshape(-1, da.shape[-1])
    X = x.reshape(len(a), -1)
    S = h[1:].reshape(len(a), -1)
    return X.T @ a, S.T @ a, a.sum(0), (a @ W_x.T).reshape(x.shape)


@wrong("gather", "= for +=")
def overwritten(x, h, da, W_x):
    """A walk back that assigns."""
    dx = np.zeros(x.shape)
    for t in range(len(da) - 1, -1, -1):
        dW_x = x[t].T @ da[t]
        dW_h = h[t].T @ da[t]
        db = da[t].sum(axis=0)
        dx[t] = da[t] @ W_x.T
    return dW_x, dW_h, db, dx


@wrong("gather", "bias averaged")
def bias_by_mean(x, h, da, W_x):
    """The bias gets the mean over steps and records."""
    a = da.reshape(-1, da.shape[-1])
    dW_x, dW_h = (v.reshape(len(a), -1).T @ a for v in (x, h[:-1]))
    return dW_x, dW_h, da.mean(axis=(0, 1)), da @ W_x.T


@wrong("gather", "missing transpose")
def forward_matrix_back(x, h, da, W_x):
    """Multiplies by W_x on the way to the input."""
    a = da.reshape(-1, da.shape[-1])
    dW_x, dW_h = (v.reshape(len(a), -1).T @ a for v in (x, h[:-1]))
    return dW_x, dW_h, a.sum(0), da @ W_x


@wrong("gather", "batch and time mixed up")
def axes_of_one_side(x, h, da, W_x):
    """Takes x and h for records first and exchanges their axes."""
    a = da.reshape(-1, da.shape[-1])
    X = x.swapaxes(0, 1).reshape(len(a), -1)
    S = h[:-1].swapaxes(0, 1).reshape(len(a), -1)
    return X.T @ a, S.T @ a, a.sum(0), (a @ W_x.T).reshape(x.shape)


@right("gru_forward")
def the_library_itself(x, h0, W_x, W_h, b, b_hh):
    """Fills a layer's weights and runs it."""
    layer = GRU(x.shape[2], h0.shape[1], reset="after")
    for name, array in (("W_x", W_x), ("W_h", W_h), ("b", b), ("b_hh", b_hh)):
        layer.params[name][:] = array
    states, _ = layer.forward(x, state=h0)
    return states


@right("gru_forward")
def gate_by_gate_and_record_by_record(x, h0, W_x, W_h, b, b_hh):
    """The naive loop, without a product of more than one row."""

    def logistic(v):
        return 1 / (1 + np.exp(-v))

    wx, wh, bs = np.split(W_x, 3, axis=1), np.split(W_h, 3, axis=1), np.split(b, 3)
    out = []
    for record, h in zip(x, h0, strict=True):
        out.append([])
        for v in record:
            r, z = (logistic(v @ wx[k] + bs[k] + h @ wh[k]) for k in (0, 1))
            n = np.tanh(v @ wx[2] + bs[2] + r * (h @ wh[2] + b_hh))
            h = n + z * (h - n)
            out[-1].append(h)
    return np.array(out)


@right("gru_forward")
def written_into_one_array(x, h0, W_x, W_h, b, b_hh):
    """One array with h_0 in front, filled in place; negated pre-activations for 1 - z."""
    (B, T, _), H = x.shape, h0.shape[1]
    a = np.einsum("btd,dc->tbc", x, W_x) + b
    h = np.zeros((T + 1, B, H))
    h[0] = h0
    for t in range(T):
        u = h[t] @ W_h
        r = 0.5 + 0.5 * np.tanh((a[t] + u)[:, :H] / 2)
        new = 0.5 - 0.5 * np.tanh((a[t] + u)[:, H : 2 * H] / 2)
        np.tanh(a[t][:, 2 * H :] + r * (u[:, 2 * H :] + b_hh), out=h[t + 1])
        h[t + 1] *= new
        h[t + 1] += (1 - new) * h[t]
    return h[1:].transpose(1, 0, 2)


def _sigmoid(v):
    return 1 / (1 + np.exp(-v))


@wrong("gru_forward", "reset before for after")
def gated_before_the_product(x, h0, W_x, W_h, b, b_hh):
    """The state is gated, then multiplied."""
    H, h, states = h0.shape[1], h0, []
    a = (x @ W_x + b).swapaxes(0, 1)
    for a_t in a:
        r = _sigmoid(a_t[:, :H] + h @ W_h[:, :H])
        z = _sigmoid(a_t[:, H:-H] + h @ W_h[:, H:-H])
        n = np.tanh(a_t[:, -H:] + (r * h) @ W_h[:, -H:] + b_hh)
        h = z * h + (1 - z) * n
        states.append(h)
    return np.stack(states, axis=1)


@wrong("gru_forward", "bias outside the gate")
def both_biases_together(x, h0, W_x, W_h, b, b_hh):
    """b_hh is hoisted with b."""
    H, h, states = h0.shape[1], h0, []
    a = (x @ W_x + np.concatenate([b[: 2 * H], b[2 * H :] + b_hh])).swapaxes(0, 1)
    for a_t in a:
        u = h @ W_h
        r, z = np.split(_sigmoid(a_t[:, : 2 * H] + u[:, : 2 * H]), 2, axis=1)
        n = np.tanh(a_t[:, 2 * H :] + r * u[:, 2 * H :])
        h = z * h + (1 - z) * n
        states.append(h)
    return np.stack(states, axis=1)


@wrong("gru_forward", "batch and time mixed up")
def reshaped_to_time_first(x, h0, W_x, W_h, b, b_hh):
    """The hoisted rows stand record by record and are counted off as steps."""
    (B, T, D), H = x.shape, h0.shape[1]
    a = (x.reshape(B * T, D) @ W_x + b).reshape(T, B, 3 * H)
    h, states = h0, np.zeros((B, T, H))
    for t in range(T):
        u = h @ W_h
        r = _sigmoid(a[t, :, :H] + u[:, :H])
        z = _sigmoid(a[t, :, H : 2 * H] + u[:, H : 2 * H])
        n = np.tanh(a[t, :, 2 * H :] + r * (u[:, 2 * H :] + b_hh))
        h = z * h + (1 - z) * n
        states[:, t] = h
    return states


@wrong("gru_forward", "gates exchanged")
def z_columns_first(x, h0, W_x, W_h, b, b_hh):
    """Reads the columns in the order z, r, candidate."""
    H, h, states = h0.shape[1], h0, []
    for t in range(x.shape[1]):
        z, r, n = np.split(x[:, t] @ W_x + b, 3, axis=1)
        u_z, u_r, u_n = np.split(h @ W_h, 3, axis=1)
        z, r = _sigmoid(z + u_z), _sigmoid(r + u_r)
        n = np.tanh(n + r * (u_n + b_hh))
        h = z * h + (1 - z) * n
        states.append(h)
    return np.array(states).swapaxes(0, 1).reshape(x.shape[0], -1, H)


@wrong("gru_forward", "last state everywhere")
def state_written_in_place(x, h0, W_x, W_h, b, b_hh):
    """One array is written again and again, and the list holds it T times."""
    h, states = h0.copy(), []
    for t in range(x.shape[1]):
        r, z, n = np.split(x[:, t] @ W_x + b, 3, axis=1)
        u_r, u_z, u_n = np.split(h @ W_h, 3, axis=1)
        r, z = _sigmoid(r + u_r), _sigmoid(z + u_z)
        h[...] = z * h + (1 - z) * np.tanh(n + r * (u_n + b_hh))
        states.append(h)
    return np.stack(states, axis=1)


@wrong("gru_forward", "initial state not used")
def starts_from_zeros(x, h0, W_x, W_h, b, b_hh):
    """The loop starts from zeros."""
    return the_library_itself(x, np.zeros_like(h0), W_x, W_h, b, b_hh)


@wrong("speed_ratio", "always clear")
def always_a_result(before, after):
    """`clear` is always true: the band is above 0."""
    r = before / after
    low, gain, high = np.quantile(r, [0.25, 0.5, 0.75])
    return gain, low, high, bool(low > 0)


@wrong("speed_ratio", "clear not from the band")
def gain_against_half_the_band(before, after):
    """`clear` compares the gain's distance from 1 with half of the band's width."""
    r = before / after
    low, gain, high = np.quantile(r, [0.25, 0.5, 0.75])
    return gain, low, high, bool(abs(gain - 1) > (high - low) / 2)


@wrong("speed_ratio", "clear not from the band")
def clear_from_ten_and_ninety_per_cent(before, after):
    """Gain and quartiles are right, and `clear` is asked of a wider band."""
    r = before / after
    low, gain, high = np.quantile(r, [0.25, 0.5, 0.75])
    return gain, low, high, bool(not np.quantile(r, 0.1) <= 1 <= np.quantile(r, 0.9))


@wrong("speed_ratio", "all turns on one side")
def clear_if_all_turns_agree(before, after):
    """`clear` asks all turns to be faster, or all to be slower."""
    r = before / after
    low, gain, high = np.quantile(r, [0.25, 0.5, 0.75])
    return gain, low, high, bool((r > 1).all() or (r < 1).all())
