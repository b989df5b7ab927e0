"""Answers to the exercises of chapter 5, written from their text alone."""

import numpy as np
from catalogue import right, wrong

from gru_lib.activations import sigmoid

# Exercise 1: count_parameters


@right("count_parameters")
def count_from_empty_arrays(D, H):
    """Make the arrays and ask them for their size."""
    split, concat = [], []
    for _ in "rzh":
        split += [np.empty(s).size for s in ((D, H), (H, H), (H,))]
        concat += [np.empty(s).size for s in ((H + D, H), (H,))]
    return split, concat, sum(concat)


@right("count_parameters")
def count_by_formula(D, H):
    """Repeat the tuple of one gate three times; the total is the well-known formula."""
    return (D * H, H * H, H) * 3, ((D + H) * H, H) * 3, 3 * H * (D + H + 1)


@wrong("count_parameters", "block with H + D columns")
def count_square_blocks(D, H):
    """The block matrix is (H + D, H + D), as if the product gave the row [h, x] back."""
    split = [D * H, H * H, H] * 3
    concat = [(H + D) ** 2, H] * 3
    return split, concat, sum(split)


@wrong("count_parameters", "both forms added up")
def count_network_twice(D, H):
    """The total adds the two lists, so the same network is counted twice."""
    split = np.array([D * H, H * H, H] * 3)
    concat = np.array([(D + H) * H, H] * 3)
    return split, concat, split.sum() + concat.sum()


@wrong("count_parameters", "matrices first")
def count_matrices_first(D, H):
    """The concatenated list is W_r, W_z, W_h, b_r, b_z, b_h and not gate by gate."""
    per_gate = {"x": D * H, "h": H * H, "b": H}
    split = [per_gate[k] for _ in range(3) for k in "xhb"]
    concat = [per_gate["x"] + per_gate["h"]] * 3 + [per_gate["b"]] * 3
    return split, concat, sum(concat)


@wrong("count_parameters", "two biases")
def count_torch_biases(D, H):
    """Each gate gets b_ih and b_hh, as in torch.nn.GRU: 2 * H numbers in place of H."""
    bias = 2 * H
    split = (D * H, H * H, bias) * 3
    concat = ((H + D) * H, bias) * 3
    return split, concat, sum(split)


@wrong("count_parameters", "input and state exchanged", "bias forgotten")
def count_state_first_no_bias(D, H):
    """Two mistakes: W_hr stands before W_xr in the split list, and the total has no biases."""
    w_h, w_x = H**2, H * D
    split = []
    for _gate in ("r", "z", "h"):
        split.extend([w_h, w_x, H])
    concat = [w_h + w_x, H] * 3
    total = 3 * (w_h + w_x)
    return split, concat, total


# Exercise 2: concatenate_weights


@right("concatenate_weights")
def blocks_filled_in_a_loop(W_xr, W_hr, b_r, W_xz, W_hz, b_z, W_xh, W_hh, b_h):
    """A new empty matrix for each gate, filled from above."""
    D, H = np.shape(W_xr)
    out = []
    for wx, wh, b in ((W_xr, W_hr, b_r), (W_xz, W_hz, b_z), (W_xh, W_hh, b_h)):
        block = np.empty((H + D, H))
        block[:H] = wh
        block[H:] = wx
        out += [block, np.array(b)]
    return tuple(out)


@right("concatenate_weights")
def blocks_through_transposes(W_xr, W_hr, b_r, W_xz, W_hz, b_z, W_xh, W_hh, b_h):
    """Side by side after a transposition, and transposed back."""

    def join(h, x):
        return np.hstack((h.T, x.T)).T

    return join(W_hr, W_xr), b_r, join(W_hz, W_xz), b_z, join(W_hh, W_xh), b_h


@wrong("concatenate_weights", "concatenated in the other order")
def blocks_input_above(W_xr, W_hr, b_r, W_xz, W_hz, b_z, W_xh, W_hh, b_h):
    """Blocks for the row [x, h]: vstack of (W_x, W_h) instead of (W_h, W_x)."""
    W_r = np.vstack([W_xr, W_hr])
    W_z = np.vstack([W_xz, W_hz])
    W_h = np.vstack([W_xh, W_hh])
    return W_r, b_r, W_z, b_z, W_h, b_h


