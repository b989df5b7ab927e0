"""Answers to the exercises of chapter 4."""

import numpy as np
from catalogue import right, wrong

from gru_lib.activations import sigmoid, sigmoid_derivative, tanh_derivative


@right("keep_best")
def by_argmin(w, updates, scores):
    """All weights at once; argmin gives the first of equal scores."""
    return (w + np.cumsum(updates, axis=0))[np.argmin(scores)]


@right("keep_best")
def with_a_new_array_each_epoch(w, updates, scores):
    """Nothing is changed in place, so a name is enough."""
    best, lowest = None, None
    for e in range(len(scores)):
        w = w + updates[e]
        if lowest is None or scores[e] < lowest:
            best, lowest = w, scores[e]
    return best


@wrong("keep_best", "last of equals")
def less_or_equal(w, updates, scores):
    """`<=` where `<` belongs."""
    lowest = np.inf
    for update, score in zip(updates, scores, strict=True):
        w = w + update
        if score <= lowest:
            lowest, best = score, w.copy()
    return best


@wrong("keep_best", "compared with the first epoch")
def lowest_never_replaced(w, updates, scores):
    """The score to beat stays that of the first epoch."""
    lowest = scores[0]
    best = w + updates[0]
    for update, score in zip(updates, scores, strict=True):
        w = w + update
        if score < lowest:
            best = w
    return best


@right("gru_step")
def with_fused_matrices(x_t, h_prev, weights):
    """Both gates in one product; the sigmoid is written out."""
    W_x = np.hstack([weights["W_xr"], weights["W_xz"]])
    W_h = np.hstack([weights["W_hr"], weights["W_hz"]])
    b = np.concatenate([weights["b_r"], weights["b_z"]])
    r, z = np.split(1 / (1 + np.exp(-(x_t @ W_x + h_prev @ W_h + b))), 2, axis=1)
    a = x_t @ weights["W_xh"] + np.multiply(r, h_prev) @ weights["W_hh"] + weights["b_h"]
    return r, z, np.tanh(a), np.tanh(a) + z * (h_prev - np.tanh(a))


@right("gru_step")
def row_by_row(x_t, h_prev, weights):
    """One sequence at a time, with matrices on the left; returns lists."""
    rows = []
    for x, h in zip(x_t, h_prev, strict=True):
        r = sigmoid(weights["W_xr"].T @ x + weights["W_hr"].T @ h + weights["b_r"])
        z = sigmoid(weights["W_xz"].T @ x + weights["W_hz"].T @ h + weights["b_z"])
        n = np.tanh(weights["W_xh"].T @ x + weights["W_hh"].T @ (r * h) + weights["b_h"])
        rows.append((r, z, n, z * h + (1 - z) * n))
    return [np.array(column) for column in zip(*rows, strict=True)]


@wrong("gru_step", "reset after for before")
def as_in_pytorch(x_t, h_prev, weights):
    """The reset gate multiplies the product."""
    w = weights
    r = sigmoid(x_t @ w["W_xr"] + h_prev @ w["W_hr"] + w["b_r"])
    z = sigmoid(x_t @ w["W_xz"] + h_prev @ w["W_hz"] + w["b_z"])
    n = np.tanh(x_t @ w["W_xh"] + r * (h_prev @ w["W_hh"]) + w["b_h"])
    return r, z, n, z * h_prev + (1 - z) * n


@wrong("gru_step", "z and 1 - z exchanged")
def as_in_other_papers(x_t, h_prev, weights):
    """The update gate multiplies the candidate."""
    w = weights
    r = sigmoid(x_t @ w["W_xr"] + h_prev @ w["W_hr"] + w["b_r"])
    z = sigmoid(x_t @ w["W_xz"] + h_prev @ w["W_hz"] + w["b_z"])
    n = np.tanh(x_t @ w["W_xh"] + (r * h_prev) @ w["W_hh"] + w["b_h"])
    return r, z, n, h_prev + z * (n - h_prev)


