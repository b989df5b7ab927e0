"""Answers to the exercises of chapter 5."""

import numpy as np
from catalogue import right, wrong

from gru_lib import GRU, ConcatGRU
from gru_lib.activations import sigmoid


@right("count_parameters")
def by_shapes_of_empty_arrays(D, H):
    """Makes the arrays and asks for their sizes."""
    split = [np.empty(shape).size for _ in "rzh" for shape in ((D, H), (H, H), H)]
    concat = [np.empty(shape).size for _ in "rzh" for shape in ((H + D, H), H)]
    return np.array(split), np.array(concat), sum(split)


@right("count_parameters")
def by_a_formula_for_the_total(D, H):
    """Tuples, and the total from a formula."""
    block = H * (H + D)
    gate = (H * D, H**2, H)
    return gate + gate + gate, (block, H, block, H, block, H), 3 * (block + H)


@wrong("count_parameters", "bias forgotten")
def total_of_matrices(D, H):
    """The total leaves the biases out."""
    split = [D * H, H * H, H] * 3
    concat = [(D + H) * H, H] * 3
    return split, concat, 3 * H * (H + D)


@wrong("count_parameters", "block with H + D columns")
def square_block(D, H):
    """A block is taken for square, as if the row came out again."""
    rows = H + D
    concat = []
    for _ in range(3):
        concat += [rows**2, H]
    return [D * H, H * H, H] * 3, concat, 3 * (H * rows + H)


@wrong("count_parameters", "input and state exchanged")
def state_first_in_split(D, H):
    """Lists W_h before W_x, in the order of the row."""
    per_gate = np.array([H * H, D * H, H])
    return np.tile(per_gate, 3), [H * (H + D), H] * 3, 3 * per_gate.sum()


@wrong("count_parameters", "both forms added up")
def everything_added(D, H):
    """Adds up all fifteen arrays."""
    split, concat = [D * H, H * H, H] * 3, [(D + H) * H, H] * 3
    return split, concat, sum(split + concat)


@right("concatenate_weights")
def filled_block_by_block(W_xr, W_hr, b_r, W_xz, W_hz, b_z, W_xh, W_hh, b_h):
    """Empty blocks, of which the upper and the lower part are filled."""
    D, H = W_xr.shape
    blocks = np.empty((3, H + D, H))
    for block, upper, lower in zip(blocks, (W_hr, W_hz, W_hh), (W_xr, W_xz, W_xh), strict=True):
        block[:H] = upper
        block[H:] = lower
    W_r, W_z, W_h = blocks
    return W_r, b_r.copy(), W_z, b_z.copy(), W_h, b_h.copy()


@right("concatenate_weights")
def by_the_library(W_xr, W_hr, b_r, W_xz, W_hz, b_z, W_xh, W_hh, b_h):
    """Fills a GRU and lets the library change its form; returns a dict."""
    layer = GRU(*W_xr.shape, seed=0)
    layer.params["W_x"][...] = np.hstack([W_xr, W_xz, W_xh])
    layer.params["W_h"][...] = np.hstack([W_hr, W_hz, W_hh])
    layer.params["b"][...] = np.concatenate([b_r, b_z, b_h])
    return ConcatGRU.from_gru(layer).params


@wrong("concatenate_weights", "concatenated in the other order")
def as_the_arguments_come(W_xr, W_hr, b_r, W_xz, W_hz, b_z, W_xh, W_hh, b_h):
    """Stacks input over state, in the order of the arguments."""
    pairs = [(W_xr, W_hr), (W_xz, W_hz), (W_xh, W_hh)]
    W_r, W_z, W_h = (np.concatenate(pair) for pair in pairs)
    return W_r, b_r, W_z, b_z, W_h, b_h


@wrong("concatenate_weights", "blocks stacked along the wrong axis")
def side_by_side(W_xr, W_hr, b_r, W_xz, W_hz, b_z, W_xh, W_hh, b_h):
    """Joins along the columns."""
    W_r = np.concatenate((W_hr, W_xr), axis=1)
    W_z = np.concatenate((W_hz, W_xz), axis=1)
    W_h = np.concatenate((W_hh, W_xh), axis=1)
    return W_r, b_r, W_z, b_z, W_h, b_h


