"""Answers to the exercises of chapter 04, written from their text alone."""

import numpy as np
from catalogue import right, wrong

from gru_lib.activations import sigmoid

# keep_best


@right("keep_best")
def keep_with_copies(w, updates, scores):
    """A walk with new arrays and a strict comparison."""
    best, best_score = None, np.inf
    for update, score in zip(updates, scores, strict=True):
        w = w + update
        if score < best_score:
            best, best_score = w, score
    return best


@right("keep_best")
def keep_by_partial_sum(w, updates, scores):
    """The sum of all updates up to the smallest score; argmin takes the earliest."""
    return w + updates[: np.argmin(scores) + 1].sum(axis=0)


@wrong("keep_best", "keeps the latest")
def keep_second_name(w, updates, scores):
    """After best = w there is one array, which += goes on changing: it returns the last weights."""
    w = np.array(w, dtype=float)
    best, best_score = w, float("inf")
    for e in range(len(scores)):
        w += updates[e]
        if scores[e] < best_score:
            best_score = scores[e]
            best = w
    return best


@wrong("keep_best", "one step too few")
def keep_one_epoch_too_early(w, updates, scores):
    """The history begins with the start, the scores do not: the index is off by one."""
    history = [w]
    for u in updates:
        history.append(history[-1] + u)
    return history[int(np.argmin(scores))]


@wrong("keep_best", "stops at the first rise")
def keep_stop_at_first_rise(w, updates, scores):
    """Early stopping without patience: a smaller score after a larger one is never seen."""
    best = w + updates[0]
    for e in range(1, len(updates)):
        if scores[e] >= scores[e - 1]:
            break
        best = best + updates[e]
    return best


@wrong("keep_best", "compared with the epoch before")
def keep_better_than_previous(w, updates, scores):
    """The last epoch that improved on the one before it, not the smallest score of all."""
    current = w.copy()
    best = None
    previous = np.inf
    for update, score in zip(updates, scores, strict=True):
        current = current + update
        if score < previous:
            best = current.copy()
        previous = score
    return best


@wrong("keep_best", "input changed in place")
def keep_sums_into_updates(w, updates, scores):
    """The result is right, but out=updates leaves the caller with the partial sums."""
    path = np.cumsum(updates, axis=0, out=updates)
    return w + path[np.argmin(scores)]


# gru_step


@right("gru_step")
def gru_plain(x_t, h_prev, weights):
    """The four equations."""
    p = weights
    r = sigmoid(x_t @ p["W_xr"] + h_prev @ p["W_hr"] + p["b_r"])
    z = sigmoid(x_t @ p["W_xz"] + h_prev @ p["W_hz"] + p["b_z"])
    h_tilde = np.tanh(x_t @ p["W_xh"] + (r * h_prev) @ p["W_hh"] + p["b_h"])
    return r, z, h_tilde, z * h_prev + (1 - z) * h_tilde


@right("gru_step")
def gru_stacked(x_t, h_prev, weights):
    """Input and state stacked, a helper for all three, the new state as a step from h_tilde."""

    def affine(gate, state):
        W = np.concatenate([weights[f"W_x{gate}"], weights[f"W_h{gate}"]])
        return np.concatenate([x_t, state], axis=1) @ W + weights[f"b_{gate}"]

    r, z = (1 / (1 + np.exp(-affine(k, h_prev))) for k in "rz")
    cand = np.tanh(affine("h", r * h_prev))
    return r, z, cand, cand + z * (h_prev - cand)


@wrong("gru_step", "reset after for before")
def gru_reset_after(x_t, h_prev, weights):
    """Has r * (h_prev @ W_hh), as in cuDNN and PyTorch, instead of (r * h_prev) @ W_hh."""
    r = sigmoid(x_t @ weights["W_xr"] + h_prev @ weights["W_hr"] + weights["b_r"])
    z = sigmoid(x_t @ weights["W_xz"] + h_prev @ weights["W_hz"] + weights["b_z"])
    n = np.tanh(x_t @ weights["W_xh"] + r * (h_prev @ weights["W_hh"]) + weights["b_h"])
    h = (1 - z) * n + z * h_prev
    return r, z, n, h


@wrong("gru_step", "z and 1 - z exchanged")
def gru_update_gate_turned(x_t, h_prev, weights):
    """(1 - z) * h_prev + z * h_tilde, as on Wikipedia: the roles of z and 1 - z exchanged."""
    w = weights
    z_t = sigmoid(np.dot(x_t, w["W_xz"]) + np.dot(h_prev, w["W_hz"]) + w["b_z"])
    r_t = sigmoid(np.dot(x_t, w["W_xr"]) + np.dot(h_prev, w["W_hr"]) + w["b_r"])
    h_hat = np.tanh(np.dot(x_t, w["W_xh"]) + np.dot(r_t * h_prev, w["W_hh"]) + w["b_h"])
    h_t = (1 - z_t) * h_prev + z_t * h_hat
    return r_t, z_t, h_hat, h_t


@wrong("gru_step", "gated state in the mean")
def gru_gated_state_in_the_mix(x_t, h_prev, weights):
    """h_prev is rebound to r * h_prev, so the last line keeps z * (r * h_prev)."""
    W_xr, W_xz, W_xh = weights["W_xr"], weights["W_xz"], weights["W_xh"]
    W_hr, W_hz, W_hh = weights["W_hr"], weights["W_hz"], weights["W_hh"]
    r = sigmoid(x_t @ W_xr + h_prev @ W_hr + weights["b_r"])
    z = sigmoid(x_t @ W_xz + h_prev @ W_hz + weights["b_z"])
    h_prev = r * h_prev
    h_tilde = np.tanh(x_t @ W_xh + h_prev @ W_hh + weights["b_h"])
    h = z * h_prev + (1 - z) * h_tilde
    return r, z, h_tilde, h