@wrong("gru_step", "gated state in the mean")
def reset_written_over_the_state(x_t, h_prev, weights):
    """The gated state takes the state's name, and is then mixed into the new one."""
    w = weights
    r = sigmoid(x_t @ w["W_xr"] + h_prev @ w["W_hr"] + w["b_r"])
    z = sigmoid(x_t @ w["W_xz"] + h_prev @ w["W_hz"] + w["b_z"])
    h_prev = r * h_prev
    n = np.tanh(x_t @ w["W_xh"] + h_prev @ w["W_hh"] + w["b_h"])
    return r, z, n, z * h_prev + (1 - z) * n


@wrong("gru_step", "sign in the sigmoid")
def exponent_without_minus(x_t, h_prev, weights):
    """A sigmoid of one's own with exp(a)."""

    def sig(a):
        return 1 / (1 + np.exp(a))

    w = weights
    r = sig(x_t @ w["W_xr"] + h_prev @ w["W_hr"] + w["b_r"])
    z = sig(x_t @ w["W_xz"] + h_prev @ w["W_hz"] + w["b_z"])
    n = np.tanh(x_t @ w["W_xh"] + (r * h_prev) @ w["W_hh"] + w["b_h"])
    return r, z, n, z * h_prev + (1 - z) * n


@wrong("gru_step", "gated state in the update gate")
def update_gate_last(x_t, h_prev, weights):
    """The update gate is computed after the reset and reads the gated state."""
    w = weights
    r = sigmoid(x_t @ w["W_xr"] + h_prev @ w["W_hr"] + w["b_r"])
    gated = r * h_prev
    z = sigmoid(x_t @ w["W_xz"] + gated @ w["W_hz"] + w["b_z"])
    n = np.tanh(x_t @ w["W_xh"] + gated @ w["W_hh"] + w["b_h"])
    return r, z, n, z * h_prev + (1 - z) * n


@right("candidate_gradient")
def candidate_by_einsum(dh, x_t, h_prev, r, z, h_tilde):
    """The sums over the batch are written out as indices."""
    da = np.einsum("bh,bh,bh->bh", dh, 1 - z, tanh_derivative(h_tilde))
    dW_hh = np.einsum("bi,bi,bj->ij", r, h_prev, da)
    return da, np.einsum("bd,bh->dh", x_t, da), dW_hh, np.einsum("bh->h", da)


@right("candidate_gradient")
def candidate_by_outer_products(dh, x_t, h_prev, r, z, h_tilde):
    """A loop over the sequences; the slope as 1/cosh² of the pre-activation."""
    da = (dh - dh * z) / np.cosh(np.arctanh(h_tilde)) ** 2
    dW_x = sum(np.outer(x, d) for x, d in zip(x_t, da, strict=True))
    dW_h = sum(np.outer(g, d) for g, d in zip(r * h_prev, da, strict=True))
    return {"da_h": da, "dW_xh": dW_x, "dW_hh": dW_h, "db_h": sum(da)}


@wrong("candidate_gradient", "tanh of a tanh")
def candidate_with_a_second_tanh(dh, x_t, h_prev, r, z, h_tilde):
    """1 - tanh(h_tilde)², although it is a tanh already."""
    da_h = dh * (1 - z) * (1 - np.tanh(h_tilde) ** 2)
    return da_h, x_t.T @ da_h, (r * h_prev).T @ da_h, np.sum(da_h, axis=0)


@wrong("candidate_gradient", "overwritten dh")
def candidate_with_dh_written_over(dh, x_t, h_prev, r, z, h_tilde):
    """`dh` is reused for what reaches the candidate, and then for its arrays."""
    dh = dh - z * dh
    da_h = dh * (1 - h_tilde * h_tilde)
    return da_h, x_t.T @ dh, (r * h_prev).T @ dh, dh.sum(0)


@wrong("candidate_gradient", "plain state for the gated one")
def candidate_copied_from_a_gate(dh, x_t, h_prev, r, z, h_tilde):
    """The line for W_hh is that of a gate."""
    da_h = dh * (1 - z) * (1 - h_tilde**2)
    return da_h, x_t.T @ da_h, h_prev.T @ da_h, da_h.sum(axis=0)