@wrong("concatenate_weights", "transposed")
def for_columns(W_xr, W_hr, b_r, W_xz, W_hz, b_z, W_xh, W_hh, b_h):
    """Lays the blocks out for a text with columns."""

    def wide(W_h, W_x):
        return np.vstack((W_h, W_x)).T

    return wide(W_hr, W_xr), b_r, wide(W_hz, W_xz), b_z, wide(W_hh, W_xh), b_h


@wrong("concatenate_weights", "copied line: W_hr in W_z")
def one_line_not_changed(W_xr, W_hr, b_r, W_xz, W_hz, b_z, W_xh, W_hh, b_h):
    """The second line was copied from the first, and one letter stayed."""
    W_r = np.r_[W_hr, W_xr]
    W_z = np.r_[W_hr, W_xz]
    W_h = np.r_[W_hh, W_xh]
    return W_r, b_r, W_z, b_z, W_h, b_h


@wrong("concatenate_weights", "input changed in place")
def sign_flipped_and_back(W_xr, W_hr, b_r, W_xz, W_hz, b_z, W_xh, W_hh, b_h):
    """Right results, but the biases that were handed over are emptied."""
    results = []
    for upper, lower, b in ((W_hr, W_xr, b_r), (W_hz, W_xz, b_z), (W_hh, W_xh, b_h)):
        results += [np.vstack([upper, lower]), b.copy()]
        b[:] = 0
    return results


@right("split_weights")
def gate_by_gate(W_r, b_r, W_z, b_z, W_h, b_h):
    """Cuts every block and fills columns of the fused arrays."""
    H = W_r.shape[1]
    D = W_r.shape[0] - H
    to_input, to_state, b = np.zeros((D, 3 * H)), np.zeros((H, 3 * H)), np.zeros(3 * H)
    for k, (block, bias) in enumerate(((W_r, b_r), (W_z, b_z), (W_h, b_h))):
        columns = slice(k * H, k * H + H)
        to_state[:, columns] = block[:H]
        to_input[:, columns] = block[H:]
        b[columns] = bias
    return to_input, to_state, b


@right("split_weights")
def by_to_gru(W_r, b_r, W_z, b_z, W_h, b_h):
    """The library's own change of form."""
    H = len(b_z)
    layer = ConcatGRU(len(W_z) - H, H, seed=1)
    layer.params.update(W_r=W_r, b_r=b_r, W_z=W_z, b_z=b_z, W_h=W_h, b_h=b_h)
    split = layer.to_gru().params
    return split["W_x"], split["W_h"], split["b"]


@wrong("split_weights", "concatenated in the other order")
def input_rows_first(W_r, b_r, W_z, b_z, W_h, b_h):
    """Takes the first D rows for the input."""
    D = W_r.shape[0] - W_r.shape[1]
    fused = np.concatenate([W_r, W_z, W_h], axis=1)
    return fused[:D], fused[D:], np.hstack([b_r, b_z, b_h])


@wrong("split_weights", "gates exchanged")
def in_the_order_of_keras(W_r, b_r, W_z, b_z, W_h, b_h):
    """z, r, candidate."""
    H = len(b_r)
    fused = np.column_stack([W_z, W_r, W_h])
    return fused[H:], fused[:H], np.concatenate([b_z, b_r, b_h])


@wrong("split_weights", "interleaved")
def stacked_last(W_r, b_r, W_z, b_z, W_h, b_h):
    """Stacks the gates along a new last axis and flattens it: the columns alternate."""
    H = len(b_r)
    cube = np.dstack([W_r, W_z, W_h])
    fused = cube.reshape(cube.shape[0], 3 * H)
    return fused[H:], fused[:H], np.concatenate([b_r, b_z, b_h])


@wrong("split_weights", "reshaped, not side by side")
def stacked_first(W_r, b_r, W_z, b_z, W_h, b_h):
    """Stacks the gates along a new first axis, cuts, and reshapes."""
    H = len(b_r)
    cube = np.array([W_r, W_z, W_h])
    return (
        cube[:, H:].reshape(-1, 3 * H),
        cube[:, :H].reshape(H, 3 * H),
        np.array([b_r, b_z, b_h]).reshape(-1),
    )


