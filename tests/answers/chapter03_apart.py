"""Answers to the exercises of chapter 03, written from their text alone."""

import math

import numpy as np
from catalogue import right, wrong

from gru_lib.activations import sigmoid

# half_life


@right("half_life")
def half_life_log_ratio(f):
    """Quotient of two logarithms."""
    return np.log(0.5) / np.log(f)


@right("half_life")
def half_life_one_by_one(f):
    """A loop over all entries with math.log2, poured back into the shape."""
    out = np.empty(np.shape(f))
    for k in np.ndindex(out.shape):
        out[k] = -1.0 / math.log2(f[k])
    return out


@wrong("half_life", "1/e for one half")
def half_life_time_constant(f):
    """-1/ln f is the time until 1/e is left, not one half: a factor of ln 2 is missing."""
    return -1.0 / np.log(f)


@wrong("half_life", "approximation for large n")
def half_life_rate_of_decay(f):
    """Takes 1 - f for the rate of a continuous decay; -ln f would be the rate."""
    rate = 1 - f
    return np.log(2) / rate


@wrong("half_life", "rounded up")
def half_life_counted(f):
    """Multiplies until half or less is left, so the answer is rounded up to whole steps."""
    flat = np.asarray(f, dtype=float).ravel()
    steps = []
    for gate in flat:
        memory, n = 1.0, 0
        while memory > 0.5:
            memory *= gate
            n += 1
        steps.append(float(n))
    return np.array(steps).reshape(np.shape(f))


@wrong("half_life", "fraction inverted")
def half_life_upside_down(f):
    """Divides ln f by ln 0.5 (a logarithm to base 0.5) instead of ln 0.5 by ln f."""
    return np.log(f) / np.log(0.5)


@wrong("half_life", "sigmoid of a sigmoid")
def half_life_sigmoid_again(f):
    """Sends f through a sigmoid first, though it is the gate already."""
    gate = 1.0 / (1.0 + np.exp(-f))
    return np.log(0.5) / np.log(gate)


# lstm_step


@right("lstm_step")
def step_slices(x, h_prev, c_prev, W_x, W_h, b):
    """One product, slices of it."""
    n = h_prev.shape[1]
    a = x @ W_x + h_prev @ W_h + b
    s = sigmoid(a[:, : 3 * n])
    i, f, o = s[:, :n], s[:, n : 2 * n], s[:, 2 * n :]
    c = f * c_prev + i * np.tanh(a[:, 3 * n :])
    return o * np.tanh(c), c


@right("lstm_step")
def step_stacked_inputs(x, h_prev, c_prev, W_x, W_h, b):
    """Concatenated input and state, a loop over the batch, own sigmoid."""
    W = np.vstack([W_x, W_h])
    hs, cs = [], []
    for row, c_old in zip(np.hstack([x, h_prev]), c_prev, strict=True):
        a_i, a_f, a_o, a_g = (row @ W + b).reshape(4, -1)
        i, f, o = (1 / (1 + np.exp(-a)) for a in (a_i, a_f, a_o))
        cs.append(f * c_old + i * np.tanh(a_g))
        hs.append(o * np.tanh(cs[-1]))
    return np.array(hs), np.array(cs)


@wrong("lstm_step", "gates exchanged")
def step_pytorch_order(x, h_prev, c_prev, W_x, W_h, b):
    """Unpacks the four blocks as i, f, g, o; here they stand as i, f, o, g."""
    gates = x @ W_x + h_prev @ W_h + b
    ingate, forgetgate, cellgate, outgate = np.split(gates, 4, axis=1)
    ingate = sigmoid(ingate)
    forgetgate = sigmoid(forgetgate)
    cellgate = np.tanh(cellgate)
    outgate = sigmoid(outgate)
    cy = forgetgate * c_prev + ingate * cellgate
    hy = outgate * np.tanh(cy)
    return hy, cy


@wrong("lstm_step", "1 added to the forget bias")
def step_tensorflow_forget_bias(x, h_prev, c_prev, W_x, W_h, b):
    """BasicLSTMCell adds 1.0 to the forget gate's pre-activation; b holds all of it here."""
    forget_bias = 1.0
    i, f, o, j = np.split(np.hstack([x, h_prev]) @ np.vstack([W_x, W_h]) + b, 4, axis=1)
    new_c = c_prev * sigmoid(f + forget_bias) + sigmoid(i) * np.tanh(j)
    new_h = np.tanh(new_c) * sigmoid(o)
    return new_h, new_c


