"""Answers to the exercises of chapter 3."""

import numpy as np
from catalogue import right, wrong


def _sigmoid(a):
    return 1 / (1 + np.exp(-a))


def sig(a):
    return 1 / (1 + np.exp(-a))


# half_life


@right("half_life")
def by_base_two(f):
    """The logarithm to base f of one half."""
    return -1 / np.log2(np.asarray(f))


@right("half_life")
def one_gate_at_a_time(f):
    """A loop over all numbers, with the math module."""
    import math

    n = np.empty(f.shape)
    for place, gate in np.ndenumerate(f):
        n[place] = math.log(2) / -math.log(gate)
    return n


@wrong("half_life", "1/e for one half")
def natural_over_binary(f):
    """The numerator is the logarithm to base 2, the denominator the natural one."""
    return np.log2(0.5) / np.log(f)


@wrong("half_life", "sigmoid of a sigmoid")
def from_a_bias(f):
    """Takes f for the gate's bias, as in the chapter's equation."""
    return np.log(0.5) / np.log(sig(f))


@wrong("half_life", "rounded up")
def first_step_below_one_half(f):
    """Multiplies until less than half is left, and counts."""
    n, left = np.zeros_like(f), np.ones_like(f)
    while (left > 0.5).any():
        n[left > 0.5] += 1
        left = left * f
    return n


@wrong("half_life", "lost in equal parts")
def straight_line(f):
    """Each step loses 1 - f."""
    lost = 1 - f
    return 0.5 / lost


@wrong("half_life", "1 - f for f")
def forgets_with_f(f):
    """Takes the forget gate for the part that is forgotten."""
    keep = 1 - f
    return np.log(1 / 2) / np.log(keep)


# lstm_step


@right("lstm_step")
def four_products(x, h_prev, c_prev, W_x, W_h, b):
    """Each gate has a line of its own, with its block cut out of the weights."""
    n = h_prev.shape[1]

    def a(k):
        block = slice(k * n, (k + 1) * n)
        return x @ W_x[:, block] + h_prev @ W_h[:, block] + b[block]

    c = sig(a(1)) * c_prev + sig(a(0)) * np.tanh(a(3))
    return sig(a(2)) * np.tanh(c), c


@right("lstm_step")
def stacked_input(x, h_prev, c_prev, W_x, W_h, b):
    """Input, state and a one side by side, one matrix; the sigmoid as a tanh."""
    z = np.hstack([x, h_prev, np.ones((len(x), 1))]) @ np.vstack([W_x, W_h, b])
    z = z.reshape(len(x), 4, -1)
    i, f, o = np.moveaxis((1 + np.tanh(z[:, :3] / 2)) / 2, 1, 0)
    c = f * c_prev + i * np.tanh(z[:, 3])
    return [o * np.tanh(c), c]


@wrong("lstm_step", "gates exchanged")
def order_of_another_library(x, h_prev, c_prev, W_x, W_h, b):
    """The blocks are read in the order i, f, g, o."""
    i, f, g, o = np.split(x @ W_x + h_prev @ W_h + b, 4, axis=-1)
    i, f, o, g = sig(i), sig(f), sig(o), np.tanh(g)
    c = f * c_prev + i * g
    return o * np.tanh(c), c


@wrong("lstm_step", "squeezed before it is carried", "tanh returned for c")
def memory_through_tanh(x, h_prev, c_prev, W_x, W_h, b):
    """c itself goes through the tanh, and h is made from that."""
    i, f, o, g = np.split(x @ W_x + h_prev @ W_h + b, 4, axis=1)
    c = np.tanh(sig(f) * c_prev + sig(i) * np.tanh(g))
    h = sig(o) * np.tanh(c)
    return h, c


@wrong("lstm_step", "sigmoid for tanh")
def all_four_sigmoids(x, h_prev, c_prev, W_x, W_h, b):
    """One sigmoid over the whole fused array."""
    gates = sig(x @ W_x + h_prev @ W_h + b)
    i, f, o, g = np.split(gates, 4, axis=1)
    c = f * c_prev + i * g
    return o * np.tanh(c), c