@wrong("candidate_gradient", "mean for sum")
def candidate_averaged_over_the_batch(dh, x_t, h_prev, r, z, h_tilde):
    """The arrays' gradients are divided by the batch."""
    da_h = dh * (1 - z) * (1 - h_tilde**2)
    n = len(dh)
    return da_h, x_t.T @ da_h / n, (r * h_prev).T @ da_h / n, da_h.mean(axis=0)


@wrong("candidate_gradient", "input changed in place")
def candidate_in_the_callers_dh(dh, x_t, h_prev, r, z, h_tilde):
    """Right numbers, written into the array that was handed over."""
    dh *= 1 - z
    dh *= 1 - h_tilde**2
    return dh, x_t.T @ dh, (r * h_prev).T @ dh, dh.sum(axis=0)


@wrong("candidate_gradient", "derivative of the wrong function")
def candidate_with_a_gates_slope(dh, x_t, h_prev, r, z, h_tilde):
    """The slope of a sigmoid."""
    da_h = dh * (1 - z) * sigmoid_derivative(h_tilde)
    return da_h, x_t.T @ da_h, (r * h_prev).T @ da_h, da_h.sum(axis=0)


@right("update_gate_gradient")
def update_gate_place_by_place(dh, x_t, h_prev, z, h_tilde):
    """The two places contribute one after the other; the bias is a column of ones."""
    dz = dh * h_prev
    dz -= dh * h_tilde
    da = dz * (z - z**2)
    both = np.hstack([x_t, h_prev, np.ones((len(dh), 1))]).T @ da
    D = x_t.shape[1]
    return da, both[:D], both[D:-1], both[-1]


@right("update_gate_gradient")
def update_gate_number_by_number(dh, x_t, h_prev, z, h_tilde):
    """Loops over everything."""
    (B, H), D = dh.shape, x_t.shape[1]
    da, dW_x, dW_h, db = np.zeros((B, H)), np.zeros((D, H)), np.zeros((H, H)), np.zeros(H)
    for n in range(B):
        for j in range(H):
            slope = z[n, j] * (1 - z[n, j])
            da[n, j] = dh[n, j] * (h_prev[n, j] - h_tilde[n, j]) * slope
            db[j] += da[n, j]
            for i in range(D):
                dW_x[i, j] += x_t[n, i] * da[n, j]
            for i in range(H):
                dW_h[i, j] += h_prev[n, i] * da[n, j]
    return da, dW_x, dW_h, db


@wrong("update_gate_gradient", "stray + 1 at the candidate", "sigmoid of 1 - z")
def update_gate_of_the_recipe(dh, x_t, h_prev, z, h_tilde):
    """Recipe B's line: a stray 1, and a sigmoid on top of the gate, which there is 1 - z."""
    gate = sigmoid(1 - z)
    da_z = -dh * (h_tilde - h_prev + 1) * gate * (1 - gate)
    return da_z, x_t.T @ da_z, h_prev.T @ da_z, da_z.sum(axis=0)


@wrong("update_gate_gradient", "sigmoid of a sigmoid")
def update_gate_with_a_second_sigmoid(dh, x_t, h_prev, z, h_tilde):
    """The slope at sigmoid(z)."""
    da_z = dh * (h_prev - h_tilde) * sigmoid_derivative(sigmoid(z))
    return da_z, x_t.T @ da_z, h_prev.T @ da_z, da_z.sum(axis=0)


@wrong("update_gate_gradient", "stray + 1")
def update_gate_with_a_wrong_bracket(dh, x_t, h_prev, z, h_tilde):
    """Derives z h_old - (z - 1)(h_tilde - 1) by mistake: a 1 stays in the bracket."""
    dz = dh * (h_prev + 1 - h_tilde)
    da_z = dz * z * (1 - z)
    return da_z, x_t.T @ da_z, h_prev.T @ da_z, da_z.sum(axis=0)


