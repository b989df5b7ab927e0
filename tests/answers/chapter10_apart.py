"""Answers to the exercises of chapter 10, written from their text alone."""

import statistics

import numpy as np
from catalogue import right, wrong

# --- exercise 1: count_forward --------------------------------------------------------------


@right("count_forward")
def count_weights_times_steps(G, B, T, D, H, size):
    """Each weight once per record and step."""
    weights = G * (D * H + H * H)
    return weights * B * T, B * T * G * H * size / 1e6


@right("count_forward")
def count_product_by_product(G, B, T, D, H, size):
    """Every step's matrix products one after the other."""
    products = 0
    for _ in range(T):
        for _ in range(G):
            products += B * D * H
            products += B * H * H
    return products, np.prod([T, B, G * H]) * size * 1e-6


@wrong("count_forward", "backward counted, too")
def count_a_training_step(G, B, T, D, H, size):
    """Three times as many, as for forward and backward together."""
    products = 3 * G * B * T * H * (D + H)
    megabytes = size * G * B * T * H / 10**6
    return products, megabytes


@wrong("count_forward", "2**20 for a million")
def count_mebibytes(G, B, T, D, H, size):
    """1024 * 1024 bytes in place of a million."""
    n_bytes = B * T * G * H * size
    return B * T * (D + H) * G * H, n_bytes / 1024**2


@wrong("count_forward", "one gate stored")
def count_array_of_one_gate(G, B, T, D, H, size):
    """The array before the loop is taken as (T, B, H): the columns of the other gates miss."""
    per_step = G * (D * H + H**2)
    return per_step * B * T, T * B * H * size / 1e6


@wrong("count_forward", "one gate's state")
def count_state_matrix_once(G, B, T, D, H, size):
    """A missing bracket: G * D * H + H * H, so the state's matrix is counted once, not G times."""
    products = (G * D * H + H * H) * B * T
    return products, B * T * G * H * size / 1e6


@wrong("count_forward", "bias counted, too")
def count_parameters_as_products(G, B, T, D, H, size):
    """Mistake: biases counted.

    The biases are counted as a row of the matrices: (D + H + 1) * H per gate, the number of
    parameters.
    """
    params = G * ((D + H) * H + H)
    return params * B * T, (B * T) * (G * H) * size / 1e6


@wrong("count_forward", "additions counted, too", "size of the input")
def count_flops_and_input(G, B, T, D, H, size):
    """Two mistakes: size of x, not its projection; a multiplication counted twice.

    The bytes are those of the input with its D columns, and 2 operations are
    counted per multiplication, as when additions count.
    """
    flops = 2 * G * B * T * H * (D + H)
    return flops, B * T * D * size / 1e6


# --- exercise 2: stable_sigmoid -------------------------------------------------------------


@right("stable_sigmoid")
def sigmoid_by_tanh(a):
    """The chapter's formula."""
    return 0.5 * (1 + np.tanh(a / 2))


@right("stable_sigmoid")
def sigmoid_by_masks(a):
    """Two formulas, each computed only where it is harmless."""
    out = np.empty_like(a)
    positive = a >= 0
    out[positive] = 1 / (1 + np.exp(-a[positive]))
    e = np.exp(a[~positive])
    out[~positive] = e / (1 + e)
    return out


@right("stable_sigmoid")
def sigmoid_by_logaddexp(a):
    """Exp of minus softplus: nothing overflows, e^-1000 is quietly rounded to 0."""
    return np.exp(-np.logaddexp(0, -a))


@wrong("stable_sigmoid", "overflow")
def sigmoid_where_both_branches(a):
    """Mistake: where computes both branches.

    `np.where` chooses after both formulas have been computed everywhere, so both overflow. The
    result is right, but there are warnings.
    """
    return np.where(a >= 0, 1 / (1 + np.exp(-a)), np.exp(a) / (1 + np.exp(a)))