@wrong("gru_step", "transposed")
def gru_column_convention(x_t, h_prev, weights):
    """h_prev @ W.T, from the convention W h with columns; the states are rows here."""
    xs = {k: x_t @ weights["W_x" + k] + weights["b_" + k] for k in "rzh"}
    r = sigmoid(xs["r"] + h_prev @ weights["W_hr"].T)
    z = sigmoid(xs["z"] + h_prev @ weights["W_hz"].T)
    h_tilde = np.tanh(xs["h"] + (r * h_prev) @ weights["W_hh"].T)
    return r, z, h_tilde, z * h_prev + (1 - z) * h_tilde


@wrong("gru_step", "gated state in the update gate")
def gru_update_gate_reads_gated(x_t, h_prev, weights):
    """Computes z from r * h_prev, like the candidate, instead of from h_prev."""
    r = sigmoid(x_t @ weights["W_xr"] + h_prev @ weights["W_hr"] + weights["b_r"])
    gated = r * h_prev
    z = sigmoid(x_t @ weights["W_xz"] + gated @ weights["W_hz"] + weights["b_z"])
    h_tilde = np.tanh(x_t @ weights["W_xh"] + gated @ weights["W_hh"] + weights["b_h"])
    return r, z, h_tilde, z * h_prev + (1 - z) * h_tilde


def _hard_sigmoid(a):
    """Return the piecewise linear sigmoid of old versions of Keras."""
    return np.clip(0.2 * a + 0.5, 0, 1)


@wrong("gru_step", "hard sigmoid")
def gru_hard_sigmoid(x_t, h_prev, weights):
    """recurrent_activation of old Keras, clip(0.2 a + 0.5, 0, 1), instead of the sigmoid."""
    r, z = (
        _hard_sigmoid(x_t @ weights[f"W_x{k}"] + h_prev @ weights[f"W_h{k}"] + weights[f"b_{k}"])
        for k in ("r", "z")
    )
    h_tilde = np.tanh(x_t @ weights["W_xh"] + (r * h_prev) @ weights["W_hh"] + weights["b_h"])
    return r, z, h_tilde, z * h_prev + (1 - z) * h_tilde


@wrong("gru_step", "bias forgotten: candidate", "results in another order: z before r")
def gru_no_bias_and_z_first(x_t, h_prev, weights):
    """b_h is never added, and the gates come back as z, r."""
    z = sigmoid(x_t @ weights["W_xz"] + h_prev @ weights["W_hz"] + weights["b_z"])
    r = sigmoid(x_t @ weights["W_xr"] + h_prev @ weights["W_hr"] + weights["b_r"])
    h_tilde = np.tanh(x_t @ weights["W_xh"] + (r * h_prev) @ weights["W_hh"])
    h = z * h_prev + (1 - z) * h_tilde
    return z, r, h_tilde, h


# candidate_gradient


@right("candidate_gradient")
def cand_plain(dh, x_t, h_prev, r, z, h_tilde):
    """Four lines."""
    da_h = dh * (1 - z) * (1 - h_tilde**2)
    return da_h, x_t.T @ da_h, (r * h_prev).T @ da_h, da_h.sum(axis=0)


@right("candidate_gradient")
def cand_sum_of_outer_products(dh, x_t, h_prev, r, z, h_tilde):
    """Sequence by sequence, with outer products."""
    da = (dh - dh * z) * (1 + h_tilde) * (1 - h_tilde)
    rows = range(len(da))
    dWx = sum(np.outer(x_t[n], da[n]) for n in rows)
    dWh = sum(np.outer(r[n] * h_prev[n], da[n]) for n in rows)
    return da, dWx, dWh, np.ones(len(da)) @ da


@wrong("candidate_gradient", "z and 1 - z exchanged")
def cand_other_convention(dh, x_t, h_prev, r, z, h_tilde):
    """Takes dh * z, for a cell whose update gate stands on the candidate; here it is 1 - z."""
    d_cand = dh * z
    da_h = d_cand * (1 - h_tilde**2)
    return da_h, x_t.T @ da_h, (r * h_prev).T @ da_h, da_h.sum(axis=0)


def _tanh_prime(v):
    """Return the slope of the tanh at v."""
    return 1.0 - np.tanh(v) ** 2


@wrong("candidate_gradient", "tanh of a tanh")
def cand_tanh_of_output(dh, x_t, h_prev, r, z, h_tilde):
    """1 - tanh(h_tilde)**2: h_tilde is the tanh's output already."""
    da_h = dh * (1 - z) * _tanh_prime(h_tilde)
    dW_xh = np.einsum("bi,bj->ij", x_t, da_h)
    dW_hh = np.einsum("bi,bj->ij", r * h_prev, da_h)
    return da_h, dW_xh, dW_hh, np.einsum("bj->j", da_h)


@wrong("candidate_gradient", "reset after for before")
def cand_reset_after_product(dh, x_t, h_prev, r, z, h_tilde):
    """h_prev.T @ (r * da_h), right for the reset after the product; here r is on h_prev."""
    da_h = dh * (1 - z) * (1 - np.square(h_tilde))
    dW_hh = h_prev.T @ (r * da_h)
    return da_h, x_t.T @ da_h, dW_hh, da_h.sum(0)


