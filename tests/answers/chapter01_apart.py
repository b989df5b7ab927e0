"""Answers to the exercises of chapter 01, written from their text alone."""

import numpy as np
from catalogue import right, wrong

from gru_lib.activations import sigmoid

# windows


@right("windows")
def windows_strided(series, length):
    """The sliding view of NumPy, its last window left out; x is a read-only view."""
    view = np.lib.stride_tricks.sliding_window_view(series, length)
    return view[:-1, :, None], series[length:, None]


@right("windows")
def windows_index_table(series, length):
    """A table of indices: column of starts plus row of offsets."""
    starts = np.arange(series.size - length).reshape(-1, 1)
    table = starts + np.arange(length + 1)
    both = series[table]
    return both[:, :-1, np.newaxis], both[:, -1:]


@wrong("windows", "last window forgotten")
def windows_look_back_minus_one(series, length):
    """The loop of a much copied tutorial: len - look_back - 1, so the last window is lost."""
    data_x, data_y = [], []
    for i in range(len(series) - length - 1):
        data_x.append(series[i : (i + length)])
        data_y.append(series[i + length])
    return np.array(data_x).reshape(-1, length, 1), np.array(data_y).reshape(-1, 1)


@wrong("windows", "today for tomorrow")
def windows_target_inside(series, length):
    """The targets begin at series[length - 1], which the window already contains, not at length."""
    n = len(series)
    x = np.zeros((n - length, length, 1))
    y = np.zeros((n - length, 1))
    for i in range(n - length):
        x[i, :, 0] = series[i : i + length]
        y[i, 0] = series[i + length - 1]
    return x, y


@wrong("windows", "reshape for transpose")
def windows_reshape_not_transpose(series, length):
    """The shifted copies are rows (length, n - length); reshape mixes them instead of .T."""
    m = len(series) - length
    shifted = np.stack([series[k : k + m] for k in range(length)])
    return shifted.reshape(m, length, 1), series[length:].reshape(-1, 1)


@wrong("windows", "each window made relative to its first value")
def windows_relative(series, length):
    """Windows and targets are shifted so that each window begins at 0, as some tutorials do."""
    X, Y = [], []
    for i in range(series.shape[0] - length):
        piece = series[i : i + length + 1] - series[i]
        X.append(piece[:-1])
        Y.append(piece[-1])
    return np.array(X)[:, :, None], np.array(Y)[:, None]


@wrong("windows", "wrong shape")
def windows_flat_targets(series, length):
    """The array y has shape (n - length,) instead of (n - length, 1)."""
    x = np.array([series[i : i + length] for i in range(len(series) - length)])
    y = np.array([series[i + length] for i in range(len(series) - length)])
    return x[..., None], y


# forward_step


@right("forward_step")
def forward_one_big_matrix(x_t, h_prev, W_xh, W_hh, b_h):
    """Inputs, states and a column of ones side by side, weights stacked: one product."""
    z = np.hstack([x_t, h_prev, np.ones((len(x_t), 1))])
    return np.tanh(z @ np.vstack([W_xh, W_hh, b_h]))


@right("forward_step")
def forward_row_by_row(x_t, h_prev, W_xh, W_hh, b_h):
    """A loop over windows and units, with sums written out."""
    batch, hidden = h_prev.shape
    out = np.empty((batch, hidden))
    for b in range(batch):
        for j in range(hidden):
            s = b_h[j] + sum(x_t[b, i] * W_xh[i, j] for i in range(x_t.shape[1]))
            s += sum(h_prev[b, i] * W_hh[i, j] for i in range(hidden))
            out[b, j] = np.tanh(s)
    return out


@wrong("forward_step", "transposed")
def forward_einsum_transposed(x_t, h_prev, W_xh, W_hh, b_h):
    """The second einsum sums over the second index of W_hh instead of the first."""
    a = np.einsum("bi,ih->bh", x_t, W_xh) + np.einsum("bk,hk->bh", h_prev, W_hh) + b_h
    return np.tanh(a)