@wrong("update_gate_gradient", "path forgotten: candidate")
def update_gate_with_one_place(dh, x_t, h_prev, z, h_tilde):
    """Overlooks that z occurs twice."""
    dz = dh * h_prev
    da_z = dz * sigmoid_derivative(z)
    return da_z, x_t.T @ da_z, h_prev.T @ da_z, da_z.sum(axis=0)


@wrong("update_gate_gradient", "sign")
def update_gate_of_the_other_convention(dh, x_t, h_prev, z, h_tilde):
    """The bracket the wrong way round."""
    da_z = dh * (h_tilde - h_prev) * z * (1 - z)
    return da_z, x_t.T @ da_z, h_prev.T @ da_z, da_z.sum(axis=0)


@wrong("update_gate_gradient", "transposed")
def update_gate_with_turned_products(dh, x_t, h_prev, z, h_tilde):
    """The products are the wrong way round."""
    da_z = dh * (h_prev - h_tilde) * z * (1 - z)
    return da_z, da_z.T @ x_t, da_z.T @ h_prev, da_z.sum(axis=0)


@right("reset_gate_gradient")
def reset_gate_by_stations(dh, x_t, h_prev, r, z, h_tilde, W_hh):
    """One name per station; the products by tensordot."""
    d_tilde = dh * (1 - z)
    d_gated = np.tensordot(d_tilde * tanh_derivative(h_tilde), W_hh, axes=(1, 1))
    da = d_gated * h_prev * sigmoid_derivative(r)
    dW_x, dW_h = (np.tensordot(left, da, axes=(0, 0)) for left in (x_t, h_prev))
    return da, dW_x, dW_h, np.ones(len(da)) @ da


@right("reset_gate_gradient")
def reset_gate_with_columns(dh, x_t, h_prev, r, z, h_tilde, W_hh):
    """Everything transposed: a sequence is a column."""
    da = W_hh @ (dh * (1 - z) * (1 + h_tilde) * (1 - h_tilde)).T
    da = da * (h_prev * r * (1 - r)).T
    return da.T, (da @ x_t).T, (da @ h_prev).T, da.sum(axis=1)


@wrong("reset_gate_gradient", "r where h_prev belongs")
def reset_gate_times_itself(dh, x_t, h_prev, r, z, h_tilde, W_hh):
    """The gate multiplies its own gradient."""
    d_rh = (dh * (1 - z) * (1 - h_tilde**2)) @ W_hh.T
    da_r = d_rh * r * r * (1 - r)
    return da_r, x_t.T @ da_r, h_prev.T @ da_r, da_r.sum(axis=0)


@wrong("reset_gate_gradient", "r where h_prev belongs", "sigmoid of a sigmoid")
def reset_gate_of_the_recipe(dh, x_t, h_prev, r, z, h_tilde, W_hh):
    """Recipe B's line: r for the old state, and a second sigmoid."""
    da_h = dh * (1 - z) * (1 - h_tilde**2)
    gate = sigmoid(r)
    da_r = (da_h @ W_hh.T) * r * gate * (1 - gate)
    return da_r, x_t.T @ da_r, h_prev.T @ da_r, da_r.sum(axis=0)


@wrong("reset_gate_gradient", "missing transpose")
def reset_gate_forwards(dh, x_t, h_prev, r, z, h_tilde, W_hh):
    """Goes back through W_hh as it went forward."""
    da_h = dh * (1 - z) * (1 - h_tilde**2)
    da_r = (da_h @ W_hh) * h_prev * r * (1 - r)
    return da_r, x_t.T @ da_r, h_prev.T @ da_r, da_r.sum(axis=0)


@wrong("reset_gate_gradient", "reset after for before")
def reset_gate_of_the_other_cell(dh, x_t, h_prev, r, z, h_tilde, W_hh):
    """The gate as a factor of the product."""
    m = h_prev @ W_hh
    da_h = dh * (1 - z) * (1 - h_tilde**2)
    da_r = da_h * m * r * (1 - r)
    return da_r, x_t.T @ da_r, h_prev.T @ da_r, da_r.sum(axis=0)