@wrong("stable_sigmoid", "factor 2 missing")
def sigmoid_twice_as_steep(a):
    """tanh(a) in place of tanh(a / 2): the sigmoid of 2a."""
    return (np.tanh(a) + 1) / 2


@wrong("stable_sigmoid", "sign of a forgotten")
def sigmoid_of_the_absolute_value(a):
    """exp(-|a|) cannot overflow, but 1 - s is forgotten where a is negative."""
    e = np.exp(-np.abs(a))
    return 1.0 / (1.0 + e)


@wrong("stable_sigmoid", "input changed in place")
def sigmoid_in_place(a):
    """`out = a` is another name, not a copy: the caller's array is overwritten."""
    neg = a < 0
    out = a
    out[~neg] = 1 / (1 + np.exp(-out[~neg]))
    t = np.exp(out[neg])
    out[neg] = t / (1 + t)
    return out


@wrong("stable_sigmoid", "clipped")
def sigmoid_clipped_at_six(a):
    """Mistake: clipped too early.

    The argument is clipped to -6 and 6, where the sigmoid is still 0.0025 away from its
    ends.
    """
    a = np.clip(a, -6, 6)
    return 1 / (1 + np.exp(-a))


@wrong("stable_sigmoid", "wrong shape", "sign of a forgotten")
def sigmoid_flat_list(a):
    """Two mistakes: the shape is lost; sign wrong in the negative branch.

    The numbers come back in one row, whatever the shape, and the branch for
    negative numbers is 1 / (1 + e^a), the sigmoid of -a.
    """
    values = []
    for v in np.ravel(a):
        if v >= 0:
            values.append(1 / (1 + np.exp(-v)))
        else:
            values.append(1 / (1 + np.exp(v)))
    return np.array(values)


# --- exercise 3: speed_ratio ----------------------------------------------------------------


@right("speed_ratio")
def ratio_then_quantiles(before, after):
    """Divide, then take the three quartiles."""
    ratios = np.asarray(before) / np.asarray(after)
    low, gain, high = np.quantile(ratios, [0.25, 0.5, 0.75])
    return gain, low, high, bool(low > 1 or high < 1)


@right("speed_ratio")
def ratio_with_percentiles(before, after):
    """A list of ratios, percentiles, and NumPy's own True or False."""
    r = [b / a for b, a in zip(before, after, strict=True)]
    low, high = np.percentile(r, 25), np.percentile(r, 75)
    return statistics.median(r), low, high, ~((low <= 1) & (high >= 1))


@wrong("speed_ratio", "ratio of the medians")
def ratio_of_medians(before, after):
    """The medians are taken first and then divided, which tears the turns apart."""
    r = np.array(before) / np.array(after)
    gain = np.median(before) / np.median(after)
    low, high = np.quantile(r, 0.25), np.quantile(r, 0.75)
    return gain, low, high, bool(low > 1 or high < 1)


@wrong("speed_ratio", "ratios upside down")
def ratio_after_over_before(before, after):
    """After divided by before: below 1 if the new program is faster."""
    r = np.divide(after, before)
    gain = np.median(r)
    low, high = np.quantile(r, (0.25, 0.75))
    return gain, low, high, not (low <= 1 <= high)


@wrong("speed_ratio", "mean of the ratios")
def ratio_mean(before, after):
    """The mean of the ratios as the gain, not the median."""
    ratios = np.asarray(before) / np.asarray(after)
    q1, q3 = np.quantile(ratios, [0.25, 0.75])
    return ratios.mean(), q1, q3, bool(q1 > 1 or q3 < 1)


@wrong("speed_ratio", "faster only")
def ratio_clear_only_if_faster(before, after):
    """`clear` is True only if the band is above 1; a clearly slower program counts as noise."""
    r = np.asarray(before) / np.asarray(after)
    low, gain, high = np.percentile(r, [25, 50, 75])
    clear = bool(low > 1)
    return gain, low, high, clear