@wrong("candidate_gradient", "transposed")
def cand_square_one_transposed(dh, x_t, h_prev, r, z, h_tilde):
    """da_h.T @ gated has the right shape, as the matrix is square, and is the transpose."""
    gated = r * h_prev
    da_h = dh * (1 - z) * (1 - h_tilde * h_tilde)
    dW_xh = np.dot(x_t.T, da_h)
    dW_hh = np.dot(da_h.T, gated)
    return da_h, dW_xh, dW_hh, np.sum(da_h, axis=0)


@wrong("candidate_gradient", "sums before the product")
def cand_sums_before_product(dh, x_t, h_prev, r, z, h_tilde):
    """Sums the rows first and multiplies then: the sum of products is no product of sums."""
    da_h = dh * (1 - z) * (1 - h_tilde**2)
    db_h = da_h.sum(axis=0)
    dW_xh = np.outer(x_t.sum(axis=0), db_h)
    dW_hh = np.outer((r * h_prev).sum(axis=0), db_h)
    return da_h, dW_xh, dW_hh, db_h


@wrong("candidate_gradient", "last sequence only")
def cand_last_sequence_only(dh, x_t, h_prev, r, z, h_tilde):
    """In the loop over the batch `=` instead of `+=`: the last sequence overwrites the others."""
    B, H = dh.shape
    da_h = np.zeros((B, H))
    dW_xh, dW_hh, db_h = np.zeros((x_t.shape[1], H)), np.zeros((H, H)), np.zeros(H)
    for n in range(B):
        da_h[n] = dh[n] * (1 - z[n]) * (1 - h_tilde[n] ** 2)
        dW_xh = np.outer(x_t[n], da_h[n])
        dW_hh = np.outer(r[n] * h_prev[n], da_h[n])
        db_h = da_h[n].copy()
    return da_h, dW_xh, dW_hh, db_h


@wrong("candidate_gradient", "1 - z forgotten", "mean for sum at the bias")
def cand_no_gate_and_mean(dh, x_t, h_prev, r, z, h_tilde):
    """Sends dh into the candidate undiminished, and db_h is the mean over the batch."""
    da_h = dh * (1 - h_tilde**2)
    return da_h, x_t.T @ da_h, (r * h_prev).T @ da_h, da_h.mean(axis=0)


# update_gate_gradient


@right("update_gate_gradient")
def update_plain(dh, x_t, h_prev, z, h_tilde):
    """The slope of the straight line, then the sigmoid's."""
    da_z = dh * (h_prev - h_tilde) * z * (1 - z)
    return da_z, x_t.T @ da_z, h_prev.T @ da_z, da_z.sum(axis=0)


@right("update_gate_gradient")
def update_two_places(dh, x_t, h_prev, z, h_tilde):
    """Both places apart, the arrays from one product with a column of ones."""
    dz = dh * h_prev
    dz = dz - dh * h_tilde
    da_z = dz * (z - z * z)
    D, H = x_t.shape[1], h_prev.shape[1]
    everything = np.hstack([x_t, h_prev, np.ones((len(dh), 1))]).T @ da_z
    return da_z, everything[:D], everything[D : D + H], everything[-1]


@wrong("update_gate_gradient", "sign")
def update_sign_turned(dh, x_t, h_prev, z, h_tilde):
    """h_tilde - h_prev, the slope where z stands on the candidate."""
    dz = dh * (h_tilde - h_prev)
    da_z = dz * z * (1 - z)
    return da_z, np.matmul(x_t.T, da_z), np.matmul(h_prev.T, da_z), da_z.sum(axis=0)


@wrong("update_gate_gradient", "path forgotten: candidate")
def update_one_place(dh, x_t, h_prev, z, h_tilde):
    """Only z * h_prev is followed; the 1 - z before the candidate is forgotten."""
    da_z = dh * h_prev * (z * (1 - z))
    return da_z, x_t.T @ da_z, h_prev.T @ da_z, da_z.sum(axis=0)


def _sigmoid_prime(v):
    """Return the slope of the sigmoid at v."""
    s = 1 / (1 + np.exp(-v))
    return s * (1 - s)


@wrong("update_gate_gradient", "sigmoid of a sigmoid")
def update_sigmoid_of_output(dh, x_t, h_prev, z, h_tilde):
    """_sigmoid_prime takes the sigmoid itself; z is past it already."""
    da_z = dh * (h_prev - h_tilde) * _sigmoid_prime(z)
    dW_xz = x_t.T @ da_z
    dW_hz = h_prev.T @ da_z
    db_z = np.add.reduce(da_z)
    return da_z, dW_xz, dW_hz, db_z


@wrong("update_gate_gradient", "this state for the one before")
def update_new_state_for_old(dh, x_t, h_prev, z, h_tilde):
    """W_hz has multiplied h_prev; here the new state h_t is put in its place."""
    h_t = z * h_prev + (1 - z) * h_tilde
    da_z = dh * (h_prev - h_tilde) * z * (1 - z)
    dW_xz = np.einsum("nd,nh->dh", x_t, da_z)
    dW_hz = np.einsum("nk,nh->kh", h_t, da_z)
    return da_z, dW_xz, dW_hz, da_z.sum(axis=0)


@wrong("update_gate_gradient", "input changed in place")
def update_difference_in_place(dh, x_t, h_prev, z, h_tilde):
    """A second name of h_prev is changed by -=, so dW_hz is taken with the difference."""
    diff = h_prev
    diff -= h_tilde
    da_z = dh * diff * z * (1 - z)
    return da_z, x_t.T @ da_z, h_prev.T @ da_z, da_z.sum(axis=0)