@wrong("split_weights", "results in another order")
def state_returned_first(W_r, b_r, W_z, b_z, W_h, b_h):
    """Cuts rightly, and returns the state's array first."""
    H = len(b_r)
    state, rest = np.vsplit(np.hstack((W_r, W_z, W_h)), [H])
    return state, rest, np.concatenate((b_r, b_z, b_h))


@right("concat_step")
def cut_into_blocks(x, h_prev, W_r, b_r, W_z, b_z, W_h, b_h):
    """No concatenation: two products for each gate."""
    H = h_prev.shape[1]

    def a(h, W, b):
        return h @ W[:H] + x @ W[H:] + b

    r, z = sigmoid(a(h_prev, W_r, b_r)), sigmoid(a(h_prev, W_z, b_z))
    h_tilde = np.tanh(a(r * h_prev, W_h, b_h))
    return r, z, h_tilde, h_tilde + z * (h_prev - h_tilde)


@right("concat_step")
def row_by_row(x, h_prev, W_r, b_r, W_z, b_z, W_h, b_h):
    """One sequence at a time, both gates in one product, the row overwritten in part."""
    rows = []
    for x_i, h_i in zip(x, h_prev, strict=True):
        H = len(h_i)
        row = np.append(h_i, x_i)
        gates = 1 / (1 + np.exp(-(row @ np.hstack([W_r, W_z]) + np.append(b_r, b_z))))
        r, z = gates[:H], gates[H:]
        row[:H] *= r
        h_tilde = np.tanh(row @ W_h + b_h)
        rows.append([r, z, h_tilde, z * h_i + (1 - z) * h_tilde])
    return tuple(np.array(rows).swapaxes(0, 1))


@wrong("concat_step", "reset gate not used")
def same_row_for_all(x, h_prev, W_r, b_r, W_z, b_z, W_h, b_h):
    """The candidate reads the gates' row."""
    v = np.concatenate((h_prev, x), axis=1)
    r = sigmoid(v @ W_r + b_r)
    z = sigmoid(v @ W_z + b_z)
    c = np.tanh(v @ W_h + b_h)
    return r, z, c, z * h_prev + (1 - z) * c


@wrong("concat_step", "reset after for before")
def as_in_torch(x, h_prev, W_r, b_r, W_z, b_z, W_h, b_h):
    """The reset gate multiplies the product with the state."""
    H = h_prev.shape[1]
    hx = np.hstack([h_prev, x])
    r, z = sigmoid(hx @ W_r + b_r), sigmoid(hx @ W_z + b_z)
    n = np.tanh(x @ W_h[H:] + b_h + r * (h_prev @ W_h[:H]))
    return r, z, n, (1 - z) * n + z * h_prev


@wrong("concat_step", "gated state for the old one")
def old_state_overwritten(x, h_prev, W_r, b_r, W_z, b_z, W_h, b_h):
    """The name h_prev is used again for the gated state."""
    hx = np.hstack([h_prev, x])
    r = sigmoid(hx @ W_r + b_r)
    z = sigmoid(hx @ W_z + b_z)
    h_prev = r * h_prev
    h_tilde = np.tanh(np.hstack([h_prev, x]) @ W_h + b_h)
    return r, z, h_tilde, z * h_prev + (1 - z) * h_tilde


@wrong("concat_step", "z and 1 - z exchanged")
def as_in_the_essay(x, h_prev, W_r, b_r, W_z, b_z, W_h, b_h):
    """z multiplies the candidate."""
    hx = np.hstack([h_prev, x])
    r, z = sigmoid(hx @ W_r + b_r), sigmoid(hx @ W_z + b_z)
    h_tilde = np.tanh(np.hstack([r * h_prev, x]) @ W_h + b_h)
    return r, z, h_tilde, (1 - z) * h_prev + z * h_tilde


@wrong("concat_step", "concatenated in the other order")
def input_first(x, h_prev, W_r, b_r, W_z, b_z, W_h, b_h):
    """The rows are [x, h]."""
    xh = np.c_[x, h_prev]
    r, z = sigmoid(xh @ W_r + b_r), sigmoid(xh @ W_z + b_z)
    h_tilde = np.tanh(np.c_[x, r * h_prev] @ W_h + b_h)
    return r, z, h_tilde, z * h_prev + (1 - z) * h_tilde