@wrong("speed_ratio", "percent for parts")
def ratio_percentile_of_a_fraction(before, after):
    """Mistake: quarter of a percent, not quarter.

    `np.percentile` with 0.25 and 0.75, which it reads as percent: nearly the smallest ratio,
    twice.
    """
    r = np.asarray(before) / np.asarray(after)
    low = np.percentile(r, 0.25)
    high = np.percentile(r, 0.75)
    return np.median(r), low, high, bool(low > 1 or high < 1)


@wrong("speed_ratio", "sorted apart")
def ratio_of_sorted_times(before, after):
    """Mistake: times sorted before division.

    Both lists are sorted first, so the fastest turn of one is divided by the fastest of the
    other.
    """
    r = np.sort(before) / np.sort(after)
    gain = np.median(r)
    low, high = np.quantile(r, 0.25), np.quantile(r, 0.75)
    return gain, low, high, bool((low > 1) | (high < 1))


@wrong("speed_ratio", "quartiles of another definition")
def ratio_exclusive_quartiles(before, after):
    """`statistics.quantiles` has another default ("exclusive") than `np.quantile`."""
    r = [float(b / a) for b, a in zip(before, after, strict=True)]
    low, gain, high = statistics.quantiles(r, n=4)
    return gain, low, high, low > 1 or high < 1


@wrong("speed_ratio", "standard deviation for quartiles")
def ratio_standard_deviation(before, after):
    """The band is the median and one standard deviation to either side, not the quartiles."""
    q = np.asarray(before) / np.asarray(after)
    gain = np.median(q)
    s = q.std()
    return gain, gain - s, gain + s, bool(abs(gain - 1) > s)


@wrong("speed_ratio", "input changed in place")
def ratio_in_place(before, after):
    """`/=` writes the ratios into the caller's `before`."""
    ratios = before
    ratios /= after
    low, gain, high = np.quantile(ratios, [0.25, 0.5, 0.75])
    return gain, low, high, bool(not low <= 1 <= high)


@wrong("speed_ratio", "ratio of the fastest", "clear asks only the gain")
def ratio_of_best_times(before, after):
    """Two mistakes: fastest turns compared; clear asks only the gain.

    The gain is the smallest time divided by the smallest, as one does with
    `timeit`, and `clear` asks whether the gain lies outside of the band, not 1.
    """
    r = np.asarray(before) / np.asarray(after)
    gain = np.min(before) / np.min(after)
    low, high = np.quantile(r, [0.25, 0.75])
    return gain, low, high, bool(gain < low or gain > high)


# --- exercise 4: hoist ----------------------------------------------------------------------


@right("hoist")
def hoist_swap_then_reshape(x, W_x, b):
    """One product over all rows, time first."""
    B, T, D = x.shape
    rows = x.swapaxes(0, 1).reshape(T * B, D)
    return (rows @ W_x + b).reshape(T, B, -1)


@right("hoist")
def hoist_swap_afterwards(x, W_x, b):
    """The product with three axes, swapped at the end: a view, not contiguous."""
    return np.transpose(np.einsum("btd,dc->btc", x, W_x) + b, (1, 0, 2))


@wrong("hoist", "batch and time mixed up")
def hoist_reshape_the_input(x, W_x, b):
    """Mistake: reshape in place of swap.

    `x.reshape(T, B, D)` counts the numbers off differently and changes no order: the steps of
    one record stand where the records of one step should.
    """
    B, T, D = x.shape
    x = x.reshape(T, B, D)
    return x @ W_x + b


@wrong("hoist", "batch first")
def hoist_records_first(x, W_x, b):
    """The axes are never swapped: (B, T, C)."""
    B, T, D = x.shape
    flat = x.reshape(B * T, D) @ W_x + b
    return flat.reshape(B, T, W_x.shape[1])


