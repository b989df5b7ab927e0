"""Answers to the exercises of chapter 1."""

import itertools

import numpy as np
from catalogue import right, wrong

from gru_lib import RNN
from gru_lib.activations import sigmoid, sigmoid_derivative
from gru_lib.losses import mean_squared_error


@right("windows")
def by_sliding_view(series, length):
    """NumPy's view of all windows; the last one has no target and is dropped."""
    view = np.lib.stride_tricks.sliding_window_view(series, length)
    return np.expand_dims(view[:-1], -1), np.reshape(series[length:], (-1, 1))


@right("windows")
def by_index_array(series, length):
    """One table of places, then one look-up."""
    n = len(series)
    places = np.arange(n - length)[:, None] + np.arange(length + 1)[None, :]
    table = np.asarray(series)[places]
    return table[:, :-1, None], table[:, -1:]


@right("windows")
def by_appending_lists(series, length):
    """Plain lists of lists."""
    x, y = [], []
    for end in range(length, len(series)):
        x.append([[value] for value in series[end - length : end]])
        y.append([series[end]])
    return x, y


@wrong("windows", "today for tomorrow")
def with_the_target_in_view(series, length):
    """The target is the window's own last value."""
    pieces = [series[i : i + length] for i in range(len(series) - length)]
    return np.stack(pieces)[..., None], np.stack([piece[-1:] for piece in pieces])


@wrong("windows", "windows side by side")
def without_overlap(series, length):
    """Steps on by a whole window each time."""
    x, y, i = [], [], 0
    while i + length < len(series):
        x.append(series[i : i + length].reshape(length, 1))
        y.append([series[i + length]])
        i += length
    return np.array(x), np.array(y)


@wrong("windows", "time before batch")
def by_shifted_copies(series, length):
    """Stacks the shifted series: the first axis is the place in the window."""
    n = len(series)
    shifted = np.stack([series[j : n - length + j] for j in range(length)])
    return shifted[:, :, None], series[length:, None]


@wrong("windows", "backwards")
def by_lags(series, length):
    """Columns are lag 1, lag 2, …: latest first."""
    n = len(series)
    lags = [series[length - lag : n - lag] for lag in range(1, length + 1)]
    return np.stack(lags, axis=1)[:, :, None], series[length:].reshape(-1, 1)


@wrong("windows", "wrong shape")
def without_the_input_axis(series, length):
    """Two axes only."""
    x = np.array([series[i : i + length] for i in range(len(series) - length)])
    return x, series[length:, None]


@right("forward_step")
def by_one_stacked_product(x_t, h_prev, W_xh, W_hh, b_h):
    """Input, state and a column of ones side by side, the weights below each other."""
    both = np.hstack([x_t, h_prev, np.ones((len(x_t), 1))])
    return np.tanh(both @ np.vstack([W_xh, W_hh, b_h[None]]))


@right("forward_step")
def window_by_window(x_t, h_prev, W_xh, W_hh, b_h):
    """Columns in place of rows: the transposes stand on the left."""
    rows = []
    for x, h in zip(x_t, h_prev, strict=True):
        rows.append(np.tanh(W_xh.T.dot(x) + W_hh.T.dot(h) + b_h))
    return np.array(rows)


@right("forward_step")
def by_exponentials(x_t, h_prev, W_xh, W_hh, b_h):
    """The tanh as a shifted sigmoid."""
    return 2 / (1 + np.exp(-2 * (np.einsum("bi,ih->bh", x_t, W_xh) + h_prev @ W_hh + b_h))) - 1


@wrong("forward_step", "tanh missing")
def left_unsqueezed(x_t, h_prev, W_xh, W_hh, b_h):
    """Returns the pre-activation."""
    h_t = x_t @ W_xh
    h_t = h_t + h_prev @ W_hh
    return h_t + b_h


@wrong("forward_step", "transposed")
def columns_habit(x_t, h_prev, W_xh, W_hh, b_h):
    """As if `W_hh` stood on the left of a column."""
    state = (W_hh @ h_prev.T).T
    return np.tanh(x_t @ W_xh + state + b_h)


@wrong("forward_step", "path forgotten: the state")
def as_a_dense_layer(x_t, h_prev, W_xh, W_hh, b_h):
    """A layer without memory."""
    return np.tanh(np.dot(x_t, W_xh) + b_h)