@wrong("lstm_step", "tanh forgotten")
def step_no_tanh_on_the_way_out(x, h_prev, c_prev, W_x, W_h, b):
    """The last line has h = o * c instead of o * tanh(c)."""
    n = c_prev.shape[-1]
    a = np.einsum("bi,ij->bj", x, W_x) + np.einsum("bk,kj->bj", h_prev, W_h) + b
    i = sigmoid(a[:, 0 * n : 1 * n])
    f = sigmoid(a[:, 1 * n : 2 * n])
    o = sigmoid(a[:, 2 * n : 3 * n])
    g = np.tanh(a[:, 3 * n : 4 * n])
    c = f * c_prev + i * g
    return o * c, c


@wrong("lstm_step", "tanh returned for c")
def step_squashed_memory(x, h_prev, c_prev, W_x, W_h, b):
    """Overwrites c by tanh(c); h is right, the memory that is returned is not."""
    i, f, o, g = np.split(x @ W_x + h_prev @ W_h + b, 4, axis=1)
    c = sigmoid(f) * c_prev + sigmoid(i) * np.tanh(g)
    c = np.tanh(c)
    h = sigmoid(o) * c
    return h, c


@wrong("lstm_step", "every fourth column")
def step_every_fourth_column(x, h_prev, c_prev, W_x, W_h, b):
    """Reshapes to (batch, hidden, 4): every fourth column for a gate instead of one block."""
    batch, hidden = h_prev.shape
    a = (x @ W_x + h_prev @ W_h + b).reshape(batch, hidden, 4)
    i, f, o = (sigmoid(a[..., k]) for k in range(3))
    g = np.tanh(a[..., 3])
    c = f * c_prev + i * g
    h = o * np.tanh(c)
    return h, c


@wrong("lstm_step", "1 - f for i")
def step_coupled_gates(x, h_prev, c_prev, W_x, W_h, b):
    """The variant with coupled gates: (1 - f) * g is written instead of i * g."""
    z = np.dot(x, W_x) + np.dot(h_prev, W_h) + b
    _, f, o, g = np.hsplit(z, 4)
    f, o, g = sigmoid(f), sigmoid(o), np.tanh(g)
    c = f * c_prev + (1 - f) * g
    return o * np.tanh(c), c


@wrong("lstm_step", "sigmoid for tanh", "results exchanged")
def step_all_sigmoid_and_swapped(x, h_prev, c_prev, W_x, W_h, b):
    """One sigmoid over all four blocks, the candidate's too; and returns c before h."""
    a = sigmoid(x @ W_x + h_prev @ W_h + b)
    i, f, o, g = np.split(a, 4, axis=1)
    c_next = f * c_prev + i * g
    h_next = o * np.tanh(c_next)
    return c_next, h_next


# cell_gradient


@right("cell_gradient")
def cell_plain(dh, dc, o, c):
    """The sum of both shares in one line."""
    return dc + dh * o * (1 - np.tanh(c) ** 2)


@right("cell_gradient")
def cell_cosh_and_copy(dh, dc, o, c):
    """A copy of dc, and the tanh's slope as 1 / cosh^2."""
    total = dc.copy()
    total += dh * o / np.cosh(c) ** 2
    return total


@wrong("cell_gradient", "derivative at the pre-activation")
def cell_slope_from_input(dh, dc, o, c):
    """1 - c**2, with what goes into the tanh instead of what comes out."""
    return dc + dh * o * (1 - c**2)


@wrong("cell_gradient", "next step's share through the tanh")
def cell_bracket_too_wide(dh, dc, o, c):
    """Puts dc into the bracket that the slope multiplies; it is the gradient of c already."""
    d_shown = dh * o + dc
    return d_shown * (1 - np.tanh(c) * np.tanh(c))


@wrong("cell_gradient", "input changed in place")
def cell_adds_in_place(dh, dc, o, c):
    """The number is right, but += writes it into the caller's dc."""
    tanh_c = np.tanh(c)
    dc += dh * o * (1 - tanh_c**2)
    return dc


@wrong("cell_gradient", "derivative at the new state")
def cell_slope_from_state(dh, dc, o, c):
    """1 - h**2 as in a plain RNN, with h = o * tanh(c); the gate does not belong in the slope."""
    h = o * np.tanh(c)
    return np.add(dc, np.multiply(dh * o, 1.0 - np.square(h)))


def _dtanh(v):
    """Return the slope of the tanh at v."""
    return 1 - np.tanh(v) ** 2