@wrong("concatenate_weights", "transposed")
def blocks_for_column_vectors(W_xr, W_hr, b_r, W_xz, W_hz, b_z, W_xh, W_hh, b_h):
    """As in texts with W [h; x] and columns: transposed and side by side, (H, H + D)."""
    W_r = np.concatenate([W_hr.T, W_xr.T], axis=1)
    W_z = np.concatenate([W_hz.T, W_xz.T], axis=1)
    W_h = np.concatenate([W_hh.T, W_xh.T], axis=1)
    return W_r, b_r, W_z, b_z, W_h, b_h


@wrong("concatenate_weights", "gates exchanged")
def blocks_in_keras_order(W_xr, W_hr, b_r, W_xz, W_hz, b_z, W_xh, W_hh, b_h):
    """The gates are returned in the order z, r, candidate, as Keras keeps them."""
    gates = [(W_hz, W_xz, b_z), (W_hr, W_xr, b_r), (W_hh, W_xh, b_h)]
    flat = []
    for u, w, b in gates:
        flat.append(np.r_[u, w])
        flat.append(b)
    return tuple(flat)


@wrong("concatenate_weights", "copied line: W_hz in W_h")
def blocks_copy_paste_slip(W_xr, W_hr, b_r, W_xz, W_hz, b_z, W_xh, W_hh, b_h):
    """A copied line was changed by half: W_h stands on W_hz instead of W_hh."""
    W_r = np.vstack((W_hr, W_xr))
    W_z = np.vstack((W_hz, W_xz))
    W_h = np.vstack((W_hz, W_xh))
    return W_r, b_r, W_z, b_z, W_h, b_h


@wrong("concatenate_weights", "upper block transposed")
def blocks_state_transposed(W_xr, W_hr, b_r, W_xz, W_hz, b_z, W_xh, W_hh, b_h):
    """The square matrices are transposed, as if they came from PyTorch: W_hk.T on top."""

    def together(w_state, w_input):
        return np.concatenate((w_state.T, w_input))

    return together(W_hr, W_xr), b_r, together(W_hz, W_xz), b_z, together(W_hh, W_xh), b_h


@wrong("concatenate_weights", "one array for all")
def blocks_share_one_buffer(W_xr, W_hr, b_r, W_xz, W_hz, b_z, W_xh, W_hh, b_h):
    """The buffer is made before the loop, so all three blocks are the candidate's."""
    D, H = W_xr.shape
    buf = np.zeros((H + D, H))
    result = []
    for w_x, w_h, bias in [(W_xr, W_hr, b_r), (W_xz, W_hz, b_z), (W_xh, W_hh, b_h)]:
        buf[:H, :] = w_h
        buf[H:, :] = w_x
        result.append(buf)
        result.append(bias)
    return tuple(result)


@wrong("concatenate_weights", "results in another order", "concatenated in the other order")
def blocks_grouped_input_above(W_xr, W_hr, b_r, W_xz, W_hz, b_z, W_xh, W_hh, b_h):
    """Two mistakes: three matrices and then three biases are returned, and x is above h."""
    pairs = zip((W_xr, W_xz, W_xh), (W_hr, W_hz, W_hh), strict=True)
    matrices = [np.concatenate(pair, axis=0) for pair in pairs]
    return (*matrices, b_r, b_z, b_h)


# Exercise 3: split_weights


@right("split_weights")
def split_join_then_cut(W_r, b_r, W_z, b_z, W_h, b_h):
    """All blocks side by side first, then one cut."""
    everything = np.concatenate([W_r, W_z, W_h], axis=1)
    H = len(b_r)
    return everything[H:].copy(), everything[:H].copy(), np.concatenate([b_r, b_z, b_h])