@wrong("forward_step", "tanh of each part")
def squeezed_one_by_one(x_t, h_prev, W_xh, W_hh, b_h):
    """Two layers whose outputs are added."""
    from_input = np.tanh(x_t @ W_xh)
    from_state = np.tanh(h_prev @ W_hh + b_h)
    return from_input + from_state


@wrong("forward_step", "input changed in place")
def into_the_old_state(x_t, h_prev, W_xh, W_hh, b_h):
    """Writes the new state over the old one."""
    h_prev[...] = np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)
    return h_prev


@wrong("forward_step", "bias forgotten")
def by_the_library_without_bias(x_t, h_prev, W_xh, W_hh, b_h):
    """The library's layer; its bias is set to zero and stays so."""
    layer = RNN(W_xh.shape[0], W_xh.shape[1])
    layer.params["W_xh"][...], layer.params["W_hh"][...] = W_xh, W_hh
    layer.params["b_h"][...] = 0
    return layer.forward(x_t[:, None, :], h_prev)[0][:, 0]


@right("loss_gradient")
def by_the_library(prediction, target):
    """The second result of the library's loss."""
    return mean_squared_error(prediction, target)[1]


@right("loss_gradient")
def entry_by_entry(prediction, target):
    """Two loops."""
    B, O = prediction.shape
    dy = np.empty((B, O))
    for i, o in itertools.product(range(B), range(O)):
        dy[i, o] = 2 / (B * O) * (prediction[i, o] - target[i, o])
    return dy


@wrong("loss_gradient", "factor 2 missing")
def without_the_power(prediction, target):
    """The power does not come down."""
    return (prediction - target) / np.prod(prediction.shape)


@wrong("loss_gradient", "sum for mean")
def without_any_mean(prediction, target):
    """The derivative of the squares alone."""
    error = prediction - target
    return error + error


@wrong("loss_gradient", "sum over the outputs")
def mean_over_windows_only(prediction, target):
    """Divides by the batch, not by the outputs."""
    return 2.0 * (prediction - target) / len(prediction)


@wrong("loss_gradient", "sign")
def target_first(prediction, target):
    """Target minus prediction."""
    return 2 * np.subtract(target, prediction) / target.size


@wrong("loss_gradient", "loss for gradient")
def the_loss_itself(prediction, target):
    """Returns the number that is to be differentiated."""
    return ((prediction - target) ** 2).mean()


@wrong("loss_gradient", "summed over the windows")
def averaged_over_rows(prediction, target):
    """`mean` over the first axis, as for a bias."""
    return 2 * (prediction - target).mean(axis=0) / prediction.shape[1]


@right("numerical_gradient")
def in_place_and_put_back(f, w, eps):
    """Changes one number, keeps it, puts it back."""
    gradient = np.zeros_like(w)
    for index, kept in np.ndenumerate(w.copy()):
        w[index] = kept + eps
        above = f(w)
        w[index] = kept - eps
        below = f(w)
        w[index] = kept
        gradient[index] = (above - below) / (2 * eps)
    return gradient


@right("numerical_gradient")
def by_unit_arrays(f, w, eps):
    """One array of zeros with a single step in it for each number."""
    steps = eps * np.eye(w.size).reshape(w.size, *w.shape)
    slopes = [(f(w + step) - f(w - step)) / 2 / eps for step in steps]
    return np.array(slopes).reshape(w.shape)


@wrong("numerical_gradient", "one-sided difference")
def from_here_up(f, w, eps):
    """Compares with the loss at w."""
    here, gradient = f(w), np.zeros(w.shape)
    for index in np.ndindex(w.shape):
        moved = np.array(w)
        moved[index] = moved[index] + eps
        gradient[index] = (f(moved) - here) / eps
    return gradient


@wrong("numerical_gradient", "no copy made")
def two_names_one_array(f, w, eps):
    """`up` and `down` are the same array."""
    gradient = np.zeros(w.shape)
    up = down = w
    for index in np.ndindex(w.shape):
        up[index] += eps
        down[index] -= eps
        gradient[index] = (f(up) - f(down)) / (2 * eps)
    return gradient


@wrong("numerical_gradient", "not put back")
def never_put_back(f, w, eps):
    """Goes up one and down two, and leaves it there."""
    v = w.copy()
    gradient = np.empty(w.shape)
    flat, places = gradient.ravel(), v.ravel()
    for j in range(v.size):
        places[j] += eps
        flat[j] = f(v)
        places[j] -= 2 * eps
        flat[j] = (flat[j] - f(v)) / (2 * eps)
    return gradient