@wrong("cell_gradient", "tanh of a tanh")
def cell_tanh_twice(dh, dc, o, c):
    """_dtanh takes the tanh itself, and gets tanh(c) instead of c."""
    u = np.tanh(c)
    du = dh * o
    return du * _dtanh(u) + dc


@wrong("cell_gradient", "path forgotten: the next step")
def cell_without_next_step(dh, dc, o, c):
    """A result of zeros like dc is filled, and dc itself never added."""
    grad = np.zeros_like(dc)
    for n in range(c.shape[0]):
        for j in range(c.shape[1]):
            grad[n, j] += dh[n, j] * o[n, j] * (1 - np.tanh(c[n, j]) ** 2)
    return grad


@wrong("cell_gradient", "slope of the gate for the gate", "square missing")
def cell_gate_slope_and_no_square(dh, dc, o, c):
    """Has o * (1 - o) where the gate itself belongs, and 1 - tanh(c) without the square."""
    return dc + dh * o * (1 - o) * (1 - np.tanh(c))


# lstm_step_backward


@right("lstm_step_backward")
def back_concatenate(dh, dc, i, f, o, g, c_prev, c, W_h):
    """The lines of the text, one after the other."""
    u = np.tanh(c)
    dct = dc + dh * o * (1 - u**2)
    da = np.hstack(
        [
            dct * g * i * (1 - i),
            dct * c_prev * f * (1 - f),
            dh * u * o * (1 - o),
            dct * i * (1 - g**2),
        ]
    )
    return da, da @ W_h.T, dct * f


@right("lstm_step_backward")
def back_blocks_in_place(dh, dc, i, f, o, g, c_prev, c, W_h):
    """Fills an array of zeros block by block, and adds up four products."""
    H = dh.shape[1]
    tc = np.tanh(c)
    whole = dh * o * (1 - tc * tc) + dc
    blocks = [(g, i, whole), (c_prev, f, whole), (tc, o, dh)]
    da = np.zeros((len(dh), 4 * H))
    for k, (other, gate, upstream) in enumerate(blocks):
        da[:, k * H : (k + 1) * H] = upstream * other * (gate - gate**2)
    da[:, 3 * H :] = whole * i * (1 + g) * (1 - g)
    dh_prev = sum(da[:, k * H : (k + 1) * H] @ W_h[:, k * H : (k + 1) * H].T for k in range(4))
    return da, dh_prev, whole * f


@wrong("lstm_step_backward", "share for the whole")
def back_dc_prev_from_share(dh, dc, i, f, o, g, c_prev, c, W_h):
    """dc_prev = dc * f with the share that came in, instead of the whole gradient of c."""
    dc_total = dc + dh * o * (1 - np.tanh(c) ** 2)
    da_i = dc_total * g * i * (1 - i)
    da_f = dc_total * c_prev * f * (1 - f)
    da_o = dh * np.tanh(c) * o * (1 - o)
    da_g = dc_total * i * (1 - g**2)
    da = np.concatenate((da_i, da_f, da_o, da_g), axis=1)
    dh_prev = np.dot(da, W_h.T)
    dc_prev = dc * f
    return da, dh_prev, dc_prev


@wrong("lstm_step_backward", "this memory for the one before")
def back_forget_with_new_memory(dh, dc, i, f, o, g, c_prev, c, W_h):
    """In df the other factor is the new cell state; the gate has multiplied the old one."""
    tanh_c = np.tanh(c)
    dC = dc + dh * o * (1 - tanh_c**2)
    d_i, d_f, d_o, d_g = dC * g, dC * c, dh * tanh_c, dC * i
    da = np.column_stack(
        [d_i * i * (1 - i), d_f * f * (1 - f), d_o * o * (1 - o), d_g * (1 - g**2)]
    )
    return da, da.dot(W_h.T), dC * f


@wrong("lstm_step_backward", "output gate from the cell")
def back_output_gate_from_cell(dh, dc, i, f, o, g, c_prev, c, W_h):
    """All four gates start from dL/dc; the output gate must start from dh."""
    dc_t = dc + dh * o * (1 - np.tanh(c) ** 2)
    factor = np.stack([g, c_prev, np.tanh(c), i])
    slope = np.stack([i * (1 - i), f * (1 - f), o * (1 - o), 1 - g**2])
    da = np.concatenate(list(dc_t * factor * slope), axis=1)
    return da, da @ W_h.T, dc_t * f