def _linear(v, W, b):
    return v @ W + b


@wrong("forward_step", "bias twice")
def forward_bias_in_both_layers(x_t, h_prev, W_xh, W_hh, b_h):
    """Two linear layers, each of which adds the same b_h (frameworks have two biases)."""
    return np.tanh(_linear(x_t, W_xh, b_h) + _linear(h_prev, W_hh, b_h))


@wrong("forward_step", "tanh of each part, bias with the input")
def forward_tanh_of_the_parts(x_t, h_prev, W_xh, W_hh, b_h):
    """Squashes the input part and the state part one at a time, then adds them."""
    from_input = np.tanh(np.dot(x_t, W_xh) + b_h)
    from_state = np.tanh(np.dot(h_prev, W_hh))
    return from_input + from_state


@wrong("forward_step", "tanh of half the sum")
def forward_tanh_by_hand(x_t, h_prev, W_xh, W_hh, b_h):
    """tanh(a) is 2 / (1 + exp(-2 a)) - 1; the 2 in the exponent is forgotten."""
    a = x_t @ W_xh + h_prev @ W_hh + b_h
    return 2.0 / (1.0 + np.exp(-a)) - 1.0


@wrong("forward_step", "input changed in place")
def forward_out_is_h_prev(x_t, h_prev, W_xh, W_hh, b_h):
    """Right numbers, but out=h_prev overwrites the argument, which must stay as it is."""
    a = x_t @ W_xh + h_prev @ W_hh + b_h
    np.tanh(a, out=h_prev)
    return h_prev


@wrong("forward_step", "windows taken for steps")
def forward_batch_as_time(x_t, h_prev, W_xh, W_hh, b_h):
    """Begins with the first row's state and hands it from window to window."""
    h = h_prev[0]
    states = []
    for row in x_t:
        h = np.tanh(row @ W_xh + h @ W_hh + b_h)
        states.append(h)
    return np.array(states)


@wrong("forward_step", "bias outside the tanh", "transposed")
def forward_bias_outside_transposed(x_t, h_prev, W_xh, W_hh, b_h):
    """Two mistakes: b_h is added after the tanh, and W_hh stands on the left, for columns."""
    recurrent = (W_hh @ h_prev.T).T
    return np.tanh(x_t @ W_xh + recurrent) + b_h


# loss_gradient


@right("loss_gradient")
def loss_gradient_two_means(prediction, target):
    """Mean over the outputs, then over the batch: a factor for each."""
    batch, output = prediction.shape
    per_row = 2.0 * (prediction - target) / output
    return per_row / batch


@right("loss_gradient")
def loss_gradient_secant(prediction, target):
    """The loss is quadratic, so a central difference with step 1 is exact up to rounding."""

    def term(p):
        return (p - target) ** 2

    return (term(prediction + 1) - term(prediction - 1)) / 2 / np.prod(target.shape)


@wrong("loss_gradient", "sum over the outputs")
def loss_gradient_len(prediction, target):
    """len(prediction) is B, not B times O."""
    return 2 * (prediction - target) / len(prediction)


@wrong("loss_gradient", "factor 2 missing")
def loss_gradient_half(prediction, target):
    """The gradient of half the mean squared error, as many books define it."""
    error = np.subtract(prediction, target)
    return error / error.size


@wrong("loss_gradient", "sign")
def loss_gradient_reversed(prediction, target):
    """The outer derivative only: the sign says where to go, not where the loss grows."""
    n = np.size(target)
    dy = np.zeros(np.shape(target))
    for i, (p_row, t_row) in enumerate(zip(prediction, target, strict=True)):
        for o, (p, t) in enumerate(zip(p_row, t_row, strict=True)):
            dy[i, o] = 2 * (t - p) / n
    return dy


@wrong("loss_gradient", "derivative of the wrong function")
def loss_gradient_of_rmse(prediction, target):
    """Differentiates the root of L; with perfect predictions it even divides by zero."""
    diff = prediction - target
    rmse = np.sqrt(np.mean(diff**2))
    return diff / (diff.size * rmse)