@wrong("hoist", "mixed up on the way back")
def hoist_cut_the_wrong_way(x, W_x, b):
    """The rows are right, but the product is cut into (B, T, C) and swapped a second time."""
    B, T, D = x.shape
    rows = np.swapaxes(x, 0, 1).reshape(-1, D)
    a = rows @ W_x + b
    return a.reshape(B, T, -1).swapaxes(0, 1)


@wrong("hoist", "bias in the matrix")
def hoist_bias_in_the_matrix(x, W_x, b):
    """A bracket too many: x @ (W_x + b), so the bias is multiplied by the sum of the inputs."""
    xt = x.transpose(1, 0, 2)
    return xt @ (W_x + b)


@wrong("hoist", "bias in the first step only")
def hoist_bias_once(x, W_x, b):
    """The bias is added to a[0] alone, not to every step."""
    a = np.tensordot(x.transpose(1, 0, 2), W_x, axes=1)
    a[0] = a[0] + b
    return a


@wrong("hoist", "axes reversed")
def hoist_dot_t(x, W_x, b):
    """Mistake: x.T reverses all three axes.

    `x.T` reverses all three axes, (D, T, B); the reshape to rows of D then mixes inputs and
    records.
    """
    B, T, D = x.shape
    rows = x.T.reshape(T * B, D)
    return (rows.dot(W_x) + b).reshape(T, B, -1)


@wrong("hoist", "off by one")
def hoist_one_step_late(x, W_x, b):
    """Mistake: input one step late.

    A row of zeros is put in front and the last step dropped, so a[t] is made from x[t - 1],
    as if the input were shifted like the state.
    """
    B, T, D = x.shape
    late = np.concatenate([np.zeros((B, 1, D)), x[:, :-1]], axis=1)
    return np.stack([late[:, t] @ W_x + b for t in range(T)])


@wrong("hoist", "input changed in place")
def hoist_sets_the_shape(x, W_x, b):
    """Mistake: changes the shape of x.

    Assigning to `x.shape` turns the caller's array into one with two axes; the result is
    right.
    """
    B, T, D = x.shape
    x.shape = (B * T, D)
    a = x @ W_x + b
    return a.reshape(B, T, -1).swapaxes(0, 1)


@wrong("hoist", "batch and time mixed up", "bias forgotten")
def hoist_no_swap_no_bias(x, W_x, b):
    """Two mistakes: reshape in place of swap; bias forgotten.

    The product of the records-first rows is cut into (T, B, C), and the bias is
    left out.
    """
    B, T, D = x.shape
    C = b.shape[0]
    return np.matmul(x.reshape(-1, D), W_x).reshape(T, B, C)


# --- exercise 5: gather ---------------------------------------------------------------------


@right("gather")
def gather_with_rows(x, h, da, W_x):
    """All steps and records below each other, one product per matrix."""
    T, B, C = da.shape
    rows = da.reshape(T * B, C)
    dW_x = x.reshape(T * B, -1).T @ rows
    dW_h = h[:-1].reshape(T * B, -1).T @ rows
    return dW_x, dW_h, rows.sum(axis=0), (rows @ W_x.T).reshape(x.shape)


@right("gather")
def gather_with_a_loop(x, h, da, W_x):
    """The sums of the formulas, step by step and from the last to the first."""
    dW_x = np.zeros_like(W_x, dtype=float)
    dW_h = np.zeros((h.shape[2], da.shape[2]))
    db = np.zeros(da.shape[2])
    dx = np.zeros(x.shape)
    for t in reversed(range(len(x))):
        dW_x += x[t].T @ da[t]
        dW_h += h[t].T @ da[t]
        db += da[t].sum(axis=0)
        dx[t] = da[t] @ W_x.T
    return dW_x, dW_h, db, dx


@wrong("gather", "this state for the one before")
def gather_new_states(x, h, da, W_x):
    """h[1:] in place of h[:-1]: the states that the steps made, not those that they read."""
    dW_x = np.einsum("tbd,tbc->dc", x, da)
    dW_h = np.einsum("tbh,tbc->hc", h[1:], da)
    return dW_x, dW_h, da.sum(axis=(0, 1)), da @ W_x.T