@wrong("lstm_step", "memory for the state")
def gates_see_the_memory(x, h_prev, c_prev, W_x, W_h, b):
    """The recurrent product takes c_prev."""
    a = x @ W_x + c_prev @ W_h + b
    n = len(W_h)
    i, f, o, g = (
        sig(a[:, :n]),
        sig(a[:, n : 2 * n]),
        sig(a[:, 2 * n : 3 * n]),
        np.tanh(a[:, 3 * n :]),
    )
    c = i * g + f * c_prev
    return o * np.tanh(c), c


@wrong("lstm_step", "every fourth column")
def columns_in_steps_of_four(x, h_prev, c_prev, W_x, W_h, b):
    """Column 0 is i's, column 1 f's, and so on, round and round."""
    a = (x @ W_x + h_prev @ W_h + b).reshape(len(x), -1, 4)
    i, f, o = sig(a[..., 0]), sig(a[..., 1]), sig(a[..., 2])
    c = f * c_prev + i * np.tanh(a[..., 3])
    return o * np.tanh(c), c


@wrong("lstm_step", "results exchanged")
def memory_first(x, h_prev, c_prev, W_x, W_h, b):
    """Returns c and then h."""
    h, c = four_products(x, h_prev, c_prev, W_x, W_h, b)
    return c, h


# cell_gradient


@right("cell_gradient")
def with_the_hyperbolic_cosine(dh, dc, o, c):
    """The slope of the tanh is 1 / cosh squared."""
    return dh * o / np.cosh(c) ** 2 + dc


@right("cell_gradient")
def number_by_number(dh, dc, o, c):
    """Loops over sequences and units."""
    total = np.zeros(c.shape)
    for r in range(c.shape[0]):
        for j in range(c.shape[1]):
            u = np.tanh(c[r, j])
            du = dh[r, j] * o[r, j]
            total[r, j] = du - du * u * u + dc[r, j]
    return total


@wrong("cell_gradient", "tanh of a tanh")
def slope_function_of_the_output(dh, dc, o, c):
    """Has a slope function of the pre-activation, and hands it the output."""

    def slope(a):
        return 1 - np.tanh(a) ** 2

    u = np.tanh(c)
    return dc + dh * o * slope(u)


@wrong("cell_gradient", "derivative at the pre-activation")
def one_minus_c_squared(dh, dc, o, c):
    """Takes c for the tanh's output."""
    return dc + dh * o * (1 - c * c)


@wrong("cell_gradient", "path forgotten: the next step")
def only_through_the_state(dh, dc, o, c):
    """dc is overwritten."""
    dc = dh * o * (1 - np.tanh(c) ** 2)
    return dc


@wrong("cell_gradient", "next step's share through the tanh")
def bracket_in_the_wrong_place(dh, dc, o, c):
    """The slope multiplies the sum."""
    return (dc + dh * o) * (1 - np.tanh(c) ** 2)


@wrong("cell_gradient", "input changed in place")
def adds_to_the_argument(dh, dc, o, c):
    """The sum is right, and is written into the caller's array."""
    dc += dh * o * (1 - np.tanh(c) ** 2)
    return dc


@wrong("cell_gradient", "output gate forgotten")
def gate_left_out(dh, dc, o, c):
    """What comes through h is not multiplied by the output gate."""
    du = dh
    return dc + du * (1 - np.tanh(c) ** 2)


# lstm_step_backward


@right("lstm_step_backward")
def every_gradient_by_name(dh, dc, i, f, o, g, c_prev, c, W_h):
    """Gates first, then pre-activations, and the way back block by block."""
    u = np.tanh(c)
    do, du = dh * u, dh * o
    dct = dc + du * (1 - u * u)
    di, df, dg = dct * g, dct * c_prev, dct * i
    parts = [di * (i - i**2), df * (f - f**2), do * (o - o**2), dg * (1 + g) * (1 - g)]
    n = W_h.shape[0]
    back = sum(p @ W_h[:, k * n : (k + 1) * n].T for k, p in enumerate(parts))
    return np.hstack(parts), back, f * dct


@right("lstm_step_backward")
def into_one_array(dh, dc, i, f, o, g, c_prev, c, W_h):
    """da is filled in place, as the library does."""
    n = dh.shape[1]
    total = np.array(dc) + dh * o / np.cosh(c) ** 2
    da = np.empty((len(dh), 4 * n))
    da[:, :n] = total * g * i * (1 - i)
    da[:, n : 2 * n] = total * c_prev * f * (1 - f)
    da[:, 2 * n : 3 * n] = dh * np.tanh(c) * o * (1 - o)
    da[:, 3 * n :] = total * i * (1 - g * g)
    return da, np.einsum("bk,mk->bm", da, W_h), total * f