@wrong("reset_gate_gradient", "derivative missing: candidate")
def reset_gate_without_the_tanh(dh, x_t, h_prev, r, z, h_tilde, W_hh):
    """Skips the slope of the candidate."""
    d_tilde = dh * (1 - z)
    da_r = (d_tilde @ W_hh.T) * h_prev * r * (1 - r)
    return da_r, x_t.T @ da_r, h_prev.T @ da_r, da_r.sum(axis=0)


@wrong("reset_gate_gradient", "gated state for the plain one")
def reset_gate_copied_from_the_candidate(dh, x_t, h_prev, r, z, h_tilde, W_hh):
    """The line for W_hr is that of W_hh."""
    gated = r * h_prev
    da_h = dh * (1 - z) * (1 - h_tilde**2)
    da_r = (da_h @ W_hh.T) * h_prev * r * (1 - r)
    return da_r, x_t.T @ da_r, gated.T @ da_r, da_r.sum(axis=0)


@right("previous_state_gradient")
def all_ways_in_one_product(dh, h_prev, r, z, h_tilde, W_hr, W_hz, W_hh):
    """The two ways with a matrix side by side."""
    d_gated = dh * (1 - z) * (1 - h_tilde**2) @ W_hh.T
    da = np.hstack([d_gated * h_prev * r * (1 - r), dh * (h_prev - h_tilde) * z * (1 - z)])
    return dh * z + d_gated * r + da @ np.vstack([W_hr.T, W_hz.T])


@right("previous_state_gradient")
def by_the_jacobian(dh, h_prev, r, z, h_tilde, W_hr, W_hz, W_hh):
    """The matrix of all derivatives of h_t by h_{t-1}, one sequence at a time."""
    rows = []
    for d, h, r_, z_, n in zip(dh, h_prev, r, z, h_tilde, strict=True):
        gated = np.diag(r_) + W_hr * (r_ * (1 - r_) * h)
        J = np.diag(z_) + W_hz * (z_ * (1 - z_) * (h - n))
        J += gated @ W_hh * ((1 - z_) * (1 - n**2))
        rows.append(J @ d)
    return np.array(rows)


@wrong("previous_state_gradient", "path forgotten: gated state")
def only_matrices_and_z(dh, h_prev, r, z, h_tilde, W_hr, W_hz, W_hh):
    """Forgets that the candidate has read the state, too."""
    da_z = dh * (h_prev - h_tilde) * z * (1 - z)
    da_h = dh * (1 - z) * (1 - h_tilde**2)
    da_r = (da_h @ W_hh.T) * h_prev * r * (1 - r)
    return dh * z + da_r @ W_hr.T + da_z @ W_hz.T


@wrong("previous_state_gradient", "path forgotten: new state")
def only_through_the_gates(dh, h_prev, r, z, h_tilde, W_hr, W_hz, W_hh):
    """The straight way is not there."""
    da_z = dh * (h_prev - h_tilde) * sigmoid_derivative(z)
    d_rh = dh * (1 - z) * tanh_derivative(h_tilde) @ W_hh.T
    da_r = d_rh * h_prev * sigmoid_derivative(r)
    return d_rh * r + da_r @ W_hr.T + da_z @ W_hz.T


@wrong("previous_state_gradient", "missing transpose")
def no_matrix_transposed(dh, h_prev, r, z, h_tilde, W_hr, W_hz, W_hh):
    """All three matrices as on the way forward."""
    da_z = dh * (h_prev - h_tilde) * z * (1 - z)
    d_rh = (dh * (1 - z) * (1 - h_tilde**2)) @ W_hh
    da_r = d_rh * h_prev * r * (1 - r)
    return dh * z + d_rh * r + da_r @ W_hr + da_z @ W_hz