@wrong("update_gate_gradient", "brackets forgotten")
def update_brackets_missing(dh, x_t, h_prev, z, h_tilde):
    """Written dh * h_prev - h_tilde: the gradient dh reaches the first of the two places only."""
    dz = dh * h_prev - h_tilde
    da_z = z * (1.0 - z) * dz
    return da_z, x_t.T.dot(da_z), h_prev.T.dot(da_z), da_z.sum(axis=0)


@wrong("update_gate_gradient", "derivative of the wrong function", "mean for sum")
def update_tanh_slope_and_means(dh, x_t, h_prev, z, h_tilde):
    """1 - z**2 for the slope of a sigmoid, and all three arrays divided by the batch size."""
    n = dh.shape[0]
    da_z = dh * (h_prev - h_tilde) * (1 - z**2)
    return da_z, x_t.T @ da_z / n, h_prev.T @ da_z / n, da_z.sum(axis=0) / n


# reset_gate_gradient


@right("reset_gate_gradient")
def reset_plain(dh, x_t, h_prev, r, z, h_tilde, W_hh):
    """Station by station."""
    da_h = dh * (1 - z) * (1 - h_tilde**2)
    d_gated = da_h @ W_hh.T
    da_r = d_gated * h_prev * r * (1 - r)
    return da_r, x_t.T @ da_r, h_prev.T @ da_r, da_r.sum(axis=0)


@right("reset_gate_gradient")
def reset_einsum(dh, x_t, h_prev, r, z, h_tilde, W_hh):
    """One einsum for the way to r, others for the arrays."""
    slope = r * (1 - r)
    da_r = np.einsum("bj,bj,bj,ij,bi,bi->bi", dh, 1 - z, 1 - h_tilde * h_tilde, W_hh, h_prev, slope)
    return (
        da_r,
        np.einsum("bd,bi->di", x_t, da_r),
        np.einsum("bk,bi->ki", h_prev, da_r),
        np.einsum("bi->i", da_r),
    )


@wrong("reset_gate_gradient", "missing transpose")
def reset_matrix_not_transposed(dh, x_t, h_prev, r, z, h_tilde, W_hh):
    """da_h @ W_hh on the way back instead of da_h @ W_hh.T."""
    da_h = dh * (1 - z) * (1 - h_tilde**2)
    dr = np.dot(da_h, W_hh) * h_prev
    da_r = dr * r * (1 - r)
    return da_r, np.dot(x_t.T, da_r), np.dot(h_prev.T, da_r), np.sum(da_r, axis=0)


@wrong("reset_gate_gradient", "derivative missing: candidate")
def reset_no_tanh_slope(dh, x_t, h_prev, r, z, h_tilde, W_hh):
    """From h_tilde straight through W_hh: the factor 1 - h_tilde**2 is missing."""
    dh_tilde = dh * (1 - z)
    dr = (dh_tilde @ W_hh.T) * h_prev
    da_r = dr * (r * (1 - r))
    return da_r, x_t.T @ da_r, h_prev.T @ da_r, da_r.sum(axis=0)


@wrong("reset_gate_gradient", "reset after for before")
def reset_after_product_gradient(dh, x_t, h_prev, r, z, h_tilde, W_hh):
    """Takes dr = da_h * (h_prev @ W_hh), which belongs to r * (h_prev @ W_hh)."""
    da_h = dh * (1 - z) * (1 - h_tilde**2)
    da_r = da_h * (h_prev @ W_hh) * r * (1 - r)
    return da_r, x_t.T @ da_r, h_prev.T @ da_r, da_r.sum(axis=0)


@wrong("reset_gate_gradient", "gated state for the plain one")
def reset_gated_state_in_dw(dh, x_t, h_prev, r, z, h_tilde, W_hh):
    """The reset gate itself reads h_prev; r * h_prev belongs to dW_hh only."""
    gated = r * h_prev
    da_h = dh * (1 - z) * (1 - h_tilde**2)
    da_r = (da_h @ W_hh.T) * h_prev * r * (1 - r)
    return da_r, x_t.T @ da_r, gated.T @ da_r, da_r.sum(axis=0)


@wrong("reset_gate_gradient", "old state before the matrix")
def reset_h_prev_before_matrix(dh, x_t, h_prev, r, z, h_tilde, W_hh):
    """(da_h * h_prev) @ W_hh.T: the two stations matrix and product in the wrong order."""
    da_h = (1 - h_tilde**2) * (1 - z) * dh
    dr = (da_h * h_prev) @ W_hh.T
    da_r = dr * r * (1 - r)
    dW_xr = sum(np.outer(x_t[n], da_r[n]) for n in range(len(x_t)))
    dW_hr = sum(np.outer(h_prev[n], da_r[n]) for n in range(len(x_t)))
    return da_r, dW_xr, dW_hr, da_r.sum(axis=0)


@wrong("reset_gate_gradient", "derivative missing in the arrays")
def reset_arrays_before_slope(dh, x_t, h_prev, r, z, h_tilde, W_hh):
    """da_r is right, but the three arrays are computed with the gradient of r itself."""
    da_h = dh * (1 - z) * (1 - h_tilde**2)
    dr = (da_h @ W_hh.T) * h_prev
    dW_xr, dW_hr, db_r = x_t.T @ dr, h_prev.T @ dr, dr.sum(axis=0)
    da_r = dr * r * (1 - r)
    return da_r, dW_xr, dW_hr, db_r