@right("split_weights")
def split_number_by_number(W_r, b_r, W_z, b_z, W_h, b_h):
    """Loops over gates, rows and columns."""
    rows, H = W_r.shape
    W_x_all, W_h_all, b_all = np.zeros((rows - H, 3 * H)), np.zeros((H, 3 * H)), np.zeros(3 * H)
    for g, (W, b) in enumerate([(W_r, b_r), (W_z, b_z), (W_h, b_h)]):
        for j in range(H):
            b_all[g * H + j] = b[j]
            for i in range(rows):
                if i < H:
                    W_h_all[i, g * H + j] = W[i, j]
                else:
                    W_x_all[i - H, g * H + j] = W[i, j]
    return W_x_all, W_h_all, b_all


@wrong("split_weights", "concatenated in the other order")
def split_input_on_top(W_r, b_r, W_z, b_z, W_h, b_h):
    """The first D rows go to W_x and the last H to W_h, as for a row [x, h]."""
    H = W_r.shape[1]
    D = W_r.shape[0] - H
    W_x = np.hstack([W_r[:D], W_z[:D], W_h[:D]])
    W_hid = np.hstack([W_r[D:], W_z[D:], W_h[D:]])
    return W_x, W_hid, np.hstack([b_r, b_z, b_h])


@wrong("split_weights", "blocks stacked along the wrong axis")
def split_pieces_downwards(W_r, b_r, W_z, b_z, W_h, b_h):
    """The pieces are joined along axis 0: (3 D, H) and (3 H, H)."""
    H = len(b_r)
    W_x = np.concatenate([w[H:] for w in (W_r, W_z, W_h)])
    U = np.concatenate([w[:H] for w in (W_r, W_z, W_h)])
    return W_x, U, np.concatenate([b_r, b_z, b_h])


@wrong("split_weights", "gates exchanged")
def split_update_gate_first(W_r, b_r, W_z, b_z, W_h, b_h):
    """The matrices are put side by side as z, r, candidate; only the biases are as asked."""
    fused = np.hstack((W_z, W_r, W_h))
    n = b_r.size
    return fused[n:], fused[:n], np.hstack((b_r, b_z, b_h))


@wrong("split_weights", "cut in the middle")
def split_in_the_middle(W_r, b_r, W_z, b_z, W_h, b_h):
    """The blocks are cut after half of their rows, which is right for D = H only."""
    half = len(W_r) // 2
    W_x = np.hstack([W_r[half:], W_z[half:], W_h[half:]])
    W_s = np.hstack([W_r[:half], W_z[:half], W_h[:half]])
    return W_x, W_s, np.r_[b_r, b_z, b_h]


@wrong("split_weights", "reshaped, not side by side")
def split_by_plain_reshape(W_r, b_r, W_z, b_z, W_h, b_h):
    """(3, D, H) is reshaped to (D, 3 H) at once; the gate axis should first go behind D."""
    W = np.array([W_r, W_z, W_h])
    H = W.shape[2]
    D = W.shape[1] - H
    W_x = W[:, H:, :].reshape(D, 3 * H)
    W_hh = W[:, :H, :].reshape(H, 3 * H)
    b = np.array([b_r, b_z, b_h]).reshape(-1)
    return W_x, W_hh, b


@wrong("split_weights", "interleaved")
def split_interleaved_units(W_r, b_r, W_z, b_z, W_h, b_h):
    """Columns are r, z, candidate of unit 0, then of unit 1: stacked on the last axis."""
    rows, H = W_r.shape
    fused = np.stack([W_r, W_z, W_h], axis=-1).reshape(rows, 3 * H)
    b = np.stack([b_r, b_z, b_h], axis=-1).reshape(3 * H)
    return fused[H:], fused[:H], b


@wrong("split_weights", "results in another order", "candidate in the other order")
def split_swapped_and_mixed(W_r, b_r, W_z, b_z, W_h, b_h):
    """Two mistakes: (W_h, W_x, b) is returned, and the candidate's block is cut for [x, h]."""
    H = W_h.shape[1]
    D = W_h.shape[0] - H
    W_hr, W_xr = W_r[:H], W_r[H:]
    W_hz, W_xz = W_z[:H], W_z[H:]
    W_xh, W_hh = W_h[:D], W_h[D:]
    states, inputs = np.hstack([W_hr, W_hz, W_hh]), np.hstack([W_xr, W_xz, W_xh])
    return states, inputs, np.concatenate([b_r, b_z, b_h])


# Exercise 4: concat_step