@wrong(
    "previous_state_gradient", "stray + 1", "stray + 1 at the candidate", "r where h_prev belongs"
)
def with_two_errors_of_the_recipe(dh, h_prev, r, z, h_tilde, W_hr, W_hz, W_hh):
    """A stray 1 in the update gate's gradient, r for the old state in the reset gate's."""
    da_z = -dh * (h_tilde - h_prev + 1) * z * (1 - z)
    d_rh = (dh * (1 - z) * (1 - h_tilde**2)) @ W_hh.T
    da_r = d_rh * r * r * (1 - r)
    return dh * z + d_rh * r + da_r @ W_hr.T + da_z @ W_hz.T


@wrong("previous_state_gradient", "reset forgotten")
def gated_state_for_the_state(dh, h_prev, r, z, h_tilde, W_hr, W_hz, W_hh):
    """The gradient of the gated state is added as it is."""
    da_z = dh * (h_prev - h_tilde) * z * (1 - z)
    d_rh = (dh * (1 - z) * (1 - h_tilde**2)) @ W_hh.T
    da_r = d_rh * h_prev * r * (1 - r)
    return dh * z + d_rh + da_r @ W_hr.T + da_z @ W_hz.T


@wrong("previous_state_gradient", "gates exchanged")
def matrices_exchanged(dh, h_prev, r, z, h_tilde, W_hr, W_hz, W_hh):
    """Each gate goes back through the other's matrix."""
    da_z = dh * (h_prev - h_tilde) * z * (1 - z)
    d_rh = (dh * (1 - z) * (1 - h_tilde**2)) @ W_hh.T
    da_r = d_rh * h_prev * r * (1 - r)
    return dh * z + d_rh * r + da_r @ W_hz.T + da_z @ W_hr.T


def states(x, h_0, w):
    """Run the forward pass; return all states, T + 1 of them, and the gates."""
    h, gates = [h_0], []
    for t in range(x.shape[1]):
        r = sigmoid(x[:, t] @ w["W_xr"] + h[t] @ w["W_hr"] + w["b_r"])
        z = sigmoid(x[:, t] @ w["W_xz"] + h[t] @ w["W_hz"] + w["b_z"])
        n = np.tanh(x[:, t] @ w["W_xh"] + (r * h[t]) @ w["W_hh"] + w["b_h"])
        gates.append((r, z, n))
        h.append(z * h[t] + (1 - z) * n)
    return h, gates


def step_back(dh, h_prev, r, z, n, w):
    """Return da_r, da_z, da_h and the share of the state before."""
    da_z = dh * (h_prev - n) * z * (1 - z)
    da_h = dh * (1 - z) * (1 - n**2)
    d_rh = da_h @ w["W_hh"].T
    da_r = d_rh * h_prev * r * (1 - r)
    return da_r, da_z, da_h, dh * z + d_rh * r + da_r @ w["W_hr"].T + da_z @ w["W_hz"].T


def add(grads, x_t, h_prev, r, da_r, da_z, da_h):
    """Add one step's terms to the nine sums."""
    for g, da, read in (("r", da_r, h_prev), ("z", da_z, h_prev), ("h", da_h, r * h_prev)):
        grads[f"dW_x{g}"] = grads.get(f"dW_x{g}", 0) + x_t.T @ da
        grads[f"dW_h{g}"] = grads.get(f"dW_h{g}", 0) + read.T @ da
        grads[f"db_{g}"] = grads.get(f"db_{g}", 0) + da.sum(axis=0)


@right("gru_bptt")
def gathered_after_the_walk(x, y, h_0, weights):
    """The walk keeps the gradients of the pre-activations; each sum is one product."""
    B, T, D = x.shape
    H = h_0.shape[1]
    h, gates = states(x, h_0, weights)
    error = h[-1] @ weights["W_y"] + weights["b_y"] - y
    d = error * (2 / error.size)
    dh, da = d @ weights["W_y"].T, np.zeros((3, B, T, H))
    for t in reversed(range(T)):
        *da[:, :, t], dh = step_back(dh, h[t], *gates[t], weights)
    before = np.stack(h[:-1], axis=1)
    gated = np.stack([gates[t][0] * h[t] for t in range(T)], axis=1)
    found = {"loss": np.mean(error**2), "dW_y": h[-1].T @ d, "db_y": d.sum(axis=0), "dh_0": dh}
    for g, a, read in zip("rzh", da, (before, before, gated), strict=True):
        flat = a.reshape(B * T, H)
        found[f"dW_x{g}"] = x.reshape(B * T, D).T @ flat
        found[f"dW_h{g}"] = read.reshape(B * T, H).T @ flat
        found[f"db_{g}"] = flat.sum(axis=0)
    return found