@wrong("reset_gate_gradient", "z and 1 - z exchanged", "r where h_prev belongs")
def reset_wrong_factors(dh, x_t, h_prev, r, z, h_tilde, W_hh):
    """The candidate gets dh * z, and in the product r * h_prev the slope for r is taken as r."""
    da_h = dh * z * (1 - h_tilde**2)
    d_gated = da_h @ W_hh.T
    da_r = d_gated * r * (r * (1 - r))
    return da_r, x_t.T @ da_r, h_prev.T @ da_r, da_r.sum(axis=0)


# previous_state_gradient


@right("previous_state_gradient")
def previous_four_ways(dh, h_prev, r, z, h_tilde, W_hr, W_hz, W_hh):
    """All four ways, added at the end."""
    da_h = dh * (1 - z) * (1 - h_tilde**2)
    d_gated = da_h @ W_hh.T
    da_r = d_gated * h_prev * r * (1 - r)
    da_z = dh * (h_prev - h_tilde) * z * (1 - z)
    return dh * z + d_gated * r + da_r @ W_hr.T + da_z @ W_hz.T


@right("previous_state_gradient")
def previous_by_jacobian(dh, h_prev, r, z, h_tilde, W_hr, W_hz, W_hh):
    """The whole Jacobian of each sequence, entry [i, j] = dh_j / dh_prev_i."""
    out = np.empty_like(dh, dtype=float)
    for n in range(len(dh)):
        s_r, s_z, s_h = r[n] * (1 - r[n]), z[n] * (1 - z[n]), 1 - h_tilde[n] ** 2
        J_gated = np.diag(r[n]) + W_hr * s_r * h_prev[n]
        J_cand = J_gated @ W_hh * s_h
        J = np.diag(z[n]) + W_hz * s_z * (h_prev[n] - h_tilde[n]) + J_cand * (1 - z[n])
        out[n] = J @ dh[n]
    return out


@wrong("previous_state_gradient", "path forgotten: update gate")
def previous_without_update_gate(dh, h_prev, r, z, h_tilde, W_hr, W_hz, W_hh):
    """Three ways only: the state's action on z through W_hz is left out."""
    da_h = dh * (1 - z) * (1 - h_tilde**2)
    dhr = da_h @ W_hh.T
    dar = dhr * h_prev * r * (1 - r)
    dh_prev = dh * z
    dh_prev = dh_prev + dhr * r
    dh_prev = dh_prev + dar @ W_hr.T
    return dh_prev


@wrong("previous_state_gradient", "reset on the wrong side")
def previous_reset_after_product(dh, h_prev, r, z, h_tilde, W_hr, W_hz, W_hh):
    """In the way through the candidate (r * da_h) @ W_hh.T instead of r * (da_h @ W_hh.T)."""
    da_h = dh * (1 - z) * (1 - h_tilde**2)
    da_z = dh * (h_prev - h_tilde) * z * (1 - z)
    da_r = (da_h @ W_hh.T) * h_prev * r * (1 - r)
    ways = [dh * z, (r * da_h) @ W_hh.T, da_z @ W_hz.T, da_r @ W_hr.T]
    return np.sum(ways, axis=0)


@wrong("previous_state_gradient", "gated gradient overwritten")
def previous_gated_overwritten(dh, h_prev, r, z, h_tilde, W_hr, W_hz, W_hh):
    """d_gated *= r comes first, so the reset gate gets one factor r too many."""
    da_h = dh * (1 - z) * (1 - h_tilde**2)
    da_z = dh * (h_prev - h_tilde) * z * (1 - z)
    d_gated = da_h @ W_hh.T
    d_gated *= r
    da_r = d_gated * h_prev * r * (1 - r)
    return dh * z + d_gated + da_r @ W_hr.T + da_z @ W_hz.T


@wrong("previous_state_gradient", "input changed in place", "dh overwritten too early")
def previous_dh_changed_first(dh, h_prev, r, z, h_tilde, W_hr, W_hz, W_hh):
    """dh_prev is a second name of dh: after *= z all other ways begin with dh * z."""
    dh_prev = dh
    dh_prev *= z
    da_z = dh * (h_prev - h_tilde) * z * (1 - z)
    da_h = dh * (1 - z) * (1 - h_tilde**2)
    dg = da_h @ W_hh.T
    da_r = dg * h_prev * r * (1 - r)
    return dh_prev + dg * r + da_r @ W_hr.T + da_z @ W_hz.T


@wrong("previous_state_gradient", "gates exchanged")
def previous_gate_matrices_swapped(dh, h_prev, r, z, h_tilde, W_hr, W_hz, W_hh):
    """Stacks the gradients as z, r, and the matrices as r, z."""
    da_h = dh * (1 - z) * (1 - h_tilde**2)
    d_gated = np.einsum("bj,ij->bi", da_h, W_hh)
    da_z = dh * (h_prev - h_tilde) * z * (1 - z)
    da_r = d_gated * h_prev * r * (1 - r)
    d_gates = np.hstack([da_z, da_r])
    W_gates = np.hstack([W_hr, W_hz])
    return dh * z + d_gated * r + d_gates @ W_gates.T


@wrong("previous_state_gradient", "z forgotten")
def previous_residual_path(dh, h_prev, r, z, h_tilde, W_hr, W_hz, W_hh):
    """The direct way is taken as dh, as in a residual connection, instead of dh * z."""
    dh_prev = dh.copy()
    da_h = dh * (1 - z) * (1 - h_tilde**2)
    dh_prev += r * (da_h @ W_hh.T)
    dh_prev += (dh * (h_prev - h_tilde) * z * (1 - z)) @ W_hz.T
    dh_prev += ((da_h @ W_hh.T) * h_prev * r * (1 - r)) @ W_hr.T
    return dh_prev