@wrong("concat_step", "input changed in place")
def old_state_gated_in_place(x, h_prev, W_r, b_r, W_z, b_z, W_h, b_h):
    """Gates the caller's array; the last line reads a copy, so the results are right."""
    kept = h_prev.copy()
    hx = np.hstack([h_prev, x])
    r, z = sigmoid(hx @ W_r + b_r), sigmoid(hx @ W_z + b_z)
    h_prev *= r
    h_tilde = np.tanh(np.hstack([h_prev, x]) @ W_h + b_h)
    return r, z, h_tilde, z * kept + (1 - z) * h_tilde


@right("concat_step_backward")
def by_the_split_form(dh, x, h_prev, r, z, h_tilde, W_r, W_z, W_h):
    """Blocks cut first, chapter 4's equations, gradients stacked."""
    H = r.shape[1]
    da_z = dh * (h_prev - h_tilde) * z * (1 - z)
    da_h = dh * (1 - z) * (1 - h_tilde * h_tilde)
    d_rh = da_h @ W_h[:H].T
    da_r = d_rh * h_prev * r * (1 - r)
    dh_prev = dh * z + d_rh * r + da_r @ W_r[:H].T + da_z @ W_z[:H].T
    dx = da_r @ W_r[H:].T + da_z @ W_z[H:].T + da_h @ W_h[H:].T
    results = [dh_prev, dx]
    for h, da in ((h_prev, da_r), (h_prev, da_z), (r * h_prev, da_h)):
        results += [np.vstack([h.T @ da, x.T @ da]), da.sum(axis=0)]
    return results


@right("concat_step_backward")
def one_sequence_after_the_other(dh, x, h_prev, r, z, h_tilde, W_r, W_z, W_h):
    """A loop over the batch with outer products."""
    H = r.shape[1]
    dh_prev, dx = np.zeros_like(h_prev), np.zeros_like(x)
    dW = [np.zeros_like(W) for W in (W_r, W_z, W_h)]
    db = [np.zeros(H) for _ in range(3)]
    for i in range(len(x)):
        row = np.concatenate([h_prev[i], x[i]])
        gated = np.concatenate([r[i] * h_prev[i], x[i]])
        az = dh[i] * (h_prev[i] - h_tilde[i]) * (z[i] - z[i] ** 2)
        ah = dh[i] * (1 - z[i]) * (1 - h_tilde[i] ** 2)
        back = W_h @ ah
        ar = back[:H] * h_prev[i] * (r[i] - r[i] ** 2)
        total = W_r @ ar + W_z @ az
        dh_prev[i] = total[:H] + back[:H] * r[i] + dh[i] * z[i]
        dx[i] = total[H:] + back[H:]
        for k, (v, a) in enumerate(((row, ar), (row, az), (gated, ah))):
            dW[k] += np.outer(v, a)
            db[k] += a
    return dh_prev, dx, dW[0], db[0], dW[1], db[1], dW[2], db[2]


@wrong("concat_step_backward", "reset forgotten on the way back")
def row_taken_for_state(dh, x, h_prev, r, z, h_tilde, W_r, W_z, W_h):
    """The three rows' gradients are added and cut at once, as if all were [h, x]."""
    H = r.shape[1]
    da_z = dh * (h_prev - h_tilde) * z * (1 - z)
    da_h = dh * (1 - z) * (1 - h_tilde**2)
    da_r = (da_h @ W_h.T)[:, :H] * h_prev * r * (1 - r)
    d = da_r @ W_r.T + da_z @ W_z.T + da_h @ W_h.T
    hx, rhx = np.hstack([h_prev, x]), np.hstack([r * h_prev, x])
    weights = [hx.T @ da_r, da_r.sum(0), hx.T @ da_z, da_z.sum(0), rhx.T @ da_h, da_h.sum(0)]
    return (dh * z + d[:, :H], d[:, H:], *weights)