@wrong("loss_gradient", "one row for all windows")
def loss_gradient_batch_average(prediction, target):
    """Takes the mean over the rows as if it belonged to each number; all rows become equal."""
    column_means = 2 * np.mean(prediction - target, axis=0, keepdims=True)
    return np.repeat(column_means / prediction.shape[1], prediction.shape[0], axis=0)


@wrong("loss_gradient", "sign of the error")
def loss_gradient_absolute(prediction, target):
    """Has the sign of the error only, not its size."""
    return np.where(prediction > target, 1.0, -1.0) * (prediction != target) / prediction.size


@wrong("loss_gradient", "factor 2 missing", "sum for mean")
def loss_gradient_plain_error(prediction, target):
    """Two mistakes: the plain error y_hat - y, neither doubled nor divided by B O."""
    return prediction - target


# numerical_gradient


@right("numerical_gradient")
def numerical_unit_vectors(f, w, eps):
    """Rows of the identity as e_j; w itself is never touched."""
    e = np.eye(w.size).reshape((w.size, *w.shape))
    numbers = [(f(w + eps * e_j) - f(w - eps * e_j)) / (2 * eps) for e_j in e]
    return np.reshape(numbers, w.shape)


@right("numerical_gradient")
def numerical_keep_and_put_back(f, w, eps):
    """Changes w itself, and puts back the very number that was kept."""
    grad = np.zeros_like(w)
    it = np.nditer(w, flags=["multi_index"])
    while not it.finished:
        ix = it.multi_index
        old = w[ix]
        w[ix] = old + eps
        plus = f(w)
        w[ix] = old - eps
        minus = f(w)
        w[ix] = old
        grad[ix] = (plus - minus) / (2 * eps)
        it.iternext()
    return grad


@wrong("numerical_gradient", "one-sided difference")
def numerical_forward_difference(f, w, eps):
    """f(w + eps) - f(w) over eps; the step down is missing."""
    base = f(w)
    gradient = np.zeros(w.shape)
    for index in np.ndindex(w.shape):
        v = w.copy()
        v[index] += eps
        gradient[index] = (f(v) - base) / eps
    return gradient


@wrong("numerical_gradient", "complex step")
def numerical_complex_step(f, w, eps):
    """The chapter's judge: Im f(w + i eps) / eps. It differs when eps is large."""
    gradient = np.zeros(w.shape)
    for index in np.ndindex(w.shape):
        z = w.astype(complex)
        z[index] += 1j * eps
        gradient[index] = np.imag(f(z)) / eps
    return gradient


@wrong("numerical_gradient", "copies made once")
def numerical_copies_made_once(f, w, eps):
    """The two copies are made before the loop, so earlier places stay moved."""
    up, down = w.copy(), w.copy()
    gradient = np.empty_like(w)
    for index in np.ndindex(*w.shape):
        up[index] += eps
        down[index] -= eps
        gradient[index] = (f(up) - f(down)) / (2 * eps)
    return gradient


@wrong("numerical_gradient", "input changed in place")
def numerical_walks_back(f, w, eps):
    """Goes back by adding eps again; the last digits of w are not what they were."""
    gradient = np.zeros_like(w)
    for index in np.ndindex(w.shape):
        w[index] += eps
        high = f(w)
        w[index] -= 2 * eps
        low = f(w)
        w[index] += eps
        gradient[index] = (high - low) / (2 * eps)
    return gradient


@wrong("numerical_gradient", "half a one-sided difference")
def numerical_alias(f, w, eps):
    """w_plus and w_minus are w: the step down leads back to w, so half is missing."""
    gradient = np.zeros_like(w)
    for index in np.ndindex(w.shape):
        w_plus = w
        w_plus[index] = w[index] + eps
        f_plus = f(w_plus)
        w_minus = w
        w_minus[index] = w[index] - eps
        f_minus = f(w_minus)
        gradient[index] = (f_plus - f_minus) / (2 * eps)
    return gradient