@wrong("gather", "initial state not used")
def gather_without_h0(x, h, da, W_x):
    """The first step is skipped in dW_h, as if the initial state were always zero."""
    T, B, C = da.shape
    flat = da.reshape(-1, C)
    dW_x = x.reshape(T * B, -1).T @ flat
    dW_h = np.tensordot(h[1:T], da[1:], axes=([0, 1], [0, 1]))
    db = flat.sum(0)
    dx = np.einsum("tbc,dc->tbd", da, W_x)
    return dW_x, dW_h, db, dx


@wrong("gather", "mean for sum")
def gather_divides_by_records(x, h, da, W_x):
    """The three sums are divided by B, as if the loss had not been averaged yet."""
    T, B, C = da.shape
    A = da.reshape(T * B, C)
    dW_x = x.reshape(T * B, -1).T @ A / B
    dW_h = h[:T].reshape(T * B, -1).T @ A / B
    db = A.sum(axis=0) / B
    return dW_x, dW_h, db, da @ W_x.T


@wrong("gather", "bias summed over the steps only")
def gather_bias_over_time_only(x, h, da, W_x):
    """`da.sum(axis=0)` sums over time alone: (B, C)."""
    T, B, C = da.shape
    A = da.reshape(T * B, C)
    dW_x = x.reshape(T * B, -1).T @ A
    dW_h = h[:-1].reshape(T * B, -1).T @ A
    db = da.sum(axis=0)
    return dW_x, dW_h, db, (A @ W_x.T).reshape(T, B, -1)


@wrong("gather", "rows scrambled")
def gather_reshape_for_transpose(x, h, da, W_x):
    """`x.reshape(D, T * B)` has the shape of the transpose but another order of the numbers."""
    T, B, D = x.shape
    H, C = h.shape[-1], da.shape[-1]
    A = da.reshape(T * B, C)
    dW_x = x.reshape(D, T * B) @ A
    dW_h = h[:-1].reshape(H, T * B) @ A
    return dW_x, dW_h, A.sum(axis=0), np.matmul(da, W_x.T)


@wrong("gather", "records summed before the product")
def gather_product_of_sums(x, h, da, W_x):
    """Mistake: product of sums, not sum of products.

    Inputs and gradients are each summed over the records first and multiplied afterwards, so
    records are mixed.
    """
    s = da.sum(axis=1)
    dW_x = x.sum(axis=1).T @ s
    dW_h = h[:-1].sum(axis=1).T @ s
    db = s.sum(axis=0)
    dx = da @ W_x.T
    return dW_x, dW_h, db, dx


@wrong("gather", "batch and time mixed up")
def gather_mixed_orders(x, h, da, W_x):
    """Mistake: rows of x in another order.

    x and h are brought into the order by record, da stays in the order by step, so the rows
    do not belong together.
    """
    T, B, C = da.shape
    X = x.swapaxes(0, 1).reshape(B * T, -1)
    Hs = h[:-1].swapaxes(0, 1).reshape(B * T, -1)
    A = da.reshape(T * B, C)
    return X.T @ A, Hs.T @ A, A.sum(axis=0), (A @ W_x.T).reshape(x.shape)


@wrong("gather", "= for +=")
def gather_equals_for_plus(x, h, da, W_x):
    """Mistake: only one step kept, not summed.

    `=` where `+=` belongs: in the end the sums hold what one step, the last one treated,
    gave.
    """
    dx = np.empty(x.shape)
    for t in range(x.shape[0] - 1, -1, -1):
        dW_x = x[t].T @ da[t]
        dW_h = h[t].T @ da[t]
        db = da[t].sum(axis=0)
        dx[t] = da[t] @ W_x.T
    return dW_x, dW_h, db, dx