@wrong("previous_state_gradient", "reset forgotten", "missing transpose: gates")
def previous_two_slips(dh, h_prev, r, z, h_tilde, W_hr, W_hz, W_hh):
    """W_hr and W_hz as they are on the way back, and the gated state's gradient without r."""
    da_h = dh * (1 - z) * (1 - h_tilde**2)
    back = da_h @ W_hh.T
    da_r = back * h_prev * r * (1 - r)
    da_z = dh * (h_prev - h_tilde) * z * (1 - z)
    return dh * z + back + da_r @ W_hr + da_z @ W_hz


# gru_bptt


def _cell(x_t, h, p):
    """Return r, z, the candidate and the new state."""
    r = sigmoid(x_t @ p["W_xr"] + h @ p["W_hr"] + p["b_r"])
    z = sigmoid(x_t @ p["W_xz"] + h @ p["W_hz"] + p["b_z"])
    n = np.tanh(x_t @ p["W_xh"] + (r * h) @ p["W_hh"] + p["b_h"])
    return r, z, n, z * h + (1 - z) * n


@right("gru_bptt")
def bptt_tuples(x, y, h_0, weights):
    """A list of tuples, nine sums with +=, one walk back."""
    h, kept = h_0, []
    for t in range(x.shape[1]):
        r, z, n, h_new = _cell(x[:, t], h, weights)
        kept.append((x[:, t], h, r, z, n))
        h = h_new
    out = {"d" + k: np.zeros(v.shape) for k, v in weights.items()}
    prediction = h @ weights["W_y"] + weights["b_y"]
    out["loss"] = np.mean((prediction - y) ** 2)
    d = 2 * (prediction - y) / y.size
    out["dW_y"], out["db_y"] = h.T @ d, d.sum(axis=0)
    dh = d @ weights["W_y"].T
    for x_t, h, r, z, n in reversed(kept):
        a_h = dh * (1 - z) * (1 - n**2)
        gated = a_h @ weights["W_hh"].T
        a_r = gated * h * r * (1 - r)
        a_z = dh * (h - n) * z * (1 - z)
        for k, a, state in (("r", a_r, h), ("z", a_z, h), ("h", a_h, r * h)):
            out["dW_x" + k] += x_t.T @ a
            out["dW_h" + k] += state.T @ a
            out["db_" + k] += a.sum(axis=0)
        dh = dh * z + gated * r + a_r @ weights["W_hr"].T + a_z @ weights["W_hz"].T
    out["dh_0"] = dh
    return out


@right("gru_bptt")
def bptt_arrays_over_time(x, y, h_0, weights):
    """Arrays over time, pre-activation gradients kept, all sums by tensordot after the walk."""
    B, T, _ = x.shape
    Hn = h_0.shape[1]
    hs = np.zeros((T + 1, B, Hn))
    hs[0] = h_0
    R, Z, N = np.zeros((3, T, B, Hn))
    for t in range(T):
        R[t], Z[t], N[t], hs[t + 1] = _cell(x[:, t], hs[t], weights)
    err = hs[T] @ weights["W_y"] + weights["b_y"] - y
    dp = err * 2 / err.size
    dA = {k: np.zeros((T, B, Hn)) for k in "rzh"}
    dh = dp @ weights["W_y"].T
    for t in range(T - 1, -1, -1):
        dA["h"][t] = dh * (1 - Z[t]) * (1 - N[t] ** 2)
        dg = dA["h"][t] @ weights["W_hh"].T
        dA["r"][t] = dg * hs[t] * R[t] * (1 - R[t])
        dA["z"][t] = dh * (hs[t] - N[t]) * Z[t] * (1 - Z[t])
        dh = dh * Z[t] + dg * R[t]
        dh += dA["r"][t] @ weights["W_hr"].T + dA["z"][t] @ weights["W_hz"].T
    xs = np.swapaxes(x, 0, 1)
    grads = {"loss": float((err**2).mean()), "dh_0": dh}
    for k in "rzh":
        read = hs[:-1] * R if k == "h" else hs[:-1]
        grads[f"dW_x{k}"] = np.tensordot(xs, dA[k], axes=([0, 1], [0, 1]))
        grads[f"dW_h{k}"] = np.tensordot(read, dA[k], axes=([0, 1], [0, 1]))
        grads[f"db_{k}"] = dA[k].sum(axis=(0, 1))
    grads["dW_y"] = hs[T].T @ dp
    grads["db_y"] = dp.sum(axis=0)
    return grads