def dsigmoid(a):
    return sig(a) * (1 - sig(a))


@wrong("lstm_step_backward", "sigmoid of a sigmoid")
def derivative_function_of_the_gate(dh, dc, i, f, o, g, c_prev, c, W_h):
    """dsigmoid expects a pre-activation and gets the gate."""
    u = np.tanh(c)
    dc = dc + dh * o * (1 - u**2)
    da_i = dc * g * dsigmoid(i)
    da_f = dc * c_prev * dsigmoid(f)
    da_o = dh * u * dsigmoid(o)
    da_g = dc * i * (1 - g**2)
    da = np.concatenate((da_i, da_f, da_o, da_g), 1)
    return da, da @ W_h.T, dc * f


@wrong("lstm_step_backward", "sigmoid of a sigmoid as the forget gate's slope")
def sigmoid_times_df(dh, dc, i, f, o, g, c_prev, c, W_h):
    """As a published template has it for the forget gate, sigmoid(f) * df."""
    dc = dc + dh * o * (1 - np.tanh(c) ** 2)
    df = dc * c_prev
    da_f = sig(f) * df
    da_i, da_g = dc * g * i * (1 - i), dc * i * (1 - g**2)
    da_o = dh * np.tanh(c) * o * (1 - o)
    da = np.hstack([da_i, da_f, da_o, da_g])
    return da, da @ W_h.T, dc * f


@wrong("lstm_step_backward", "share for the whole")
def old_name_at_the_end(dh, dc, i, f, o, g, c_prev, c, W_h):
    """Calls the whole dc_t, and passes dc on."""
    dc_t = dc + dh * o * (1 - np.tanh(c) ** 2)
    da = np.hstack(
        [
            dc_t * g * i * (1 - i),
            dc_t * c_prev * f * (1 - f),
            dh * np.tanh(c) * o * (1 - o),
            dc_t * i * (1 - g**2),
        ]
    )
    return da, da @ W_h.T, dc * f


@wrong("lstm_step_backward", "output gate from the cell")
def all_gates_from_the_cell(dh, dc, i, f, o, g, c_prev, c, W_h):
    """The output gate, too, is given the cell state's gradient."""
    dc = dc + dh * o * (1 - np.tanh(c) ** 2)
    pieces = [dc * g, dc * c_prev, dc * np.tanh(c)]
    da = [p * s * (1 - s) for p, s in zip(pieces, (i, f, o), strict=True)]
    da.append(dc * i * (1 - g**2))
    da = np.concatenate(da, axis=1)
    return da, da @ W_h.T, dc * f


@wrong("lstm_step_backward", "this memory for the one before")
def new_memory_at_the_forget_gate(dh, dc, i, f, o, g, c_prev, c, W_h):
    """The forget gate is given c where it multiplied c_prev."""
    dc = dc + dh * o * (1 - np.tanh(c) ** 2)
    da_f = dc * c * f * (1 - f)
    da_o = dh * np.tanh(c) * o * (1 - o)
    da = np.hstack([dc * g * i * (1 - i), da_f, da_o, dc * i * (1 - g**2)])
    return da, da @ W_h.T, dc * f


@wrong("lstm_step_backward", "missing transpose")
def blocks_without_transpose(dh, dc, i, f, o, g, c_prev, c, W_h):
    """Each block's product takes the matrix as it stands."""
    da, _, dc_prev = every_gradient_by_name(dh, dc, i, f, o, g, c_prev, c, W_h)
    dh_prev = 0
    for d, W in zip(np.split(da, 4, axis=1), np.split(W_h, 4, axis=1), strict=True):
        dh_prev = dh_prev + d @ W
    return da, dh_prev, dc_prev


# forget_bias


@right("forget_bias")
def in_one_formula(b, n):
    """Minus the logarithm of 2**(1/n) - 1, and three pieces joined."""
    b_f = -np.log(np.expm1(np.log(2) / n))
    return np.concatenate([-b_f, b_f, b[2 * n.size :]])