@wrong("numerical_gradient", "input changed in place")
def back_by_adding(f, w, eps):
    """Returns by adding eps, which misses the last digit."""
    gradient = np.zeros(w.shape)
    for index in np.ndindex(*w.shape):
        w[index] += eps
        above = f(w)
        w[index] -= 2 * eps
        gradient[index] = (above - f(w)) / (2 * eps)
        w[index] += eps
    return gradient


@wrong("numerical_gradient", "all moved at once")
def the_whole_array(f, w, eps):
    """Adds eps to the array, not to a number of it."""
    slope = (f(w + eps) - f(w - eps)) / (2 * eps)
    return np.full_like(w, slope)


@wrong("numerical_gradient", "argument not used")
def with_a_step_of_its_own(f, w, eps):
    """Takes 1e-5 whatever `eps` is."""
    eps = 1e-5
    gradient = np.zeros(w.shape)
    for index in np.ndindex(w.shape):
        e = np.zeros(w.shape)
        e[index] = eps
        gradient[index] = (f(w + e) - f(w - e)) / (2 * eps)
    return gradient


@right("truncated_bptt")
def by_matrix_products(x, dh, W_xh, W_hh, b_h, k):
    """The walk stores the pre-activation gradients; the weights' gradients are two products."""
    x = np.asarray(x)
    T = len(x)
    h = np.zeros((T + 1, len(b_h)))
    for t in range(T):
        h[t + 1] = np.tanh(x[t] @ W_xh + h[t] @ W_hh + b_h)
    first = max(0, T - 1 - k)
    da = np.zeros((T, len(b_h)))
    for t in reversed(range(first, T)):
        da[t] = dh * (1 - h[t + 1] ** 2)
        dh = W_hh @ da[t]
    return x.T @ da, h[:-1].T @ da, da.sum(axis=0)


@right("truncated_bptt")
def by_the_library_layer(x, dh, W_xh, W_hh, b_h, k):
    """The library's layer, told to truncate."""
    layer = RNN(*W_xh.shape)
    for name, weight in zip(("W_xh", "W_hh", "b_h"), (W_xh, W_hh, b_h), strict=True):
        layer.params[name][...] = weight
    states, _ = layer.forward(x[None])
    every = np.zeros_like(states)
    every[0, -1] = dh
    layer.backward(every, truncate=k)
    return [layer.grads[name] for name in ("W_xh", "W_hh", "b_h")]


@wrong("truncated_bptt", "missing transpose")
def forward_weights_backward(x, dh, W_xh, W_hh, b_h, k):
    """Goes back with W_hh, not with its transpose."""
    T = len(x)
    h = [np.zeros(len(b_h))]
    for t in range(T):
        h.append(np.tanh(x[t] @ W_xh + h[t] @ W_hh + b_h))
    dW_xh, dW_hh, db_h = 0 * W_xh, 0 * W_hh, 0 * b_h
    for t in reversed(range(max(0, T - 1 - k), T)):
        da = dh * (1 - h[t + 1] ** 2)
        dW_xh += np.outer(x[t], da)
        dW_hh += np.outer(h[t], da)
        db_h += da
        dh = da @ W_hh
    return dW_xh, dW_hh, db_h


@wrong("truncated_bptt", "one step too few")
def visits_k_steps(x, dh, W_xh, W_hh, b_h, k):
    """Takes k for the number of visited steps."""
    states = np.zeros((len(x) + 1, len(b_h)))
    for t, now in enumerate(x, 1):
        states[t] = np.tanh(now @ W_xh + states[t - 1] @ W_hh + b_h)
    grads = [np.zeros(W.shape) for W in (W_xh, W_hh, b_h)]
    t, left = len(x), k
    while t > 0 and left > 0:
        da = dh * (1 - states[t] * states[t])
        grads[0] += x[t - 1][:, None] * da
        grads[1] += states[t - 1][:, None] * da
        grads[2] += da
        dh, t, left = W_hh @ da, t - 1, left - 1
    return grads


@wrong("truncated_bptt", "forward pass cut off")
def restarts_from_zeros(x, dh, W_xh, W_hh, b_h, k):
    """Full backpropagation through the last k + 1 inputs, from a state of zeros."""
    x = x[-(k + 1) :]
    h = [np.zeros_like(b_h)]
    for now in x:
        h.append(np.tanh(now @ W_xh + h[-1] @ W_hh + b_h))
    da = []
    for state in h[:0:-1]:
        da.append(dh * (1 - state**2))
        dh = W_hh.dot(da[-1])
    da = np.array(da[::-1])
    return x.T @ da, np.array(h[:-1]).T @ da, da.sum(0)