@wrong("numerical_gradient", "whole rows moved at once")
def numerical_row_at_once(f, w, eps):
    """Loops over len(w): with two or three axes w[i] is a row and moves as a whole."""
    gradient = np.zeros(w.shape)
    for i in range(len(w)):
        up, down = w.copy(), w.copy()
        up[i] += eps
        down[i] -= eps
        gradient[i] = (f(up) - f(down)) / (2 * eps)
    return gradient


@wrong("numerical_gradient", "factor 2 missing")
def numerical_relative_step(f, w, eps):
    """Two mistakes: the step is eps times (1 + |w_j|), and the division is by it, not twice it."""
    flat = w.ravel()
    result = []
    for j, value in enumerate(flat):
        h = eps * (1 + abs(value))
        shift = np.zeros(flat.shape)
        shift[j] = h
        shift = shift.reshape(w.shape)
        result.append((f(w + shift) - f(w - shift)) / h)
    return np.array(result).reshape(w.shape)


# truncated_bptt


def _states(x, W_xh, W_hh, b_h):
    h = [np.zeros(len(b_h))]
    for row in x:
        h.append(np.tanh(row @ W_xh + h[-1] @ W_hh + b_h))
    return h


@right("truncated_bptt")
def bptt_collect_then_multiply(x, dh, W_xh, W_hh, b_h, k):
    """Collects the da of the visited steps as rows; the gradients are three products."""
    h = np.array(_states(x, W_xh, W_hh, b_h))
    T = len(x)
    first = max(T - 1 - k, 0)
    da = np.zeros((T, len(b_h)))
    incoming = dh
    for t in range(T - 1, first - 1, -1):
        da[t] = incoming * (1 - h[t + 1] ** 2)
        incoming = W_hh @ da[t]
    return x.T @ da, h[:-1].T @ da, da.sum(axis=0)


@right("truncated_bptt")
def bptt_recursive(x, dh, W_xh, W_hh, b_h, k):
    """The walk as a function that calls itself until k or the steps are used up."""
    h = _states(x, W_xh, W_hh, b_h)

    def walk(t, g, left):
        da = g * (1 - h[t]) * (1 + h[t])
        here = [np.outer(x[t - 1], da), np.outer(h[t - 1], da), da]
        if left == 0 or t == 1:
            return here
        before = walk(t - 1, da @ W_hh.T, left - 1)
        return [a + b for a, b in zip(here, before, strict=True)]

    return tuple(walk(len(x), dh, k))


@wrong("truncated_bptt", "forward pass cut off")
def bptt_short_forward(x, dh, W_xh, W_hh, b_h, k):
    """Keeps the last k + 1 inputs only and begins there with a state of zeros."""
    x = x[-(k + 1) :]
    h = _states(x, W_xh, W_hh, b_h)
    dW_xh, dW_hh, db_h = np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros_like(b_h)
    for t in range(len(x), 0, -1):
        da = dh * (1 - h[t] ** 2)
        dW_xh += np.outer(x[t - 1], da)
        dW_hh += np.outer(h[t - 1], da)
        db_h += da
        dh = da @ W_hh.T
    return dW_xh, dW_hh, db_h


@wrong("truncated_bptt", "cut at fixed chunks")
def bptt_fixed_chunks(x, dh, W_xh, W_hh, b_h, k):
    """Detaches after every k + 1 steps from the start, so the last chunk may be shorter."""
    h = _states(x, W_xh, W_hh, b_h)
    dW_xh, dW_hh, db_h = np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros_like(b_h)
    g = dh.copy()
    for t in reversed(range(len(x))):
        da = g * (1 - h[t + 1] ** 2)
        dW_xh += np.outer(x[t], da)
        dW_hh += np.outer(h[t], da)
        db_h += da
        if t % (k + 1) == 0:
            break
        g = W_hh.dot(da)
    return dW_xh, dW_hh, db_h