@wrong("gru_bptt", "reshaped for transposed")
def bptt_reshaped_time_axis(x, y, h_0, weights):
    """x.reshape(T, B, D) mixes sequences and steps; the axes should have been exchanged."""
    B, T, D = x.shape
    xs = x.reshape(T, B, D)
    h, kept = h_0, []
    for x_t in xs:
        r, z, n, h_new = _cell(x_t, h, weights)
        kept.append((x_t, h, r, z, n))
        h = h_new
    g = {"d" + name: np.zeros_like(w) for name, w in weights.items()}
    y_hat = h @ weights["W_y"] + weights["b_y"]
    g["loss"] = ((y_hat - y) ** 2).mean()
    dy = 2 * (y_hat - y) / y.size
    g["dW_y"] += h.T @ dy
    g["db_y"] += dy.sum(axis=0)
    dh = dy @ weights["W_y"].T
    while kept:
        x_t, h, r, z, n = kept.pop()
        da_z = dh * (h - n) * z * (1 - z)
        da_h = dh * (1 - z) * (1 - n * n)
        d_rh = da_h @ weights["W_hh"].T
        da_r = d_rh * h * r * (1 - r)
        g["dW_xz"] += x_t.T @ da_z
        g["dW_hz"] += h.T @ da_z
        g["db_z"] += da_z.sum(axis=0)
        g["dW_xr"] += x_t.T @ da_r
        g["dW_hr"] += h.T @ da_r
        g["db_r"] += da_r.sum(axis=0)
        g["dW_xh"] += x_t.T @ da_h
        g["dW_hh"] += (r * h).T @ da_h
        g["db_h"] += da_h.sum(axis=0)
        dh = dh * z + d_rh * r + da_r @ weights["W_hr"].T + da_z @ weights["W_hz"].T
    g["dh_0"] = dh
    return g


@wrong("gru_bptt", "+= for = in dh")
def bptt_dh_piles_up(x, y, h_0, weights):
    """A turn ends with dh = dh + ...: what reached h_t reaches h_{t-1} once more in full."""
    p = weights
    states, gates = [h_0], []
    for t in range(x.shape[1]):
        r, z, n, h = _cell(x[:, t, :], states[-1], p)
        gates.append((r, z, n))
        states.append(h)
    pred = states[-1] @ p["W_y"] + p["b_y"]
    diff = pred - y
    dpred = 2.0 * diff / diff.size
    grads = {"d" + k: np.zeros_like(v) for k, v in p.items()}
    grads["dW_y"], grads["db_y"] = states[-1].T @ dpred, dpred.sum(0)
    dh = dpred @ p["W_y"].T
    for t in reversed(range(x.shape[1])):
        r, z, n = gates[t]
        h_prev = states[t]
        da = {"h": dh * (1 - z) * (1 - n**2), "z": dh * (h_prev - n) * z * (1 - z)}
        dgated = da["h"] @ p["W_hh"].T
        da["r"] = dgated * h_prev * r * (1 - r)
        for k in da:
            grads[f"dW_x{k}"] += x[:, t, :].T @ da[k]
            grads[f"db_{k}"] += da[k].sum(axis=0)
        grads["dW_hr"] += h_prev.T @ da["r"]
        grads["dW_hz"] += h_prev.T @ da["z"]
        grads["dW_hh"] += (r * h_prev).T @ da["h"]
        dh = dh + (dh * z + dgated * r + da["r"] @ p["W_hr"].T + da["z"] @ p["W_hz"].T)
    return grads | {"loss": np.mean(diff**2), "dh_0": dh}


@wrong("gru_bptt", "gradient of h_1 for dh_0")
def bptt_one_turn_short(x, y, h_0, weights):
    """For step 1 there seems to be no step before: dh is not carried on, and dh_0 is dL/dh_1."""
    h, kept = h_0.copy(), []
    T = x.shape[1]
    for t in range(T):
        r, z, n, new = _cell(x[:, t], h, weights)
        kept.append((h, r, z, n))
        h = new
    out = {}
    e = h @ weights["W_y"] + weights["b_y"] - y
    out["loss"] = (e * e).mean()
    de = 2 * e / e.size
    out["dW_y"] = h.T @ de
    out["db_y"] = de.sum(axis=0)
    dh = de @ weights["W_y"].T
    for name in ("W_xr", "W_xz", "W_xh", "W_hr", "W_hz", "W_hh", "b_r", "b_z", "b_h"):
        out["d" + name] = np.zeros_like(weights[name])
    for t in range(T - 1, -1, -1):
        h, r, z, n = kept[t]
        dah = dh * (1 - z) * (1 - n**2)
        dhr = dah @ weights["W_hh"].T
        dar = dhr * h * r * (1 - r)
        daz = dh * (h - n) * z * (1 - z)
        for letter, a in zip("rzh", (dar, daz, dah), strict=True):
            out["dW_x" + letter] += x[:, t].T @ a
            out["dW_h" + letter] += (h * r if letter == "h" else h).T @ a
            out["db_" + letter] += a.sum(axis=0)
        if t > 0:
            dh = dh * z + dhr * r + dar @ weights["W_hr"].T + daz @ weights["W_hz"].T
    out["dh_0"] = dh
    return out


@wrong("gru_bptt", "factor 2 missing")
def bptt_half_the_derivative(x, y, h_0, weights):
    """(prediction - y) / y.size, the derivative of half the mean square; the loss has no half."""
    h, kept = h_0, []
    for x_t in x.transpose(1, 0, 2):
        r, z, n, h_next = _cell(x_t, h, weights)
        kept.append((x_t, h, r, z, n))
        h = h_next
    prediction = h @ weights["W_y"] + weights["b_y"]
    d_pred = (prediction - y) / y.size
    res = {"loss": np.square(prediction - y).mean(), "dW_y": h.T @ d_pred, "db_y": d_pred.sum(0)}
    sums = {"d" + k: 0 for k in weights if not k.endswith("y")}
    dh = d_pred @ weights["W_y"].T
    for x_t, h, r, z, n in kept[::-1]:
        dn = dh * (1 - z) * (1 - n**2)
        dq = dn @ weights["W_hh"].T
        dr = dq * h * r * (1 - r)
        dz = dh * (h - n) * z * (1 - z)
        for k, d, s in zip("rzh", (dr, dz, dn), (h, h, r * h), strict=True):
            sums["dW_x" + k] = sums["dW_x" + k] + x_t.T @ d
            sums["dW_h" + k] = sums["dW_h" + k] + s.T @ d
            sums["db_" + k] = sums["db_" + k] + d.sum(axis=0)
        dh = dh * z + dq * r + dr @ weights["W_hr"].T + dz @ weights["W_hz"].T
    return {**res, **sums, "dh_0": dh}