@wrong("concat_step_backward", "ungated row")
def one_row_for_all_matrices(dh, x, h_prev, r, z, h_tilde, W_r, W_z, W_h):
    """The candidate's matrix gets the gates' row."""
    n = r.shape[1]
    v = np.concatenate([h_prev, x], 1)
    gz = dh * (h_prev - h_tilde) * z * (1 - z)
    gh = dh * (1 - z) * (1 - h_tilde**2)
    q = gh @ W_h.T
    gr = q[:, :n] * h_prev * r * (1 - r)
    s = gr @ W_r.T + gz @ W_z.T
    dh_prev = dh * z + q[:, :n] * r + s[:, :n]
    return (
        dh_prev,
        q[:, n:] + s[:, n:],
        v.T @ gr,
        gr.sum(0),
        v.T @ gz,
        gz.sum(0),
        v.T @ gh,
        gh.sum(0),
    )


@wrong("concat_step_backward", "tanh of a tanh")
def derivative_of_a_recipe(dh, x, h_prev, r, z, h_tilde, W_r, W_z, W_h):
    """1 - tanh(h_tilde)², although h_tilde is a tanh."""
    H = r.shape[1]
    hx, rhx = np.hstack([h_prev, x]), np.hstack([r * h_prev, x])
    da_z = dh * (h_prev - h_tilde) * z * (1 - z)
    da_h = dh * (1 - z) * (1 - np.tanh(h_tilde) ** 2)
    drhx = da_h @ W_h.T
    da_r = drhx[:, :H] * h_prev * r * (1 - r)
    dhx = da_r @ W_r.T + da_z @ W_z.T
    dh_prev = dh * z + drhx[:, :H] * r + dhx[:, :H]
    weights = [hx.T @ da_r, da_r.sum(0), hx.T @ da_z, da_z.sum(0), rhx.T @ da_h, da_h.sum(0)]
    return (dh_prev, drhx[:, H:] + dhx[:, H:], *weights)


@wrong("concat_step_backward", "path forgotten: the reset gate")
def reset_gate_leads_nowhere(dh, x, h_prev, r, z, h_tilde, W_r, W_z, W_h):
    """da_r reaches its own weights, but neither the state nor the input."""
    H = r.shape[1]
    hx, rhx = np.hstack([h_prev, x]), np.hstack([r * h_prev, x])
    da_z = dh * (h_prev - h_tilde) * z * (1 - z)
    da_h = dh * (1 - z) * (1 - h_tilde**2)
    d_rh, dx_h = np.split(da_h @ W_h.T, [H], axis=1)
    da_r = d_rh * h_prev * r * (1 - r)
    dh_z, dx_z = np.split(da_z @ W_z.T, [H], axis=1)
    weights = [hx.T @ da_r, da_r.sum(0), hx.T @ da_z, da_z.sum(0), rhx.T @ da_h, da_h.sum(0)]
    return (dh * z + d_rh * r + dh_z, dx_h + dx_z, *weights)


@wrong("concat_step_backward", "cut at the wrong end")
def last_columns_for_the_state(dh, x, h_prev, r, z, h_tilde, W_r, W_z, W_h):
    """The rows' gradients are cut as those of [x, h]."""
    D = x.shape[1]
    hx, rhx = np.hstack([h_prev, x]), np.hstack([r * h_prev, x])
    da_z = dh * (h_prev - h_tilde) * z * (1 - z)
    da_h = dh * (1 - z) * (1 - h_tilde**2)
    drhx = da_h @ W_h.T
    da_r = drhx[:, D:] * h_prev * r * (1 - r)
    dhx = da_r @ W_r.T + da_z @ W_z.T
    dh_prev = dh * z + drhx[:, D:] * r + dhx[:, D:]
    weights = [hx.T @ da_r, da_r.sum(0), hx.T @ da_z, da_z.sum(0), rhx.T @ da_h, da_h.sum(0)]
    return (dh_prev, drhx[:, :D] + dhx[:, :D], *weights)


@wrong("concat_step_backward", "mean for sum")
def weights_averaged(dh, x, h_prev, r, z, h_tilde, W_r, W_z, W_h):
    """The weights' gradients are means over the batch."""
    right_ones = by_the_split_form(dh, x, h_prev, r, z, h_tilde, W_r, W_z, W_h)
    return [*right_ones[:2], *(g / x.shape[0] for g in right_ones[2:])]