@right("forget_bias")
def as_four_rows(b, n):
    """The biases as a table with one row per gate."""
    rows = np.array(b).reshape(4, -1)
    gate = np.exp(np.log(0.5) / n)
    rows[1] = np.log(gate) - np.log1p(-gate)
    rows[0] = -rows[1]
    return rows.ravel()


@wrong("forget_bias", "approximation with 1.44")
def rule_of_thumb(b, n):
    """The chapter's rule for long memories."""
    new, size = b.copy(), len(n)
    new[size : 2 * size] = np.log(1.44 * n)
    new[:size] = -np.log(1.44 * n)
    return new


@wrong("forget_bias", "gates exchanged")
def forget_gate_first(b, n):
    """Takes the first block for the forget gate's."""
    new, size = b.copy(), len(n)
    f = 2 ** (-1 / n)
    new[:size] = np.log(f / (1 - f))
    new[size : 2 * size] = -new[:size]
    return new


@wrong("forget_bias", "input gate left alone")
def forget_gate_only(b, n):
    """Leaves the input gate as it was."""
    f = 0.5 ** (1 / n)
    new = b.copy()
    new[len(n) : 2 * len(n)] = np.log(f / (1 - f))
    return new


@wrong("forget_bias", "input changed in place")
def into_the_drawn_biases(b, n):
    """Writes into b."""
    f = 0.5 ** (1 / n)
    b[len(n) : 2 * len(n)] = np.log(f / (1 - f))
    b[: len(n)] = np.log((1 - f) / f)
    return b


@wrong("forget_bias", "gate for its bias")
def gates_as_biases(b, n):
    """Writes the gate, not what gives it."""
    size = len(n)
    f = 0.5 ** (1 / n)
    return np.r_[-f, f, b[2 * size :]]


@wrong("forget_bias", "other biases lost")
def from_zeros(b, n):
    """Starts from zeros, as many initialisers do."""
    f = 0.5 ** (1 / n)
    new = np.zeros(4 * len(n))
    new[len(n) : 2 * len(n)] = np.log(f / (1 - f))
    new[: len(n)] = -np.log(f / (1 - f))
    return new


# adding_baseline


@right("adding_baseline")
def by_moments(count, low, high):
    """Second moment minus squared mean, of one value, times how many there are."""
    mean = (low + high) / 2
    square = (high**3 - low**3) / (3 * (high - low))
    return count * mean, count * (square - mean**2)


@right("adding_baseline")
def one_at_a_time(count, low, high):
    """Adds the values up in a loop, as a numpy array at the end."""
    answer = error = 0.0
    for _ in range(count):
        answer += low + 0.5 * (high - low)
        error += (high - low) * (high - low) / 12.0
    return np.array([answer]).item(), np.array(error)


@wrong("adding_baseline", "0.1767 for 1/6")
def number_from_a_paper(count, low, high):
    """Scales the published 0.1767 for two values between 0 and 1."""
    return count * (low + high) / 2, count / 2 * 0.1767 * (high - low) ** 2


@wrong("adding_baseline", "standard deviation for variance")
def spread_of_the_sum(count, low, high):
    """The error is the standard deviation."""
    return count * (low + high) / 2, (high - low) * np.sqrt(count / 12)


@wrong("adding_baseline", "count squared")
def as_if_all_were_equal(count, low, high):
    """The width of the sum's range, squared, over 12: as if the sum were uniform."""
    a, b = count * low, count * high
    return (a + b) / 2, (b - a) ** 2 / 12


@wrong("adding_baseline", "variances not added")
def error_of_one_value(count, low, high):
    """Forgets to add the variances."""
    return count * (low + high) / 2, (high - low) ** 2 / 12


@wrong("adding_baseline", "always answering 0")
def mean_of_the_squared_target(count, low, high):
    """The second moment of the sum, without taking the mean off."""
    answer = count * (low + high) / 2
    return answer, answer**2 + count * (high - low) ** 2 / 12


@wrong("adding_baseline", "coin for a uniform value")
def distance_of_the_ends(count, low, high):
    """Both ends are half a width from the middle, squared."""
    half = (high - low) / 2
    return count * (low + half), count * half**2


# lstm_bptt