@right("concat_step")
def step_with_cut_blocks(x, h_prev, W_r, b_r, W_z, b_z, W_h, b_h):
    """No rows are built; the blocks are cut instead."""
    H = h_prev.shape[1]

    def affine(state, W, b):
        return state @ W[:H] + x @ W[H:] + b

    r = sigmoid(affine(h_prev, W_r, b_r))
    z = sigmoid(affine(h_prev, W_z, b_z))
    h_tilde = np.tanh(affine(r * h_prev, W_h, b_h))
    return r, z, h_tilde, h_tilde + z * (h_prev - h_tilde)


@right("concat_step")
def step_one_sequence_at_a_time(x, h_prev, W_r, b_r, W_z, b_z, W_h, b_h):
    """A loop over the sequences with an own sigmoid."""
    rows = []
    for x_i, h_i in zip(x, h_prev, strict=True):
        hx = np.concatenate([h_i, x_i])
        r = 1 / (1 + np.exp(-(hx @ W_r + b_r)))
        z = 1 / (1 + np.exp(-(hx @ W_z + b_z)))
        cand = np.tanh(np.concatenate([r * h_i, x_i]) @ W_h + b_h)
        rows.append((r, z, cand, z * h_i + (1 - z) * cand))
    return tuple(np.array(part) for part in zip(*rows, strict=True))


@wrong("concat_step", "reset gate not used")
def step_forgets_reset(x, h_prev, W_r, b_r, W_z, b_z, W_h, b_h):
    """The row of the gates is used for the candidate as well; r is computed for nothing."""
    hx = np.hstack([h_prev, x])
    r = sigmoid(hx @ W_r + b_r)
    z = sigmoid(hx @ W_z + b_z)
    h_tilde = np.tanh(hx @ W_h + b_h)
    h = z * h_prev + (1 - z) * h_tilde
    return r, z, h_tilde, h


@wrong("concat_step", "z and 1 - z exchanged")
def step_other_z_convention(x, h_prev, W_r, b_r, W_z, b_z, W_h, b_h):
    """The last line is that of Chung and of many blogs: (1 - z) h + z h_tilde."""
    hx = np.concatenate((h_prev, x), axis=1)
    r = sigmoid(np.dot(hx, W_r) + b_r)
    z = sigmoid(np.dot(hx, W_z) + b_z)
    rhx = np.concatenate((r * h_prev, x), axis=1)
    h_tilde = np.tanh(np.dot(rhx, W_h) + b_h)
    return r, z, h_tilde, (1 - z) * h_prev + z * h_tilde


@wrong("concat_step", "reset after for before")
def step_reset_after_product(x, h_prev, W_r, b_r, W_z, b_z, W_h, b_h):
    """The candidate has r * (h @ W_hh) as in cuDNN; asked for is (r * h) @ W_hh."""
    H = h_prev.shape[-1]
    hx = np.hstack([h_prev, x])
    r, z = sigmoid(hx @ W_r + b_r), sigmoid(hx @ W_z + b_z)
    h_tilde = np.tanh(r * (h_prev @ W_h[:H]) + x @ W_h[H:] + b_h)
    return r, z, h_tilde, z * h_prev + (1 - z) * h_tilde


@wrong("concat_step", "gated state for the old one", "input changed in place")
def step_gates_state_in_place(x, h_prev, W_r, b_r, W_z, b_z, W_h, b_h):
    """h_prev *= r changes the argument, and the last line mixes in the gated state."""
    row = np.hstack([h_prev, x])
    r = sigmoid(row @ W_r + b_r)
    z = sigmoid(row @ W_z + b_z)
    h_prev *= r
    h_tilde = np.tanh(np.hstack([h_prev, x]) @ W_h + b_h)
    h = z * h_prev + (1 - z) * h_tilde
    return r, z, h_tilde, h


@wrong("concat_step", "concatenated in the other order")
def step_input_first(x, h_prev, W_r, b_r, W_z, b_z, W_h, b_h):
    """Both rows have the input in front of the state, but the blocks expect it behind."""
    xh = np.column_stack([x, h_prev])
    r = sigmoid(xh @ W_r + b_r)
    z = sigmoid(xh @ W_z + b_z)
    h_tilde = np.tanh(np.column_stack([x, r * h_prev]) @ W_h + b_h)
    return r, z, h_tilde, z * h_prev + (1 - z) * h_tilde