@wrong("gather", "missing transpose")
def gather_no_transpose_in_dx(x, h, da, W_x):
    """The product is da @ W_x in place of da @ W_x.T; it runs only if D and C are the same."""
    T, B, C = da.shape
    A = da.reshape(T * B, C)
    dW_x = x.reshape(T * B, -1).T @ A
    dW_h = h[:-1].reshape(T * B, -1).T @ A
    dx = (A @ W_x).reshape(T, B, -1)
    return dW_x, dW_h, A.sum(axis=0), dx


@wrong("gather", "this state for the one before", "bias averaged")
def gather_new_states_and_mean_bias(x, h, da, W_x):
    """Two mistakes: state after the step, not before; bias is a mean.

    The states from h[1:] on, and the bias's gradient as a mean over steps and
    records.
    """
    dW_x = np.tensordot(x, da, ((0, 1), (0, 1)))
    dW_h = np.tensordot(h[1:], da, ((0, 1), (0, 1)))
    db = da.mean(axis=(0, 1))
    return dW_x, dW_h, db, da @ W_x.T


# --- exercise 6: gru_forward ----------------------------------------------------------------


def _sigmoid(a):
    return 0.5 * (1 + np.tanh(0.5 * a))


@right("gru_forward")
def gru_hoisted(x, h0, W_x, W_h, b, b_hh):
    """As in the hints: the input before the loop, one product per step."""
    B, T, D = x.shape
    H = h0.shape[1]
    a = (x.swapaxes(0, 1).reshape(T * B, D) @ W_x + b).reshape(T, B, 3 * H)
    states = np.empty((B, T, H))
    h = h0
    for t in range(T):
        recurrent = h @ W_h
        gates = _sigmoid(a[t, :, : 2 * H] + recurrent[:, : 2 * H])
        r, z = gates[:, :H], gates[:, H:]
        m = recurrent[:, 2 * H :] + b_hh
        h = z * h + (1 - z) * np.tanh(a[t, :, 2 * H :] + r * m)
        states[:, t] = h
    return states


@right("gru_forward")
def gru_gate_by_gate(x, h0, W_x, W_h, b, b_hh):
    """The formulas one by one, without hoisting, a list of states."""
    W_xr, W_xz, W_xh = np.split(W_x, 3, axis=1)
    W_hr, W_hz, W_hh = np.split(W_h, 3, axis=1)
    b_r, b_z, b_h = np.split(b, 3)
    hs, h = [], h0
    for t in range(x.shape[1]):
        xt = x[:, t]
        r = 1 / (1 + np.exp(-(xt @ W_xr + b_r + h @ W_hr)))
        z = 1 / (1 + np.exp(-(xt @ W_xz + b_z + h @ W_hz)))
        h_tilde = np.tanh(xt @ W_xh + b_h + r * (h @ W_hh + b_hh))
        h = h_tilde + z * (h - h_tilde)
        hs.append(h)
    return np.stack(hs, axis=1)


@wrong("gru_forward", "reset before for after")
def gru_reset_before(x, h0, W_x, W_h, b, b_hh):
    """(r * h) @ W_hh + b_hh, the GRU of the first paper, in place of r * (h @ W_hh + b_hh)."""
    H = h0.shape[1]
    a = np.einsum("btd,dk->tbk", x, W_x) + b
    h, out = h0, []
    for a_t in a:
        g = _sigmoid(a_t[:, : 2 * H] + h @ W_h[:, : 2 * H])
        r, z = g[:, :H], g[:, H:]
        h_tilde = np.tanh(a_t[:, 2 * H :] + (r * h) @ W_h[:, 2 * H :] + b_hh)
        h = z * h + (1 - z) * h_tilde
        out.append(h)
    return np.stack(out, axis=1)