@wrong("truncated_bptt", "walk past the beginning")
def bptt_wraps_round(x, dh, W_xh, W_hh, b_h, k):
    """No max(..., 0): for k >= T the walk goes on at index -1, the end of the list."""
    hs = _states(x, W_xh, W_hh, b_h)
    last = len(x) - 1
    dW_xh, dW_hh, db_h = np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros_like(b_h)
    grad = np.array(dh)
    for t in range(last, last - k - 1, -1):
        da = grad * (1 - np.square(hs[t + 1]))
        dW_xh = dW_xh + x[t][:, None] * da
        dW_hh = dW_hh + hs[t][:, None] * da
        db_h = db_h + da
        grad = da @ W_hh.T
    return dW_xh, dW_hh, db_h


@wrong("truncated_bptt", "input changed in place")
def bptt_dh_in_place(x, dh, W_xh, W_hh, b_h, k):
    """Right numbers, but dh *= slope changes the caller's dh at the last step."""
    h = _states(x, W_xh, W_hh, b_h)
    grads = [np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros_like(b_h)]
    t = len(x)
    while t > 0 and k >= 0:
        dh *= 1 - h[t] ** 2
        grads[0] += np.outer(x[t - 1], dh)
        grads[1] += np.outer(h[t - 1], dh)
        grads[2] += dh
        dh = dh @ W_hh.T
        t, k = t - 1, k - 1
    return tuple(grads)


@wrong("truncated_bptt", "truncation of W_hh only")
def bptt_only_w_hh_truncated(x, dh, W_xh, W_hh, b_h, k):
    """Walks all the way for dW_xh and db_h; the cut is applied to dW_hh alone."""
    h = _states(x, W_xh, W_hh, b_h)
    T = x.shape[0]
    dW_xh, dW_hh, db_h = np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros_like(b_h)
    for t in range(T, 0, -1):
        da = dh * (1 - h[t] ** 2)
        dW_xh += np.outer(x[t - 1], da)
        db_h += da
        if T - t <= k:
            dW_hh += np.outer(h[t - 1], da)
        dh = da @ W_hh.T
    return dW_xh, dW_hh, db_h


@wrong("truncated_bptt", "one step too few, at least one")
def bptt_k_steps_at_least_one(x, dh, W_xh, W_hh, b_h, k):
    """max(k, 1) steps: right for k = 0, one too few for every other k below T."""
    T = len(x)
    h = np.zeros((T + 1, W_hh.shape[0]))
    for t in range(1, T + 1):
        h[t] = np.tanh(x[t - 1] @ W_xh + h[t - 1] @ W_hh + b_h)
    dW_xh, dW_hh, db_h = np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros_like(b_h)
    for t in list(range(T, 0, -1))[: max(k, 1)]:
        da = dh * (1 - h[t] ** 2)
        dW_xh += x[t - 1 : t].T @ da[None]
        dW_hh += h[t - 1 : t].T @ da[None]
        db_h += da
        dh = da @ W_hh.T
    return dW_xh, dW_hh, db_h


def _dtanh(a):
    return 1 - np.tanh(a) ** 2


@wrong("truncated_bptt", "tanh of a tanh", "missing transpose")
def bptt_slope_at_h_no_transpose(x, dh, W_xh, W_hh, b_h, k):
    """Two mistakes: the slope function wants a_t and gets h_t; and da @ W_hh without .T."""
    h = _states(x, W_xh, W_hh, b_h)
    dW_xh, dW_hh, db_h = np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros_like(b_h)
    for t in range(len(x), max(0, len(x) - k - 1), -1):
        da = dh * _dtanh(h[t])
        dW_xh += np.outer(x[t - 1], da)
        dW_hh += np.outer(h[t - 1], da)
        db_h += da
        dh = da @ W_hh
    return dW_xh, dW_hh, db_h


# repair