@wrong("gru_bptt", "input changed in place", "one array for all states")
def bptt_state_updated_in_place(x, y, h_0, weights):
    """The state is h_0 itself, changed by h[:] = ...: every kept state is the last, h_0 is lost."""
    h = h_0
    cache = []
    for t in range(x.shape[1]):
        r, z, cand, new = _cell(x[:, t], h, weights)
        cache.append((h, r, z, cand))
        h[:] = new
    W_y = weights["W_y"]
    delta = h @ W_y + weights["b_y"] - y
    G = {"loss": np.mean(delta**2)}
    delta = 2 * delta / delta.size
    G["dW_y"], G["db_y"] = h.T @ delta, delta.sum(axis=0)
    for k in "rzh":
        G["dW_x" + k] = np.zeros_like(weights["W_x" + k])
        G["dW_h" + k] = np.zeros_like(weights["W_h" + k])
        G["db_" + k] = np.zeros_like(weights["b_" + k])
    dh = delta @ W_y.T
    for t in range(len(cache))[::-1]:
        h_prev, r, z, cand = cache[t]
        a_h = dh * (1 - z) * (1 - cand**2)
        d_gated = a_h @ weights["W_hh"].T
        a_r = d_gated * h_prev * r * (1 - r)
        a_z = dh * (h_prev - cand) * z * (1 - z)
        for k, a in (("r", a_r), ("z", a_z), ("h", a_h)):
            G["dW_x" + k] += x[:, t].T @ a
            G["db_" + k] += a.sum(axis=0)
        G["dW_hr"] += h_prev.T @ a_r
        G["dW_hz"] += h_prev.T @ a_z
        G["dW_hh"] += (r * h_prev).T @ a_h
        dh = dh * z + d_gated * r + a_r @ weights["W_hr"].T + a_z @ weights["W_hz"].T
    G["dh_0"] = dh
    return G


@wrong("gru_bptt", "dh replaced too early")
def bptt_dh_replaced_too_early(x, y, h_0, weights):
    """The new dh stands above da_z, which then begins with it, half-finished, not the old one."""
    w = weights
    hs, mem = [h_0], []
    for t in range(x.shape[1]):
        r, z, c, h = _cell(x[:, t], hs[-1], w)
        mem.append((r, z, c))
        hs.append(h)
    y_hat = hs[-1] @ w["W_y"] + w["b_y"]
    dy = 2 / y.size * (y_hat - y)
    d = {"d" + k: np.zeros(v.shape) for k, v in w.items()}
    d["loss"] = np.sum((y_hat - y) ** 2) / y.size
    d["dW_y"] = hs[-1].T @ dy
    d["db_y"] = dy.sum(axis=0)
    dh = dy @ w["W_y"].T
    for t in reversed(range(len(mem))):
        (r, z, c), h = mem[t], hs[t]
        dac = dh * (1 - z) * (1 - c**2)
        drh = dac @ w["W_hh"].T
        dar = drh * h * r * (1 - r)
        dh = dh * z + drh * r + dar @ w["W_hr"].T
        daz = dh * (h - c) * z * (1 - z)
        dh = dh + daz @ w["W_hz"].T
        for gate, da, inp in [("r", dar, h), ("z", daz, h), ("h", dac, r * h)]:
            d[f"dW_x{gate}"] += x[:, t].T @ da
            d[f"dW_h{gate}"] += inp.T @ da
            d[f"db_{gate}"] += da.sum(axis=0)
    d["dh_0"] = dh
    return d


@wrong("gru_bptt", "divided by the batch only", "initial state not used")
def bptt_batch_only_and_zero_state(x, y, h_0, weights):
    """2 (y_hat - y) / B in the derivative, without K; and the walk begins at zeros, not at h_0."""
    B, T, _ = x.shape
    h = np.zeros_like(h_0)
    tape = []
    for t in range(T):
        r, z, n, h_new = _cell(x[:, t], h, weights)
        tape.append((x[:, t], h, r, z, n))
        h = h_new
    pred = np.dot(h, weights["W_y"]) + weights["b_y"]
    loss = np.mean((pred - y) ** 2)
    dpred = 2 * (pred - y) / B
    grads = {k: np.zeros_like(v) for k, v in weights.items()}
    grads["W_y"] = np.dot(h.T, dpred)
    grads["b_y"] = dpred.sum(axis=0)
    dh = np.dot(dpred, weights["W_y"].T)
    for x_t, h, r, z, n in reversed(tape):
        dah = dh * (1 - z) * (1 - n**2)
        drh = np.dot(dah, weights["W_hh"].T)
        dar = drh * h * r * (1 - r)
        daz = dh * (h - n) * z * (1 - z)
        for k, da, s in (("r", dar, h), ("z", daz, h), ("h", dah, r * h)):
            grads["W_x" + k] += np.dot(x_t.T, da)
            grads["W_h" + k] += np.dot(s.T, da)
            grads["b_" + k] += da.sum(axis=0)
        dh = dh * z + drh * r + np.dot(dar, weights["W_hr"].T) + np.dot(daz, weights["W_hz"].T)
    result = {"d" + k: v for k, v in grads.items()}
    result["loss"] = loss
    result["dh_0"] = dh
    return result