@wrong("gru_forward", "z and 1 - z exchanged")
def gru_update_the_other_way(x, h0, W_x, W_h, b, b_hh):
    """(1 - z) * h + z * candidate, the convention of other texts."""
    B, T, _ = x.shape
    H = h0.shape[1]
    proj = (x @ W_x + b).transpose(1, 0, 2)
    states = np.zeros((B, T, H))
    h = h0.copy()
    for t in range(T):
        u = h @ W_h
        r = _sigmoid(proj[t][:, :H] + u[:, :H])
        z = _sigmoid(proj[t][:, H : 2 * H] + u[:, H : 2 * H])
        n = np.tanh(proj[t][:, 2 * H :] + r * (u[:, 2 * H :] + b_hh))
        h = (1 - z) * h + z * n
        states[:, t, :] = h
    return states


@wrong("gru_forward", "bias outside the gate")
def gru_bias_outside(x, h0, W_x, W_h, b, b_hh):
    """b_hh is added to the input before the loop, so the reset gate does not multiply it."""
    H = h0.shape[1]
    bias = b + np.concatenate([np.zeros(2 * H), b_hh])
    a = np.swapaxes(x @ W_x + bias, 0, 1)
    states = np.empty((x.shape[0], x.shape[1], H))
    h = h0
    for t, a_t in enumerate(a):
        rec = h @ W_h
        gates = _sigmoid((a_t + rec)[:, : 2 * H])
        h_tilde = np.tanh(a_t[:, 2 * H :] + gates[:, :H] * rec[:, 2 * H :])
        h = gates[:, H:] * h + (1 - gates[:, H:]) * h_tilde
        states[:, t] = h
    return states


@wrong("gru_forward", "last state everywhere")
def gru_same_array_in_the_list(x, h0, W_x, W_h, b, b_hh):
    """Mistake: all states are the same array.

    The state is updated in place and the same array put into the list each time, so all
    entries show the last state. (h0 itself is copied.)
    """
    H = h0.shape[1]
    a = (x @ W_x + b).swapaxes(0, 1)
    h = np.array(h0, dtype=float)
    states = []
    for a_t in a:
        rec = h @ W_h
        r = _sigmoid(a_t[:, :H] + rec[:, :H])
        z = _sigmoid(a_t[:, H : 2 * H] + rec[:, H : 2 * H])
        cand = np.tanh(a_t[:, 2 * H :] + r * (rec[:, 2 * H :] + b_hh))
        h *= z
        h += (1 - z) * cand
        states.append(h)
    return np.stack(states, axis=1)


@wrong("gru_forward", "product with the state hoisted")
def gru_hoists_the_state(x, h0, W_x, W_h, b, b_hh):
    """`h0 @ W_h` is computed once before the loop and used in every step."""
    B, T, D = x.shape
    H = h0.shape[1]
    a = (x.swapaxes(0, 1).reshape(T * B, D) @ W_x + b).reshape(T, B, -1)
    recurrent = h0 @ W_h
    h = h0
    states = np.empty((B, T, H))
    for t in range(T):
        r = _sigmoid(a[t, :, :H] + recurrent[:, :H])
        z = _sigmoid(a[t, :, H : 2 * H] + recurrent[:, H : 2 * H])
        m = recurrent[:, 2 * H :] + b_hh
        h = z * h + (1 - z) * np.tanh(a[t, :, 2 * H :] + r * m)
        states[:, t] = h
    return states


@wrong("gru_forward", "columns read interleaved")
def gru_interleaved_gates(x, h0, W_x, W_h, b, b_hh):
    """Mistake: columns of the gates interleaved.

    The three parts are taken as columns 0, 3, 6, ... and so on, as if r, z and h alternated,
    in place of blocks of H columns. With H = 1 it is the same.
    """
    H = h0.shape[1]
    out = np.empty((x.shape[0], x.shape[1], H))
    a = np.moveaxis(x @ W_x + b, 1, 0)
    h = h0
    for t in range(len(a)):
        p = a[t].reshape(-1, H, 3)
        q = (h @ W_h).reshape(-1, H, 3)
        r = _sigmoid(p[..., 0] + q[..., 0])
        z = _sigmoid(p[..., 1] + q[..., 1])
        c = np.tanh(p[..., 2] + r * (q[..., 2] + b_hh))
        h = z * h + (1 - z) * c
        out[:, t] = h
    return out