@right("gru_bptt")
def by_recursion(x, y, h_0, weights):
    """Each call takes one step, and hands back what the rest of the sequence says."""
    if x.shape[1] == 0:
        error = h_0 @ weights["W_y"] + weights["b_y"] - y
        d = 2 * error / y.size
        grads = {"loss": np.sum(error**2) / y.size, "dh_0": d @ weights["W_y"].T}
        return grads | {"dW_y": h_0.T @ d, "db_y": d.sum(axis=0)}
    h, [(r, z, n)] = states(x[:, :1], h_0, weights)
    grads = by_recursion(x[:, 1:], y, h[1], weights)
    *da, grads["dh_0"] = step_back(grads["dh_0"], h_0, r, z, n, weights)
    add(grads, x[:, 0], h_0, r, *da)
    return grads


@wrong("gru_bptt", "dh not carried back")
def own_gradients_alone(x, y, h_0, weights):
    """Each step starts from what the loss sends to it; the share is dropped."""
    h, gates = states(x, h_0, weights)
    error = h[-1] @ weights["W_y"] + weights["b_y"] - y
    d = 2 * error / error.size
    own = np.zeros((x.shape[1], *h_0.shape))
    own[-1] = d @ weights["W_y"].T
    grads = {"loss": np.mean(error**2), "dW_y": h[-1].T @ d, "db_y": d.sum(axis=0)}
    for t in reversed(range(x.shape[1])):
        *da, share = step_back(own[t], h[t], *gates[t], weights)
        add(grads, x[:, t], h[t], gates[t][0], *da)
    return grads | {"dh_0": share}


@wrong("gru_bptt", "overwritten dh")
def candidate_last(x, y, h_0, weights):
    """`dh` is replaced before the candidate's arrays are computed, and used for them."""
    h, gates = states(x, h_0, weights)
    error = h[-1] @ weights["W_y"] + weights["b_y"] - y
    d = 2 * error / error.size
    dh = d @ weights["W_y"].T
    grads = {"loss": np.mean(error**2), "dW_y": h[-1].T @ d, "db_y": d.sum(axis=0)}
    for t in reversed(range(x.shape[1])):
        da_r, da_z, _, dh = step_back(dh, h[t], *gates[t], weights)
        add(grads, x[:, t], h[t], gates[t][0], da_r, da_z, dh)
    return grads | {"dh_0": dh}


@wrong("gru_bptt", "loss never differentiated")
def dh_starts_at_zero(x, y, h_0, weights):
    """The loss is computed; the walk starts from zeros, and the readout is not trained."""
    h, gates = states(x, h_0, weights)
    loss = np.mean((h[-1] @ weights["W_y"] + weights["b_y"] - y) ** 2)
    dh = np.zeros_like(h_0)
    grads = {"dW_y": np.zeros_like(weights["W_y"]), "db_y": np.zeros_like(weights["b_y"])}
    for t in reversed(range(x.shape[1])):
        *da, dh = step_back(dh, h[t], *gates[t], weights)
        add(grads, x[:, t], h[t], gates[t][0], *da)
    return grads | {"loss": loss, "dh_0": dh}


@wrong("gru_bptt", "target not used")
def prediction_sent_back(x, y, h_0, weights):
    """The prediction goes back in place of its distance from the target."""
    h, gates = states(x, h_0, weights)
    prediction = h[-1] @ weights["W_y"] + weights["b_y"]
    d = 2 * prediction / prediction.size
    dh = d @ weights["W_y"].T
    grads = {"dW_y": h[-1].T @ d, "db_y": d.sum(axis=0)}
    for t in reversed(range(x.shape[1])):
        *da, dh = step_back(dh, h[t], *gates[t], weights)
        add(grads, x[:, t], h[t], gates[t][0], *da)
    return grads | {"loss": np.mean((prediction - y) ** 2), "dh_0": dh}