@wrong("lstm_step_backward", "missing transpose")
def back_blocks_not_transposed(dh, dc, i, f, o, g, c_prev, c, W_h):
    """Every gate goes back through its square block as it is, without the transpose."""
    dct = dc + dh * o * (1 - np.tanh(c) ** 2)
    dai = dct * g * i * (1 - i)
    daf = dct * c_prev * f * (1 - f)
    dao = dh * np.tanh(c) * o * (1 - o)
    dag = dct * i * (1 - g * g)
    Whi, Whf, Who, Whg = np.split(W_h, 4, axis=1)
    dh_prev = dai @ Whi + daf @ Whf + dao @ Who + dag @ Whg
    return np.hstack((dai, daf, dao, dag)), dh_prev, dct * f


@wrong("lstm_step_backward", "derivative missing on the way back")
def back_dh_prev_without_slopes(dh, dc, i, f, o, g, c_prev, c, W_h):
    """The product with W_h.T takes the gradients of the gates, not of the pre-activations."""
    dcell = dc + (1 - np.tanh(c) ** 2) * o * dh
    dgates = np.concatenate([g * dcell, c_prev * dcell, np.tanh(c) * dh, i * dcell], axis=-1)
    sigm = np.concatenate([i, f, o], axis=-1)
    slopes = np.concatenate([sigm * (1 - sigm), 1 - g**2], axis=-1)
    return dgates * slopes, np.einsum("bj,kj->bk", dgates, W_h), f * dcell


@wrong("lstm_step_backward", "input changed in place")
def back_completes_dc_in_place(dh, dc, i, f, o, g, c_prev, c, W_h):
    """All results are right, but `dc +=` writes into the caller's array."""
    dc += dh * o * (1 - np.tanh(c) ** 2)
    da = [
        dc * g * i * (1 - i),
        dc * c_prev * f * (1 - f),
        dh * np.tanh(c) * o * (1 - o),
        dc * i * (1 - g**2),
    ]
    da = np.concatenate(da, axis=1)
    return da, da @ W_h.T, dc * f


@wrong("lstm_step_backward", "memory for its tanh", "tanh of a tanh")
def back_tanh_missing_and_too_many(dh, dc, i, f, o, g, c_prev, c, W_h):
    """Takes do = dh * c without the tanh, and the candidate's slope as 1 - tanh(g)**2."""
    dct = dc + dh * o * (1 - np.tanh(c) ** 2)
    do = dh * c
    da_i = dct * g * i * (1 - i)
    da_f = dct * c_prev * f * (1 - f)
    da_o = do * o * (1 - o)
    da_g = dct * i * (1 - np.tanh(g) ** 2)
    da = np.hstack([da_i, da_f, da_o, da_g])
    return da, da @ W_h.T, dct * f


# forget_bias


@right("forget_bias")
def bias_logit(b, n):
    """Gate first, then its logit."""
    hidden = len(n)
    f = 0.5 ** (1 / n)
    out = b.copy()
    out[hidden : 2 * hidden] = np.log(f / (1 - f))
    out[:hidden] = -out[hidden : 2 * hidden]
    return out


@right("forget_bias")
def bias_expm1(b, n):
    """-log(2^(1/n) - 1), by expm1, and a concatenation."""
    minus = np.log(np.expm1(np.log(2) / n))
    return np.concatenate([minus, -minus, b[2 * len(n) :]])


@wrong("forget_bias", "approximation for large n")
def bias_long_memory_formula(b, n):
    """log(n / ln 2), which is the logit for large n only."""
    H = n.size
    b_f = np.log(n / np.log(2))
    new = np.array(b, dtype=float)
    new[H : 2 * H] = b_f
    new[0:H] = -b_f
    return new


@wrong("forget_bias", "old forget bias for the new one")
def bias_stale_forget_block(b, n):
    """The input gate's block is written first, from the forget biases as they were drawn."""
    hidden = len(n)
    gate = np.exp(np.log(0.5) / n)
    out = b.copy()
    out[:hidden] = -out[hidden : 2 * hidden]
    out[hidden : 2 * hidden] = -np.log(1 / gate - 1)
    return out


@wrong("forget_bias", "input changed in place")
def bias_views_of_split(b, n):
    """np.split returns views: b_f[:] = ... and b_i[:] = ... change the caller's b."""
    b_i, b_f, b_o, b_g = np.split(b, 4)
    f = 2.0 ** (-1.0 / n)
    b_f[:] = np.log(f) - np.log(1 - f)
    b_i[:] = -b_f
    return np.concatenate([b_i, b_f, b_o, b_g])