@wrong("gru_forward", "off by one")
def gru_stores_the_old_state(x, h0, W_x, W_h, b, b_hh):
    """The state is stored before it is updated: states[:, 0] is h0 and h_T is missing."""
    B, T, D = x.shape
    H = h0.shape[1]
    a = (x.swapaxes(0, 1).reshape(T * B, D) @ W_x + b).reshape(T, B, 3 * H)
    states = np.empty((B, T, H))
    h = h0
    for t in range(T):
        states[:, t] = h
        s = h @ W_h
        r, z = np.split(_sigmoid(a[t, :, : 2 * H] + s[:, : 2 * H]), 2, axis=1)
        h_tilde = np.tanh(a[t, :, 2 * H :] + r * (s[:, 2 * H :] + b_hh))
        h = z * h + (1 - z) * h_tilde
    return states


@wrong("gru_forward", "mixed up on the way back")
def gru_reshapes_the_states(x, h0, W_x, W_h, b, b_hh):
    """Mistake: time-first states reshaped, not swapped.

    The (T, B, H) states are brought to (B, T, H) by reshape, which leaves the order of the
    numbers as it was. With one record it is the same.
    """
    B, T, _D = x.shape
    H = h0.shape[1]
    a = np.tensordot(x.swapaxes(0, 1), W_x, 1) + b
    hs = [h0]
    for t in range(T):
        rec = hs[-1] @ W_h
        g = _sigmoid(a[t, :, : 2 * H] + rec[:, : 2 * H])
        cand = np.tanh(a[t, :, 2 * H :] + g[:, :H] * (rec[:, 2 * H :] + b_hh))
        hs.append(g[:, H:] * hs[-1] + (1 - g[:, H:]) * cand)
    return np.array(hs[1:]).reshape(B, T, H)


@wrong("gru_forward", "bias inside the gate")
def gru_both_biases_inside(x, h0, W_x, W_h, b, b_hh):
    """Mistake: first bias inside the reset too.

    b_h stands next to b_hh inside the bracket that the reset gate multiplies, not with the
    input.
    """
    H = h0.shape[1]
    xw = x @ W_x
    h, collected = h0, []
    for t in range(x.shape[1]):
        u = h @ W_h
        r = _sigmoid(xw[:, t, :H] + u[:, :H] + b[:H])
        z = _sigmoid(xw[:, t, H : 2 * H] + u[:, H : 2 * H] + b[H : 2 * H])
        n = np.tanh(xw[:, t, 2 * H :] + r * (u[:, 2 * H :] + b[2 * H :] + b_hh))
        h = z * h + (1 - z) * n
        collected.append(h)
    return np.stack(collected, 1)


@wrong("gru_forward", "gates exchanged", "initial state not used")
def gru_order_and_zero_start(x, h0, W_x, W_h, b, b_hh):
    """Two mistakes: reset and update gate swapped; starts from zeros.

    The first H columns are taken for z and the next for r, and the state begins
    with zeros in place of h0.
    """
    B, T, _ = x.shape
    H = W_h.shape[0]
    a = (x @ W_x + b).swapaxes(0, 1)
    h = np.zeros((B, H))
    states = np.empty((B, T, H))
    for t in range(T):
        rec = h @ W_h
        gates = _sigmoid(a[t][:, : 2 * H] + rec[:, : 2 * H])
        z, r = gates[:, :H], gates[:, H:]
        h_tilde = np.tanh(a[t][:, 2 * H :] + r * (rec[:, 2 * H :] + b_hh))
        h = z * h + (1 - z) * h_tilde
        states[:, t] = h
    return states