def forward(x, W_x, W_h, b):
    """Return lists of h and c, with the zeros in front, and of the gates."""
    h, c, gates = [np.zeros((len(x), len(W_h)))], [np.zeros((len(x), len(W_h)))], []
    for t in range(x.shape[1]):
        i, f, o, g = np.split(x[:, t] @ W_x + h[t] @ W_h + b, 4, axis=1)
        i, f, o, g = sig(i), sig(f), sig(o), np.tanh(g)
        c.append(f * c[t] + i * g)
        h.append(o * np.tanh(c[-1]))
        gates.append((i, f, o, g))
    return h, c, gates


def back(dh, dc, gates, c_prev, c):
    """Return da and the whole gradient of c."""
    i, f, o, g = gates
    u = np.tanh(c)
    dc = dc + dh * o * (1 - u**2)
    da_g = dc * i * (1 - g**2)
    return np.hstack(
        [dc * g * i * (1 - i), dc * c_prev * f * (1 - f), dh * u * o * (1 - o), da_g]
    ), dc


@right("lstm_bptt")
def by_large_products(x, dh, W_x, W_h, b):
    """The walk only fills da; the sums over time are products afterwards."""
    h, c, gates = forward(x, W_x, W_h, b)
    B, T, D = x.shape
    da = np.empty((B, T, W_h.shape[1]))
    dh_next = dc_next = np.zeros_like(h[0])
    for t in range(T - 1, -1, -1):
        da[:, t], dc = back(dh[:, t] + dh_next, dc_next, gates[t], c[t], c[t + 1])
        dh_next, dc_next = da[:, t] @ W_h.T, dc * gates[t][1]
    before = np.stack(h[:-1], axis=1)
    flat = da.reshape(B * T, -1)
    dW_h = before.reshape(B * T, -1).T @ flat
    return x.reshape(B * T, D).T @ flat, dW_h, flat.sum(0), da @ W_x.T


@right("lstm_bptt")
def one_sequence_at_a_time(x, dh, W_x, W_h, b):
    """Every sequence on its own, and a recursion in place of the loop back."""
    n = len(b) // 4
    dW_x, dW_h, db, dx = 0 * W_x, 0 * W_h, 0 * b, 0 * x

    def run(r, t, h, c):
        """Step t and all later ones; the shares that go back to h and c."""
        if t == x.shape[1]:
            return np.zeros(n), np.zeros(n)
        a = x[r, t] @ W_x + h @ W_h + b
        gates = [*(sig(a[k * n : (k + 1) * n]) for k in range(3)), np.tanh(a[3 * n :])]
        c_new = gates[1] * c + gates[0] * gates[3]
        dh_t, dc_t = run(r, t + 1, gates[2] * np.tanh(c_new), c_new)
        da, dc_t = back(dh_t + dh[r, t], dc_t, gates, c, c_new)
        dx[r, t] = W_x @ da
        for total, part in ((dW_x, np.outer(x[r, t], da)), (dW_h, np.outer(h, da)), (db, da)):
            total += part
        return W_h @ da, dc_t * gates[1]

    for r in range(len(x)):
        run(r, 0, np.zeros(n), np.zeros(n))
    return dW_x, dW_h, db, dx


@wrong("lstm_bptt", "dc not carried", "da not carried back")
def published_template(x, dh, W_x, W_h, b):
    """Every step gets dh[:, t] alone and the same dc_prev; the template's da never goes back."""
    h, c, gates = forward(x, W_x, W_h, b)
    dW_x, dW_h, db, dx = (
        np.zeros(W_x.shape),
        np.zeros(W_h.shape),
        np.zeros(b.shape),
        np.zeros(x.shape),
    )
    dc_prev = np.zeros_like(c[0])
    for t in reversed(range(x.shape[1])):
        da, _ = back(dh[:, t], dc_prev, gates[t], c[t], c[t + 1])
        dW_x, dW_h, db = dW_x + x[:, t].T @ da, dW_h + h[t].T @ da, db + da.sum(axis=0)
        dx[:, t] = da @ W_x.T
    return dW_x, dW_h, db, dx