@wrong("forget_bias", "gates exchanged")
def bias_forget_block_first(b, n):
    """Order f, i, o, g: the forget biases go to the first block, the input biases to the second."""
    hidden = b.shape[0] // 4
    out = b.copy()
    for j in range(hidden):
        f = 0.5 ** (1.0 / n[j])
        logit = math.log(f / (1.0 - f))
        out[j] = logit
        out[hidden + j] = -logit
    return out


@wrong("forget_bias", "other biases lost")
def bias_other_blocks_zero(b, n):
    """np.zeros_like(b) instead of b.copy(): the output gate's and candidate's biases are gone."""
    H = len(n)
    f = np.power(0.5, 1 / n)
    bias = np.zeros_like(b)
    bias[H : H + H] = np.log(f / (1 - f))
    bias[:H] = np.log((1 - f) / f)
    return bias


@wrong("forget_bias", "1/e for one half")
def bias_time_constant(b, n):
    """With f = exp(-1/n) there is 1/e left after n steps, not one half."""
    hidden = len(n)
    f = np.exp(-1.0 / n)
    b_f = np.log(f / (1 - f))
    return np.r_[-b_f, b_f, b[2 * hidden :]]


@wrong("forget_bias", "gate for its bias", "1 - b for -b")
def bias_gates_not_logits(b, n):
    """No logit: the gate f itself stands where its bias belongs, and 1 - f for -b_f."""
    size = len(n)
    f = 0.5 ** (1 / n)
    out = b.copy()
    out[size : 2 * size] = f
    out[:size] = 1 - f
    return out


# adding_baseline


@right("adding_baseline")
def baseline_formula(count, low, high):
    """Mean and variance of a sum."""
    return count * (low + high) / 2, count * (high - low) ** 2 / 12


@right("adding_baseline")
def baseline_moments(count, low, high):
    """From the moments of one value: the mean of the squares less the square of the mean."""
    mean = (low + high) / 2
    mean_of_squares = (low**2 + low * high + high**2) / 3
    return count * mean, count * (mean_of_squares - mean**2)


@wrong("adding_baseline", "count squared")
def baseline_count_squared(count, low, high):
    """Takes the sum for count times one value, whose variance has count**2 instead of count."""
    mean = count * (low + high) / 2
    width = count * (high - low)
    return mean, width**2 / 12


@wrong("adding_baseline", "whole numbers for real ones")
def baseline_discrete_uniform(count, low, high):
    """((w + 1)**2 - 1) / 12, for whole numbers from low to high; the values are continuous."""
    n_values = high - low + 1
    variance = (n_values**2 - 1) / 12
    return count * (low + high) / 2, count * variance


@wrong("adding_baseline", "mean not subtracted")
def baseline_raw_second_moment(count, low, high):
    """E[v^2] = (high^3 - low^3) / (3 w), with the square of the mean not subtracted."""
    answer = count * 0.5 * (low + high)
    second_moment = (high**3 - low**3) / (3 * (high - low))
    return answer, count * second_moment


@wrong("adding_baseline", "distance for the middle")
def baseline_half_the_width(count, low, high):
    """(high - low) / 2 for the mean of one value, which holds for low = 0 only."""
    w = high - low
    one_value = w / 2
    return count * one_value, count * w * w / 12


@wrong("adding_baseline", "estimates from random draws")
def baseline_simulated(count, low, high):
    """Mean and variance of 5000 drawn sums, instead of exact values."""
    rng = np.random.default_rng(42)
    targets = rng.uniform(low, high, size=(5000, count)).sum(axis=1)
    answer = targets.mean()
    return answer, np.mean((targets - answer) ** 2)


@wrong("adding_baseline", "integral for mean")
def baseline_density_forgotten(count, low, high):
    """w**3 / 12: the integral of v**2 from -w/2 to w/2, without the density 1 / w."""
    w = high - low
    integral = 2 * (w / 2) ** 3 / 3
    return count * (high + low) / 2, integral * count


@wrong("adding_baseline", "one value's middle", "standard deviation for variance")
def baseline_mean_and_deviation(count, low, high):
    """Answers the mean of one value, not of the sum, and the root of the squared error."""
    answer = (low + high) / 2
    error = math.sqrt(count * (high - low) ** 2 / 12)
    return answer, error


# lstm_bptt