def _forward(x, U, W):
    hs = [np.zeros((x.shape[0], W.shape[0]))]
    for t in range(x.shape[1]):
        hs.append(sigmoid(x[:, t] @ U + hs[-1] @ W))
    return hs


@right("repair")
def repair_window_by_window(x, y, U, W, V, clip):
    """One window at a time with plain rows; the sums are divided by B before clipping."""
    sums = [np.zeros(U.shape), np.zeros(W.shape), np.zeros(V.shape)]
    for window, goal in zip(x, y, strict=True):
        h = [np.zeros(len(W))]
        for value in window[:, 0]:
            h.append(sigmoid(value * U[0] + h[-1] @ W))
        err = h[-1] @ V[:, 0] - goal[0]
        sums[2][:, 0] += err * h[-1]
        g = err * V[:, 0]
        for t in range(len(window), 0, -1):
            da = g * h[t] * (1 - h[t])
            sums[0][0] += window[t - 1, 0] * da
            sums[1] += h[t - 1][:, None] * da
            g = W @ da
    return tuple(np.maximum(np.minimum(s / len(x), clip), -clip) for s in sums)


@right("repair")
def repair_complex_step(x, y, U, W, V, clip):
    """No derivation at all: the complex step through the loss, one weight at a time."""

    def loss(u, w, v):
        h = np.zeros((len(x), len(w)), dtype=complex)
        for t in range(x.shape[1]):
            h = 1 / (1 + np.exp(-(x[:, t] @ u + h @ w)))
        return np.sum((h @ v - y) ** 2) / 2 / len(x)

    weights = [m.astype(complex) for m in (U, W, V)]
    result = []
    for m in weights:
        g = np.zeros(m.shape)
        for index in np.ndindex(m.shape):
            kept = m[index]
            m[index] = kept + 1e-30j
            g[index] = loss(*weights).imag / 1e-30
            m[index] = kept
        result.append(np.clip(g, -clip, clip))
    return tuple(result)


@wrong("repair", "clip inside the loop")
def repair_clips_inside_the_walk(x, y, U, W, V, clip):
    """The clipping stands inside the loop, so later terms are added to clipped sums."""
    hs = _forward(x, U, W)
    dy = (hs[-1] @ V - y) / len(x)
    dU, dW, dV = np.zeros_like(U), np.zeros_like(W), np.clip(hs[-1].T @ dy, -clip, clip)
    dh = dy @ V.T
    for t in range(x.shape[1], 0, -1):
        da = dh * hs[t] * (1 - hs[t])
        dU = np.clip(dU + x[:, t - 1].T @ da, -clip, clip)
        dW = np.clip(dW + hs[t - 1].T @ da, -clip, clip)
        dh = da @ W.T
    return dU, dW, dV


@wrong("repair", "derivative at the pre-activation")
def repair_slope_of_the_sum(x, y, U, W, V, clip):
    """Uses add * (1 - add) with add = a_t, as in a widely copied tutorial; it needs h_t."""
    layers = []
    s = np.zeros((len(x), len(W)))
    for t in range(x.shape[1]):
        add = x[:, t] @ U + s @ W
        prev_s, s = s, sigmoid(add)
        layers.append((x[:, t], prev_s, add))
    dmulv = (s @ V - y) / len(x)
    dU, dW, dV = np.zeros(U.shape), np.zeros(W.shape), s.T @ dmulv
    ds = dmulv @ V.T
    for inp, prev_s, add in reversed(layers):
        dadd = add * (1 - add) * ds
        dU += inp.T @ dadd
        dW += prev_s.T @ dadd
        ds = dadd @ W.T
    return np.clip(dU, -clip, clip), np.clip(dW, -clip, clip), np.clip(dV, -clip, clip)