@wrong("concat_step", "gates' jobs exchanged")
def step_gates_trade_places(x, h_prev, W_r, b_r, W_z, b_z, W_h, b_h):
    """The candidate's state is gated by z and the last line mixes by r."""
    hx = np.hstack((h_prev, x))
    r, z = (sigmoid(hx @ W + b) for W, b in ((W_r, b_r), (W_z, b_z)))
    cand = np.tanh(np.hstack((z * h_prev, x)) @ W_h + b_h)
    return r, z, cand, r * h_prev + (1 - r) * cand


@wrong("concat_step", "reset on the wrong side", "bias forgotten: b_h")
def step_gates_input_too_no_bias(x, h_prev, W_r, b_r, W_z, b_z, W_h, b_h):
    """Two mistakes: r multiplies all of [h, x] @ W_h, the input's share too; b_h is missing."""
    hx = np.hstack([h_prev, x])
    r = sigmoid(hx @ W_r + b_r)
    z = sigmoid(hx @ W_z + b_z)
    h_tilde = np.tanh(r * (hx @ W_h))
    return r, z, h_tilde, z * h_prev + (1.0 - z) * h_tilde


# Exercise 5: concat_step_backward


@right("concat_step_backward")
def back_with_whole_rows(dh, x, h_prev, r, z, h_tilde, W_r, W_z, W_h):
    """As in the text: whole rows, cut once at the end."""
    H = dh.shape[1]
    hx, rhx = np.hstack([h_prev, x]), np.hstack([r * h_prev, x])
    da_z = dh * (h_prev - h_tilde) * z * (1 - z)
    da_h = dh * (1 - z) * (1 - h_tilde**2)
    drhx = da_h @ W_h.T
    da_r = drhx[:, :H] * h_prev * r * (1 - r)
    dhx = da_r @ W_r.T + da_z @ W_z.T
    dh_prev = dh * z + drhx[:, :H] * r + dhx[:, :H]
    dx = drhx[:, H:] + dhx[:, H:]
    dW_r, dW_z, dW_h = hx.T @ da_r, hx.T @ da_z, rhx.T @ da_h
    return dh_prev, dx, dW_r, da_r.sum(0), dW_z, da_z.sum(0), dW_h, da_h.sum(0)


@right("concat_step_backward")
def back_sequence_by_sequence(dh, x, h_prev, r, z, h_tilde, W_r, W_z, W_h):
    """One sequence after another, with cut blocks and outer products."""
    B, H = dh.shape
    dW = [np.zeros_like(W, dtype=float) for W in (W_r, W_z, W_h)]
    db = [np.zeros(H) for _ in range(3)]
    dh_prev, dx = np.zeros((B, H)), np.zeros((B, x.shape[1]))
    for i in range(B):
        dz = dh[i] * h_prev[i] - dh[i] * h_tilde[i]
        a_z = dz * z[i] * (1 - z[i])
        a_h = dh[i] * (1 - z[i]) * (1 - h_tilde[i] * h_tilde[i])
        gated = W_h[:H] @ a_h
        a_r = gated * h_prev[i] * r[i] * (1 - r[i])
        plain = np.concatenate([h_prev[i], x[i]])
        rows = (plain, plain, np.concatenate([r[i] * h_prev[i], x[i]]))
        for k, (row, a) in enumerate(zip(rows, (a_r, a_z, a_h), strict=True)):
            dW[k] += np.outer(row, a)
            db[k] += a
        dh_prev[i] = dh[i] * z[i] + gated * r[i] + W_r[:H] @ a_r + W_z[:H] @ a_z
        dx[i] = W_r[H:] @ a_r + W_z[H:] @ a_z + W_h[H:] @ a_h
    return dh_prev, dx, dW[0], db[0], dW[1], db[1], dW[2], db[2]