def _run(x, W_x, W_h, b):
    """Return the gates, (batch, time, hidden) each, and the states with the zeros in front."""
    B, T, _ = x.shape
    H = len(W_h)
    hs, cs = np.zeros((B, T + 1, H)), np.zeros((B, T + 1, H))
    gates = np.zeros((4, B, T, H))
    for t in range(T):
        i, f, o, g = np.split(x[:, t] @ W_x + hs[:, t] @ W_h + b, 4, axis=1)
        i, f, o, g = sigmoid(i), sigmoid(f), sigmoid(o), np.tanh(g)
        cs[:, t + 1] = f * cs[:, t] + i * g
        hs[:, t + 1] = o * np.tanh(cs[:, t + 1])
        gates[:, :, t] = i, f, o, g
    return gates, hs, cs


@right("lstm_bptt")
def bptt_arrays(x, dh, W_x, W_h, b):
    """Arrays over time, all da kept, and the weights' gradients by einsum at the end."""
    (i, f, o, g), hs, cs = _run(x, W_x, W_h, b)
    u = np.tanh(cs[:, 1:])
    da = np.zeros((*x.shape[:2], len(b)))
    dh_carried = dc_carried = 0.0
    for t in reversed(range(x.shape[1])):
        dh_t = dh[:, t] + dh_carried
        dc_t = dc_carried + dh_t * o[:, t] * (1 - u[:, t] ** 2)
        da[:, t] = np.hstack(
            [
                dc_t * g[:, t] * i[:, t] * (1 - i[:, t]),
                dc_t * cs[:, t] * f[:, t] * (1 - f[:, t]),
                dh_t * u[:, t] * o[:, t] * (1 - o[:, t]),
                dc_t * i[:, t] * (1 - g[:, t] ** 2),
            ]
        )
        dh_carried, dc_carried = da[:, t] @ W_h.T, dc_t * f[:, t]
    dW_x = np.einsum("bti,btj->ij", x, da)
    dW_h = np.einsum("bti,btj->ij", hs[:, :-1], da)
    return dW_x, dW_h, da.sum(axis=(0, 1)), da @ W_x.T


@right("lstm_bptt")
def bptt_caches(x, dh, W_x, W_h, b):
    """A list of caches, sums with +=; the first step's zero state is left out of dW_h."""
    B, T, D = x.shape
    H = W_h.shape[0]
    h, c = np.zeros((B, H)), np.zeros((B, H))
    cache = []
    for t in range(T):
        a = x[:, t] @ W_x + h @ W_h + b
        i, f, o = (sigmoid(a[:, k * H : (k + 1) * H]) for k in range(3))
        g = np.tanh(a[:, 3 * H :])
        c_new = f * c + i * g
        cache.append((h, c, i, f, o, g, np.tanh(c_new)))
        h, c = o * np.tanh(c_new), c_new
    dWx, dWh, db, dx = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b), np.zeros((B, T, D))
    dhn, dcn = np.zeros((B, H)), np.zeros((B, H))
    for t in range(T - 1, -1, -1):
        h, c, i, f, o, g, tc = cache[t]
        dht = dh[:, t] + dhn
        dct = dcn + dht * o * (1 - tc**2)
        da = np.concatenate(
            [
                dct * g * i * (1 - i),
                dct * c * f * (1 - f),
                dht * tc * o * (1 - o),
                dct * i * (1 - g * g),
            ],
            axis=1,
        )
        dWx += x[:, t].T @ da
        if t > 0:
            dWh += h.T @ da
        db += da.sum(axis=0)
        dx[:, t] = da @ W_x.T
        dhn, dcn = da @ W_h.T, dct * f
    return dWx, dWh, db, dx


@wrong("lstm_bptt", "path forgotten: the loss at earlier steps")
def bptt_last_share_only(x, dh, W_x, W_h, b):
    """Starts with dh[:, -1] and never adds dh[:, t] of the steps before."""
    (i, f, o, g), hs, cs = _run(x, W_x, W_h, b)
    dW_x, dW_h, db, dx = (np.zeros_like(v) for v in (W_x, W_h, b, x))
    dh_t = dh[:, -1]
    dc_t = np.zeros_like(dh_t)
    for t in range(x.shape[1] - 1, -1, -1):
        u = np.tanh(cs[:, t + 1])
        it, ft, ot, gt = i[:, t], f[:, t], o[:, t], g[:, t]
        dc_t = dc_t + dh_t * ot * (1 - u**2)
        da_i = dc_t * gt * it * (1 - it)
        da_f = dc_t * cs[:, t] * ft * (1 - ft)
        da_o = dh_t * u * ot * (1 - ot)
        da_g = dc_t * it * (1 - gt**2)
        da = np.hstack([da_i, da_f, da_o, da_g])
        dW_x += x[:, t].T @ da
        dW_h += hs[:, t].T @ da
        db += da.sum(axis=0)
        dx[:, t] = da @ W_x.T
        dh_t = da @ W_h.T
        dc_t = dc_t * ft
    return dW_x, dW_h, db, dx