@wrong("truncated_bptt", "this state for the one before")
def pairs_with_its_own_state(x, dh, W_xh, W_hh, b_h, k):
    """The list of states lacks h_0, so every index means the state after."""
    h, state = [], np.zeros(len(b_h))
    for now in x:
        state = np.tanh(now @ W_xh + state @ W_hh + b_h)
        h.append(state)
    dW_xh, dW_hh, db_h = np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros_like(b_h)
    for t in range(len(x) - 1, max(len(x) - k - 2, -1), -1):
        da = dh * (1 - h[t] ** 2)
        dW_xh += np.outer(x[t], da)
        dW_hh += np.outer(h[t], da)
        db_h += da
        dh = da @ W_hh.T
    return dW_xh, dW_hh, db_h


@wrong("truncated_bptt", "slope lost on the way back")
def slope_for_the_weights_only(x, dh, W_xh, W_hh, b_h, k):
    """The slope is used for the sums, but not for what goes on back."""
    T, H = len(x), len(b_h)
    h = np.zeros((T + 1, H))
    for t in range(T):
        h[t + 1] = np.tanh(x[t] @ W_xh + h[t] @ W_hh + b_h)
    dh_all = np.zeros((T, H))
    for t in range(T - 1, max(T - 2 - k, -1), -1):
        dh_all[t] = dh
        dh = dh @ W_hh.T
    da = dh_all * (1 - h[1:] ** 2)
    return x.T @ da, h[:-1].T @ da, da.sum(axis=0)


@wrong("truncated_bptt", "input changed in place")
def writes_into_dh(x, dh, W_xh, W_hh, b_h, k):
    """Multiplies the caller's `dh` in place."""
    h = [np.zeros(len(b_h))]
    for now in x:
        h.append(np.tanh(now @ W_xh + h[-1] @ W_hh + b_h))
    dW_xh, dW_hh, db_h = 0 * W_xh, 0 * W_hh, 0 * b_h
    for t in range(len(x), max(len(x) - k - 1, 0), -1):
        dh *= 1 - h[t] ** 2
        dW_xh += np.outer(x[t - 1], dh)
        dW_hh += np.outer(h[t - 1], dh)
        db_h += dh
        dh = W_hh @ dh
    return dW_xh, dW_hh, db_h


def sigmoid_states(x, U, W):
    """All states of the project's network, h_0 included."""
    h = [np.zeros((x.shape[0], W.shape[0]))]
    for t in range(x.shape[1]):
        h.append(sigmoid(x[:, t] @ U + h[-1] @ W))
    return h


@right("repair")
def window_after_window(x, y, U, W, V, clip):
    """One window at a time, with outer products; the mean is taken at the end."""
    total = [np.zeros(w.shape) for w in (U, W, V)]
    for window, target in zip(x, y, strict=True):
        h = [np.zeros(len(W))]
        for value in window[:, 0]:
            h.append(1 / (1 + np.exp(-(value * U[0] + W.T @ h[-1]))))
        e = h[-1] @ V[:, 0] - target[0]
        total[2] += e * h[-1][:, None]
        dh = e * V[:, 0]
        for t in range(len(window), 0, -1):
            da = h[t] * (1 - h[t]) * dh
            total[0] += window[t - 1] * da
            total[1] += np.outer(h[t - 1], da)
            dh = W @ da
    return [np.minimum(np.maximum(g / len(x), -clip), clip) for g in total]


@right("repair")
def by_contraction(x, y, U, W, V, clip):
    """All pre-activation gradients first, then one contraction over windows and steps each."""
    h = np.stack(sigmoid_states(x, U, W), axis=1)
    error = (h[:, -1] @ V - y) / len(x)
    da = np.zeros_like(h[:, 1:])
    dh = error * V.T
    for t in range(x.shape[1])[::-1]:
        da[:, t] = dh * sigmoid_derivative(h[:, t + 1])
        dh = da[:, t] @ W.T
    dU = np.einsum("bti,bth->ih", x, da)
    dW = np.einsum("bti,bth->ih", h[:, :-1], da)
    return [g.clip(-clip, clip) for g in (dU, dW, h[:, -1].T @ error)]