@wrong("repair", "state carried between windows")
def repair_state_not_reset(x, y, U, W, V, clip):
    """The state is set to zero before the loop over the windows and not inside it."""
    B, T, _ = x.shape
    dU, dW, dV = np.zeros_like(U), np.zeros_like(W), np.zeros_like(V)
    h = np.zeros((1, len(W)))
    for i in range(B):
        trace = [h]
        for t in range(T):
            h = sigmoid(x[i, t : t + 1] @ U + h @ W)
            trace.append(h)
        dy = (h @ V - y[i : i + 1]) / B
        dV += h.T @ dy
        dh = dy @ V.T
        for t in range(T, 0, -1):
            da = dh * trace[t] * (1 - trace[t])
            dU += x[i, t - 1 : t].T @ da
            dW += trace[t - 1].T @ da
            dh = da @ W.T
    return tuple(np.clip(d, -clip, clip) for d in (dU, dW, dV))


@wrong("repair", "clip each array by itself")
def repair_clips_by_norm(x, y, U, W, V, clip):
    """Shortens a gradient whose norm is above clip, instead of limiting number by number."""
    hs = _forward(x, U, W)
    dy = (hs[-1] @ V - y) / y.shape[0]
    grads = {"U": np.zeros_like(U), "W": np.zeros_like(W), "V": hs[-1].T @ dy}
    dh = dy @ V.T
    for t in range(x.shape[1], 0, -1):
        da = dh * hs[t] * (1 - hs[t])
        grads["U"] += np.einsum("bi,bh->ih", x[:, t - 1], da)
        grads["W"] += np.einsum("bi,bh->ih", hs[t - 1], da)
        dh = np.einsum("bh,ih->bi", da, W)
    for name, g in grads.items():
        norm = np.linalg.norm(g)
        if norm > clip:
            grads[name] = g * (clip / norm)
    return grads["U"], grads["W"], grads["V"]


@wrong("repair", "clip each window by itself")
def repair_clips_each_window(x, y, U, W, V, clip):
    """Clips the gradient of every single window and averages afterwards."""
    hs = _forward(x, U, W)
    dy = hs[-1] @ V - y
    each_V = np.einsum("bh,bo->bho", hs[-1], dy)
    each_U = np.zeros((len(x), *U.shape))
    each_W = np.zeros((len(x), *W.shape))
    dh = dy @ V.T
    for t in reversed(range(x.shape[1])):
        da = dh * hs[t + 1] * (1 - hs[t + 1])
        each_U += np.einsum("bi,bh->bih", x[:, t], da)
        each_W += np.einsum("bi,bh->bih", hs[t], da)
        dh = da @ W.T
    return tuple(np.clip(e, -clip, clip).mean(axis=0) for e in (each_U, each_W, each_V))


@wrong("repair", "derivative at the last step only")
def repair_slope_only_once(x, y, U, W, V, clip):
    """In the loop dh goes back through W alone: the slopes of earlier steps are missing."""
    hs = _forward(x, U, W)
    dy = (hs[-1] @ V - y) / len(y)
    dV = hs[-1].T @ dy
    delta = (dy @ V.T) * hs[-1] * (1 - hs[-1])
    dU, dW = np.zeros_like(U), np.zeros_like(W)
    for t in range(x.shape[1] - 1, -1, -1):
        dU += x[:, t].T @ delta
        dW += hs[t].T @ delta
        delta = delta @ W.T
    return tuple(np.clip(g, -clip, clip) for g in (dU, dW, dV))


@wrong("repair", "sum for mean", "clip from above only")
def repair_sum_and_upper_limit(x, y, U, W, V, clip):
    """Two mistakes: no division by B, and np.minimum without the limit at -clip."""
    hs = _forward(x, U, W)
    error = hs[-1] @ V - y
    dV = hs[-1].T @ error
    dU, dW = 0 * U, 0 * W
    dh = error @ V.T
    for t in range(x.shape[1], 0, -1):
        da = dh * (hs[t] - hs[t] ** 2)
        dU = dU + x[:, t - 1].T @ da
        dW = dW + hs[t - 1].T @ da
        dh = da @ W.T
    return np.minimum(dU, clip), np.minimum(dW, clip), np.minimum(dV, clip)