@wrong("concat_step_backward", "tanh of a tanh")
def back_tanh_applied_twice(dh, x, h_prev, r, z, h_tilde, W_r, W_z, W_h):
    """h_tilde is already a tanh, but the derivative is 1 - tanh(h_tilde) ** 2."""
    H = h_prev.shape[1]
    hx = np.hstack([h_prev, x])
    rhx = np.hstack([r * h_prev, x])
    da_z = dh * (h_prev - h_tilde) * z * (1 - z)
    da_h = dh * (1 - z) * (1 - np.tanh(h_tilde) ** 2)
    drhx = da_h @ W_h.T
    drh = drhx[:, :H]
    da_r = drh * h_prev * r * (1 - r)
    dhx = da_r @ W_r.T + da_z @ W_z.T
    dh_prev = dh * z + drh * r + dhx[:, :H]
    dx = drhx[:, H:] + dhx[:, H:]
    return (
        dh_prev,
        dx,
        hx.T @ da_r,
        da_r.sum(axis=0),
        hx.T @ da_z,
        da_z.sum(axis=0),
        rhx.T @ da_h,
        da_h.sum(axis=0),
    )


@wrong("concat_step_backward", "ungated row")
def back_one_row_for_all(dh, x, h_prev, r, z, h_tilde, W_r, W_z, W_h):
    """dW_h is hx.T @ da_h like the others; the candidate has read [r * h, x]."""
    H = W_h.shape[1]
    row = np.concatenate([h_prev, x], axis=1)
    delta_z = dh * (h_prev - h_tilde) * z * (1 - z)
    delta_h = dh * (1 - z) * (1 - h_tilde * h_tilde)
    back_h = delta_h.dot(W_h.T)
    delta_r = back_h[:, :H] * h_prev * r * (1 - r)
    back = delta_r.dot(W_r.T) + delta_z.dot(W_z.T)
    dh_prev = dh * z + back_h[:, :H] * r + back[:, :H]
    dx = back_h[:, H:] + back[:, H:]
    grads = []
    for delta in (delta_r, delta_z, delta_h):
        grads += [row.T.dot(delta), delta.sum(axis=0)]
    return (dh_prev, dx, *grads)


@wrong("concat_step_backward", "sign of the update gate")
def back_update_gate_sign(dh, x, h_prev, r, z, h_tilde, W_r, W_z, W_h):
    """The line dz = dh * (h_tilde - h_prev) is from a text where z stands with the candidate."""
    H = z.shape[1]
    hx, rhx = np.hstack([h_prev, x]), np.hstack([r * h_prev, x])
    dz = dh * (h_tilde - h_prev)
    dhc = dh * (1 - z)
    daz = dz * z * (1 - z)
    dah = dhc * (1 - h_tilde**2)
    drh, dx_c = np.split(dah @ W_h.T, [H], axis=1)
    dar = drh * h_prev * r * (1 - r)
    dh_gates, dx_gates = np.split(dar @ W_r.T + daz @ W_z.T, [H], axis=1)
    dh_prev = z * dh + r * drh + dh_gates
    dx = dx_c + dx_gates
    return dh_prev, dx, hx.T @ dar, dar.sum(0), hx.T @ daz, daz.sum(0), rhx.T @ dah, dah.sum(0)


@wrong("concat_step_backward", "mean for sum")
def back_means_over_batch(dh, x, h_prev, r, z, h_tilde, W_r, W_z, W_h):
    """Gradients of matrices and biases are divided by B, as in many homework templates."""
    m, H = dh.shape
    hx, rhx = np.hstack([h_prev, x]), np.hstack([r * h_prev, x])
    da_z = dh * (h_prev - h_tilde) * z * (1 - z)
    da_h = dh * (1 - z) * (1 - h_tilde**2)
    drhx = da_h @ W_h.T
    da_r = drhx[:, :H] * h_prev * r * (1 - r)
    dhx = da_r @ W_r.T + da_z @ W_z.T
    dW_r, db_r = 1 / m * hx.T @ da_r, np.mean(da_r, axis=0)
    dW_z, db_z = 1 / m * hx.T @ da_z, np.mean(da_z, axis=0)
    dW_h, db_h = 1 / m * rhx.T @ da_h, np.mean(da_h, axis=0)
    dh_prev = dh * z + drhx[:, :H] * r + dhx[:, :H]
    dx = drhx[:, H:] + dhx[:, H:]
    return dh_prev, dx, dW_r, db_r, dW_z, db_z, dW_h, db_h