@wrong("repair", "product with the weights, the same in every row")
def updates_of_recipe_a(x, y, U, W, V, clip):
    """The recipe's updates, each added once: products with the weights."""
    h = sigmoid_states(x, U, W)
    dU, dW = np.zeros_like(U), np.zeros_like(W)
    for t in range(x.shape[1]):
        dU += (x[:, t] * U).sum(axis=0)
        dW += (h[t] @ W).sum(axis=0)
    dV = h[-1].T @ (h[-1] @ V - y) / len(x)
    return [np.clip(d, -clip, clip) for d in (dU, dW, dV)]


@wrong("repair", "derivative at the pre-activation")
def slope_of_the_last_sum(x, y, U, W, V, clip):
    """`add` is left over from the forward pass, and is no output."""
    h = [np.zeros((len(x), len(W)))]
    for t in range(x.shape[1]):
        add = x[:, t] @ U + h[t] @ W
        h.append(sigmoid(add))
    e = (h[-1] @ V - y) / len(x)
    dU, dW, dh = 0 * U, 0 * W, e @ V.T
    for t in range(x.shape[1] - 1, -1, -1):
        dadd = add * (1 - add) * dh
        dU, dW = dU + x[:, t].T @ dadd, dW + h[t].T @ dadd
        dh = dadd @ W.T
    return [np.clip(d, -clip, clip) for d in (dU, dW, h[-1].T @ e)]


@wrong("repair", "accumulators not reset")
def adds_the_running_sum(x, y, U, W, V, clip):
    """The sum of one step's walk is kept, and added again at the next."""
    h = sigmoid_states(x, U, W)
    e = (h[-1] @ V - y) / len(x)
    dU, dW, dU_t, dW_t = 0 * U, 0 * W, 0 * U, 0 * W
    dh = e @ V.T
    for t in reversed(range(x.shape[1])):
        da = dh * h[t + 1] * (1 - h[t + 1])
        dU_t += x[:, t].T @ da
        dW_t += h[t].T @ da
        dU += dU_t
        dW += dW_t
        dh = da @ W.T
    return [np.clip(d, -clip, clip) for d in (dU, dW, h[-1].T @ e)]


@wrong("repair", "inner index never used")
def walks_with_an_idle_index(x, y, U, W, V, clip):
    """The loop's index is `i`, and everything in it is taken at the forward pass's last `t`."""
    h = [np.zeros((len(x), len(W)))]
    for t in range(x.shape[1]):
        h.append(sigmoid(x[:, t] @ U + h[-1] @ W))
    e = (h[-1] @ V - y) / len(x)
    dU, dW, dh = np.zeros_like(U), np.zeros_like(W), e @ V.T
    for _i in range(t, -1, -1):
        da = dh * h[t + 1] * (1 - h[t + 1])
        dU += x[:, t].T @ da
        dW += h[t].T @ da
        dh = da @ W.T
    return [np.clip(d, -clip, clip) for d in (dU, dW, h[-1].T @ e)]


@wrong("repair", "clip inside the loop")
def clips_as_it_goes(x, y, U, W, V, clip):
    """Limits the sums after every step."""
    h = sigmoid_states(x, U, W)
    e = (h[-1] @ V - y) / len(x)
    dU, dW, dV = 0 * U, 0 * W, h[-1].T @ e
    dh = e @ V.T
    for t in reversed(range(x.shape[1])):
        da = dh * h[t + 1] * (1 - h[t + 1])
        dU += x[:, t].T @ da
        dW += h[t].T @ da
        for d in (dU, dW, dV):
            d[d > clip] = clip
            d[d < -clip] = -clip
        dh = da @ W.T
    return dU, dW, dV


@wrong("repair", "sum for mean", "target not used")
def two_mistakes_at_once(x, y, U, W, V, clip):
    """No mean over the windows, and the prediction in place of the error."""
    h = sigmoid_states(x, U, W)
    prediction = h[-1] @ V
    grads = [np.zeros_like(U), np.zeros_like(W), h[-1].T @ prediction]
    dh = prediction @ V.T
    for t in range(x.shape[1], 0, -1):
        da = dh * sigmoid_derivative(h[t])
        grads[0] += x[:, t - 1].T @ da
        grads[1] += h[t - 1].T @ da
        dh = da @ W.T
    return [np.clip(g, -clip, clip) for g in grads]