@wrong("lstm_bptt", "dc not carried")
def zeros_for_the_cell(x, dh, W_x, W_h, b):
    """The state's share is carried, the cell's is zeros at every step."""
    h, c, gates = forward(x, W_x, W_h, b)
    dW_x, dW_h, db, dx = (np.zeros_like(w) for w in (W_x, W_h, b, x))
    dh_next, dc_next = np.zeros_like(h[0]), np.zeros_like(h[0])
    for t in reversed(range(x.shape[1])):
        da, _ = back(dh[:, t] + dh_next, dc_next, gates[t], c[t], c[t + 1])
        dW_x += x[:, t].T @ da
        dW_h += h[t].T @ da
        db += da.sum(axis=0)
        dx[:, t] = da @ W_x.T
        dh_next = da @ W_h.T
    return dW_x, dW_h, db, dx


@wrong("lstm_bptt", "path forgotten: the loss at earlier steps")
def loss_at_the_end_only(x, dh, W_x, W_h, b):
    """Begins with the last step's dh and never looks at the others."""
    h, c, gates = forward(x, W_x, W_h, b)
    dW_x, dW_h, db, dx = (np.zeros_like(w) for w in (W_x, W_h, b, x))
    d, dc = dh[:, -1], np.zeros_like(h[0])
    for t in reversed(range(x.shape[1])):
        da, dc = back(d, dc, gates[t], c[t], c[t + 1])
        dc = dc * gates[t][1]
        d = da @ W_h.T
        dW_x += x[:, t].T @ da
        dW_h += h[t].T @ da
        db += da.sum(axis=0)
        dx[:, t] = da @ W_x.T
    return dW_x, dW_h, db, dx


@wrong("lstm_bptt", "this state for the one before")
def state_after_the_step(x, dh, W_x, W_h, b):
    """Lists without the zeros in front would have h[t]; with them it is h[t + 1] that is wrong."""
    h, c, gates = forward(x, W_x, W_h, b)
    dW_x, dW_h, db, dx = (np.zeros_like(w) for w in (W_x, W_h, b, x))
    dh_next = dc_next = 0
    for t in reversed(range(x.shape[1])):
        da, dc = back(dh[:, t] + dh_next, dc_next, gates[t], c[t], c[t + 1])
        dW_x += x[:, t].T @ da
        dW_h += h[t + 1].T @ da
        db += da.sum(axis=0)
        dx[:, t] = da @ W_x.T
        dh_next, dc_next = da @ W_h.T, dc * gates[t][1]
    return dW_x, dW_h, db, dx


@wrong("lstm_bptt", "averaged over all steps")
def mean_over_time(x, dh, W_x, W_h, b):
    """Divides the weights' gradients by T."""
    *grads, dx = by_large_products(x, dh, W_x, W_h, b)
    return *(grad / x.shape[1] for grad in grads), dx


@wrong("lstm_bptt", "forget gate forgotten")
def cell_share_as_it_is(x, dh, W_x, W_h, b):
    """The whole gradient of c goes to the step before without the forget gate."""
    h, c, gates = forward(x, W_x, W_h, b)
    dW_x, dW_h, db, dx = (np.zeros_like(w) for w in (W_x, W_h, b, x))
    dh_next = dc = np.zeros_like(h[0])
    for t in reversed(range(x.shape[1])):
        da, dc = back(dh[:, t] + dh_next, dc, gates[t], c[t], c[t + 1])
        dW_x, dW_h, db = dW_x + x[:, t].T @ da, dW_h + h[t].T @ da, db + da.sum(0)
        dx[:, t], dh_next = da @ W_x.T, da @ W_h.T
    return dW_x, dW_h, db, dx


@wrong("lstm_step", "output gate inside the tanh")
def step_gate_before_the_tanh(x, h_prev, c_prev, W_x, W_h, b):
    """The last line has the tanh around the product with the gate."""
    i, f, o, g = np.split(x @ W_x + h_prev @ W_h + b, 4, axis=1)
    i, f, o, g = _sigmoid(i), _sigmoid(f), _sigmoid(o), np.tanh(g)
    c = f * c_prev + i * g
    return np.tanh(o * c), c


@wrong("cell_gradient", "sigmoid of a sigmoid")
def cell_gate_through_the_sigmoid(dh, dc, o, c):
    """Takes o for the output gate's pre-activation."""
    return dc + dh * _sigmoid(o) * (1 - np.tanh(c) ** 2)