@wrong("concat_step_backward", "missing transpose: the gates")
def back_gate_blocks_untransposed(dh, x, h_prev, r, z, h_tilde, W_r, W_z, W_h):
    """The gates' share of dh_prev is da @ W_hk; the square block hides the missing .T."""
    H = h_prev.shape[1]
    W_hr, W_xr = W_r[:H], W_r[H:]
    W_hz, W_xz = W_z[:H], W_z[H:]
    W_hh, W_xh = W_h[:H], W_h[H:]
    da_z = dh * (h_prev - h_tilde) * z * (1 - z)
    da_h = dh * (1 - z) * (1 - h_tilde**2)
    drh = da_h @ W_hh.T
    da_r = drh * h_prev * r * (1 - r)
    dh_prev = dh * z + drh * r + da_r @ W_hr + da_z @ W_hz
    dx = da_r @ W_xr.T + da_z @ W_xz.T + da_h @ W_xh.T
    dW_r = np.vstack([h_prev.T @ da_r, x.T @ da_r])
    dW_z = np.vstack([h_prev.T @ da_z, x.T @ da_z])
    dW_h = np.vstack([(r * h_prev).T @ da_h, x.T @ da_h])
    return dh_prev, dx, dW_r, da_r.sum(0), dW_z, da_z.sum(0), dW_h, da_h.sum(0)


@wrong("concat_step_backward", "gated once too often")
def back_drh_gated_too_early(dh, x, h_prev, r, z, h_tilde, W_r, W_z, W_h):
    """The line drh *= r is done for dh_prev, and da_r is then computed from the gated drh."""
    H = dh.shape[1]
    hx = np.hstack([h_prev, x])
    da_z = dh * (h_prev - h_tilde) * z * (1 - z)
    da_h = dh * (1 - z) * (1 - h_tilde**2)
    drhx = da_h @ W_h.T
    drh, dx = drhx[:, :H], drhx[:, H:]
    drh *= r
    dh_prev = dh * z + drh
    da_r = drh * h_prev * r * (1 - r)
    dhx = np.einsum("bh,kh->bk", da_r, W_r) + np.einsum("bh,kh->bk", da_z, W_z)
    dh_prev += dhx[:, :H]
    dx = dx + dhx[:, H:]
    dW_r = np.einsum("bk,bh->kh", hx, da_r)
    dW_z = np.einsum("bk,bh->kh", hx, da_z)
    dW_h = np.einsum("bk,bh->kh", np.hstack([r * h_prev, x]), da_h)
    return dh_prev, dx, dW_r, da_r.sum(0), dW_z, da_z.sum(0), dW_h, da_h.sum(0)


@wrong(
    "concat_step_backward",
    "path forgotten: straight on",
    "path forgotten: the reset gate, to h_prev",
)
def back_two_paths_forgotten(dh, x, h_prev, r, z, h_tilde, W_r, W_z, W_h):
    """Two mistakes: dh_prev lacks dh * z, and it lacks what comes through the reset gate."""
    H = h_prev.shape[1]
    hx = np.hstack([h_prev, x])
    gated = np.hstack([r * h_prev, x])
    dz = dh * h_prev - dh * h_tilde
    da_z = dz * z * (1 - z)
    da_h = dh * (1 - z) * (1 - h_tilde**2)
    d_gated = da_h @ W_h.T
    da_r = d_gated[:, :H] * h_prev * r * (1 - r)
    d_from_r = da_r @ W_r.T
    d_from_z = da_z @ W_z.T
    dh_prev = d_gated[:, :H] * r + d_from_z[:, :H]
    dx = d_gated[:, H:] + d_from_r[:, H:] + d_from_z[:, H:]
    dW_r, dW_z, dW_h = (a.T @ d for a, d in ((hx, da_r), (hx, da_z), (gated, da_h)))
    return dh_prev, dx, dW_r, da_r.sum(0), dW_z, da_z.sum(0), dW_h, da_h.sum(0)