@wrong("gru_bptt", "averaged over all steps")
def printed_over_all_steps(x, y, h_0, weights):
    """The gradients are right, the loss averages over all steps with targets of zero."""
    h, gates = states(x, h_0, weights)
    predictions = np.stack([s @ weights["W_y"] + weights["b_y"] for s in h[1:]], axis=1)
    targets = np.zeros_like(predictions)
    targets[:, -1] = y
    d = 2 * (predictions[:, -1] - y) / y.size
    dh = d @ weights["W_y"].T
    grads = {"dW_y": h[-1].T @ d, "db_y": d.sum(axis=0)}
    for t in reversed(range(x.shape[1])):
        *da, dh = step_back(dh, h[t], *gates[t], weights)
        add(grads, x[:, t], h[t], gates[t][0], *da)
    return grads | {"loss": np.mean((predictions - targets) ** 2), "dh_0": dh}


@wrong("gru_bptt", "sigmoid of a sigmoid: update gate", "stray + 1 at the candidate")
def second_error_over_a_sequence(x, y, h_0, weights):
    """The update gate's gradient as in recipe B, in every step of an otherwise right walk."""
    w = weights
    h, gates = states(x, h_0, w)
    error = h[-1] @ w["W_y"] + w["b_y"] - y
    d = 2 * error / error.size
    dh = d @ w["W_y"].T
    grads = {"loss": np.mean(error**2), "dW_y": h[-1].T @ d, "db_y": d.sum(axis=0)}
    for t in reversed(range(x.shape[1])):
        r, z, n = gates[t]
        da_z = dh * (h[t] - n - 1) * sigmoid(z) * (1 - sigmoid(z))
        da_h = dh * (1 - z) * (1 - n**2)
        d_rh = da_h @ w["W_hh"].T
        da_r = d_rh * h[t] * r * (1 - r)
        add(grads, x[:, t], h[t], r, da_r, da_z, da_h)
        dh = dh * z + d_rh * r + da_r @ w["W_hr"].T + da_z @ w["W_hz"].T
    return grads | {"dh_0": dh}


@wrong("keep_best", "starts from 1")
def keep_from_one_on(w, updates, scores):
    """The best score starts at 1.0, so where all scores are larger the start comes back."""
    best, best_score = w, 1.0
    now = w
    for update, score in zip(updates, scores, strict=True):
        now = now + update
        if score < best_score:
            best, best_score = now, score
    return best


@wrong("keep_best", "compared by size")
def keep_nearest_to_zero(w, updates, scores):
    """Takes the score nearest to zero for the smallest."""
    return (w + np.cumsum(updates, axis=0))[np.argmin(np.abs(scores))]


@wrong("keep_best", "worse epochs undone")
def keep_only_improvements(w, updates, scores):
    """An update is added only if its score beats the best one so far."""
    now, best_score = w.copy(), np.inf
    for update, score in zip(updates, scores, strict=True):
        if score < best_score:
            now, best_score = now + update, score
    return now


@wrong("gru_step", "reset on the state and the whole pre-activation")
def gru_reset_around_everything(x_t, h_prev, weights):
    """The reset gate multiplies the candidate's whole pre-activation as well."""
    p = weights
    r = sigmoid(x_t @ p["W_xr"] + h_prev @ p["W_hr"] + p["b_r"])
    z = sigmoid(x_t @ p["W_xz"] + h_prev @ p["W_hz"] + p["b_z"])
    a = x_t @ p["W_xh"] + (r * h_prev) @ p["W_hh"] + p["b_h"]
    h_tilde = np.tanh(r * a)
    return r, z, h_tilde, z * h_prev + (1 - z) * h_tilde