@wrong("lstm_bptt", "one array for all memories")
def bptt_same_array_kept(x, dh, W_x, W_h, b):
    """The lines c *= f; c += i * g change the kept array as well: all kept c are the last one."""
    B, T, _ = x.shape
    H = W_h.shape[0]
    h, c = np.zeros((B, H)), np.zeros((B, H))
    h_list, c_list, gate_list = [h], [c], []
    for t in range(T):
        i, f, o, g = np.split(x[:, t] @ W_x + h @ W_h + b, 4, axis=1)
        i, f, o, g = sigmoid(i), sigmoid(f), sigmoid(o), np.tanh(g)
        c *= f
        c += i * g
        h = o * np.tanh(c)
        h_list.append(h)
        c_list.append(c)
        gate_list.append((i, f, o, g))
    dW_x, dW_h, db, dx = (np.zeros_like(v) for v in (W_x, W_h, b, x))
    dh_next, dc_next = np.zeros((B, H)), np.zeros((B, H))
    for t in reversed(range(T)):
        i, f, o, g = gate_list[t]
        tanh_c = np.tanh(c_list[t + 1])
        dht = dh[:, t] + dh_next
        dct = dc_next + dht * o * (1 - tanh_c**2)
        da = np.concatenate(
            [
                dct * g * i * (1 - i),
                dct * c_list[t] * f * (1 - f),
                dht * tanh_c * o * (1 - o),
                dct * i * (1 - g**2),
            ],
            axis=1,
        )
        dW_x += x[:, t].T @ da
        dW_h += h_list[t].T @ da
        db += np.sum(da, axis=0)
        dx[:, t] = da @ W_x.T
        dh_next, dc_next = da @ W_h.T, dct * f
    return dW_x, dW_h, db, dx


@wrong("lstm_bptt", "order of the walk")
def bptt_dx_backwards(x, dh, W_x, W_h, b):
    """Appends dx from the last step to the first, and stacks it without turning it round."""
    (i, f, o, g), hs, cs = _run(x, W_x, W_h, b)
    dW_x, dW_h, db, dx = 0, 0, 0, []
    carry_h, carry_c = np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])
    for t in range(x.shape[1])[::-1]:
        it, ft, ot, gt, u = i[:, t], f[:, t], o[:, t], g[:, t], np.tanh(cs[:, t + 1])
        total_h = dh[:, t] + carry_h
        total_c = carry_c + total_h * ot * (1 - u * u)
        da = np.hstack(
            [
                total_c * gt * it * (1 - it),
                total_c * cs[:, t] * ft * (1 - ft),
                total_h * u * ot * (1 - ot),
                total_c * it * (1 - gt * gt),
            ]
        )
        dW_x = dW_x + x[:, t].T @ da
        dW_h = dW_h + hs[:, t].T @ da
        db = db + da.sum(axis=0)
        dx.append(da @ W_x.T)
        carry_h, carry_c = da @ W_h.T, total_c * ft
    return dW_x, dW_h, db, np.stack(dx, axis=1)


@wrong("lstm_bptt", "forget gate forgotten")
def bptt_carousel_without_gate(x, dh, W_x, W_h, b):
    """Hands dc to the step before as it is (the carousel of 1997), not times f."""
    (i, f, o, g), hs, cs = _run(x, W_x, W_h, b)
    da_all = np.zeros((x.shape[0], x.shape[1], W_h.shape[1]))
    dh_next = np.zeros((x.shape[0], W_h.shape[0]))
    dc_next = np.zeros_like(dh_next)
    for t in range(x.shape[1] - 1, -1, -1):
        tc = np.tanh(cs[:, t + 1])
        dh_t = dh[:, t] + dh_next
        dc_t = dc_next + dh_t * o[:, t] * (1 - tc**2)
        parts = [dc_t * g[:, t], dc_t * cs[:, t], dh_t * tc, dc_t * i[:, t]]
        slopes = [s * (1 - s) for s in (i[:, t], f[:, t], o[:, t])] + [1 - g[:, t] ** 2]
        da_all[:, t] = np.hstack([p * s for p, s in zip(parts, slopes, strict=True)])
        dh_next = da_all[:, t] @ W_h.T
        dc_next = dc_t
    flat = da_all.reshape(-1, W_h.shape[1])
    dW_x = x.reshape(-1, x.shape[2]).T @ flat
    dW_h = hs[:, :-1].reshape(-1, W_h.shape[0]).T @ flat
    return dW_x, dW_h, flat.sum(axis=0), da_all @ W_x.T


@wrong("lstm_bptt", "this state for the one before")
def bptt_state_after_the_step(x, dh, W_x, W_h, b):
    """hs[:, t + 1].T @ da instead of hs[:, t], off by one in the array with zeros in front."""
    (i, f, o, g), hs, cs = _run(x, W_x, W_h, b)
    B, T, _ = x.shape
    H = W_h.shape[0]
    dW_x, dW_h, db, dx = (np.zeros(v.shape) for v in (W_x, W_h, b, x))
    dh_c, dc_c = np.zeros((B, H)), np.zeros((B, H))
    da = np.zeros((B, 4 * H))
    for t in reversed(range(T)):
        dht = dh[:, t] + dh_c
        tc = np.tanh(cs[:, t + 1])
        dct = dc_c + dht * o[:, t] * (1 - tc**2)
        da[:, :H] = dct * g[:, t] * i[:, t] * (1 - i[:, t])
        da[:, H : 2 * H] = dct * cs[:, t] * f[:, t] * (1 - f[:, t])
        da[:, 2 * H : 3 * H] = dht * tc * o[:, t] * (1 - o[:, t])
        da[:, 3 * H :] = dct * i[:, t] * (1 - g[:, t] ** 2)
        dW_x += np.einsum("bi,bj->ij", x[:, t], da)
        dW_h += np.einsum("bi,bj->ij", hs[:, t + 1], da)
        db += da.sum(0)
        dx[:, t] = da @ W_x.T
        dh_c = da @ W_h.T
        dc_c = dct * f[:, t]
    return dW_x, dW_h, db, dx


@wrong("lstm_bptt", "input changed in place")
def bptt_adds_into_dh(x, dh, W_x, W_h, b):
    """dh[:, t] is a view: dht += ... changes the caller's dh. The results are right."""
    (i, f, o, g), hs, cs = _run(x, W_x, W_h, b)
    dW_x, dW_h, db, dx = (np.zeros_like(v) for v in (W_x, W_h, b, x))
    dhnext = np.zeros_like(dh[:, 0])
    dcnext = np.zeros_like(dhnext)
    for t in reversed(range(x.shape[1])):
        it, ft, ot, gt = i[:, t], f[:, t], o[:, t], g[:, t]
        u = np.tanh(cs[:, t + 1])
        dht = dh[:, t]
        dht += dhnext
        dct = dcnext + dht * ot * (1 - u**2)
        da_ifo = np.hstack([dct * gt, dct * cs[:, t], dht * u])
        ifo = np.hstack([it, ft, ot])
        da = np.hstack([da_ifo * ifo * (1 - ifo), dct * it * (1 - gt**2)])
        dW_x += x[:, t].T @ da
        dW_h += hs[:, t].T @ da
        db += da.sum(axis=0)
        dx[:, t] = da @ W_x.T
        dhnext = da @ W_h.T
        dcnext = dct * ft
    return dW_x, dW_h, db, dx


@wrong("lstm_bptt", "da not carried back", "mean for sum")
def bptt_no_state_path_and_means(x, dh, W_x, W_h, b):
    """Carries dc only, not da @ W_h.T; and divides the weights' gradients by the batch size."""
    (i, f, o, g), hs, cs = _run(x, W_x, W_h, b)
    dW_x, dW_h, db, dx = (np.zeros_like(v) for v in (W_x, W_h, b, x))
    batch = x.shape[0]
    dc = np.zeros((batch, W_h.shape[0]))
    for t in reversed(range(x.shape[1])):
        it, ft, ot, gt = i[:, t], f[:, t], o[:, t], g[:, t]
        u = np.tanh(cs[:, t + 1])
        dc = dc + dh[:, t] * ot * (1 - u**2)
        da = np.hstack(
            [
                dc * gt * it * (1 - it),
                dc * cs[:, t] * ft * (1 - ft),
                dh[:, t] * u * ot * (1 - ot),
                dc * it * (1 - gt**2),
            ]
        )
        dW_x += x[:, t].T @ da / batch
        dW_h += hs[:, t].T @ da / batch
        db += da.mean(axis=0)
        dx[:, t] = da @ W_x.T
        dc = dc * ft
    return dW_x, dW_h, db, dx
