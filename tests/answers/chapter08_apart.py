"""Answers to the exercises of chapter 08, written from their text alone."""

import numpy as np
from catalogue import right, wrong

# -------------------------------------------------------------------------- last_states


@right("last_states")
def last_row_by_row(h, lengths):
    """Zeros, and one row filled per sequence that has a step."""
    B, _, H = h.shape
    out = np.zeros((B, H))
    for i, n in enumerate(lengths):
        if n > 0:
            out[i] = h[i, n - 1]
    return out


@right("last_states")
def last_take_along_axis(h, lengths):
    """A step of zeros is put in front, so that the length is the column."""
    before = np.concatenate([np.zeros_like(h[:, :1]), h], axis=1)
    return np.take_along_axis(before, np.asarray(lengths)[:, None, None], axis=1)[:, 0]


@wrong("last_states", "padding counted")
def last_column(h, lengths):
    """`h[:, -1]` is the state after the padding, only the rows of length 0 are taken care of."""
    return np.where(lengths[:, None] > 0, h[:, -1], 0.0)


@wrong("last_states", "off by one")
def last_one_column_late(h, lengths):
    """Counted from 1: the column after the last real one, cut off at the end of the batch."""
    B, T, H = h.shape
    result = np.zeros((B, H))
    for i in range(B):
        if lengths[i] > 0:
            result[i, :] = h[i, min(lengths[i], T - 1), :]
    return result


@wrong("last_states", "length 0 forgotten")
def last_minus_one_for_empty(h, lengths):
    """`lengths - 1` is -1 for a sequence of length 0, and that is the last column, not zeros."""
    return h[np.arange(h.shape[0]), lengths - 1]


@wrong("last_states", "first sequence for all")
def last_of_sequence_zero(h, lengths):
    """`h[:, lengths - 1]` has the shape (B, B, H); its row 0 instead of its diagonal is taken."""
    picked = h[:, lengths - 1][0]
    return picked * (lengths > 0)[:, None]


@wrong("last_states", "sum of the real steps")
def last_summed_with_mask(h, lengths):
    """The masked states are summed over time, as a pooling, instead of picking one of them."""
    steps = np.arange(h.shape[1])
    mask = (steps[None, :] < lengths[:, None]).astype(float)
    return np.einsum("bth,bt->bh", h, mask)


# -------------------------------------------------------------------------- masked_step


@right("masked_step")
def step_with_where(new, h_prev, t, lengths):
    """The mask as a column, and np.where."""
    m = (t < lengths)[:, None]
    h_t = np.where(m, new, h_prev)
    return h_t, h_t * m


@right("masked_step")
def step_row_by_row(new, h_prev, t, lengths):
    """A loop over the sequences."""
    h_t, out = np.array(h_prev, dtype=float), np.zeros(h_prev.shape)
    for row in range(len(lengths)):
        if lengths[row] > t:
            h_t[row] = new[row]
            out[row] = new[row]
    return h_t, out


@wrong("masked_step", "one step too many")
def step_mask_with_less_or_equal(new, h_prev, t, lengths):
    """`t <= lengths`: with t counted from 0 the first padded step passes as real."""
    mask = (t <= lengths).astype(float).reshape(-1, 1)
    h = mask * new + (1 - mask) * h_prev
    return h, mask * h


@wrong("masked_step", "padding passed on")
def step_output_is_state(new, h_prev, t, lengths):
    """The state is handed on to the layer above at padded steps too, no zeros."""
    real = np.expand_dims(lengths > t, 1)
    h_t = np.where(real, new, h_prev)
    return h_t, h_t.copy()


@wrong("masked_step", "state not kept at padding")
def step_state_wiped(new, h_prev, t, lengths):
    """h_t = m * new: the term (1 - m) * h_prev is missing."""
    m = (np.asarray(lengths) > t)[:, np.newaxis]
    h_t = m * new
    return h_t, m * h_t


@wrong("masked_step", "input changed in place")
def step_into_h_prev(new, h_prev, t, lengths):
    """`h_t = h_prev` is no copy, and the caller's h_prev is overwritten at real rows."""
    alive = t < lengths
    h_t = h_prev
    h_t[alive] = new[alive]
    out = np.zeros_like(h_t)
    out[alive] = h_t[alive]
    return h_t, out


@wrong("masked_step", "1 - m forgotten")
def step_old_state_always_added(new, h_prev, t, lengths):
    """h_prev is added whole, as in a residual connection, not only where m is 0."""
    m = np.array([[1.0] if t < n else [0.0] for n in lengths])
    h_t = m * new + h_prev
    return h_t, m * h_t


@wrong("masked_step", "one length for all")
def step_while_any_is_real(new, h_prev, t, lengths):
    """As long as the longest sequence runs all states are replaced; only `out` has a mask."""
    m = (t < lengths)[:, None]
    h_t = new.copy() if t < lengths.max() else h_prev.copy()
    return h_t, h_t * m


@wrong("masked_step", "one step too few", "new state handed on")
def step_early_and_new_as_output(new, h_prev, t, lengths):
    """`t + 1 < lengths` loses the last real step, and `out` is simply `new`."""
    m = (t + 1 < lengths)[:, None]
    return np.where(m, new, h_prev), np.array(new)


# -------------------------------------------------------------------------- masked_mean


@right("masked_mean")
def mse_one_sum_over_one_number(prediction, target, lengths):
    """np.where keeps what stands at padding out of everything."""
    _, T, O = prediction.shape
    mask = (np.arange(T) < lengths[:, None])[..., None]
    diff = np.where(mask, prediction - target, 0.0)
    count = np.sum(lengths) * O
    return np.sum(diff**2) / count, 2 * diff / count


@right("masked_mean")
def mse_sequence_by_sequence(prediction, target, lengths):
    """Slices of the real steps, without a mask."""
    steps, total = int(sum(lengths)), 0.0
    grad = np.zeros(prediction.shape)
    for i, n in enumerate(lengths):
        d = prediction[i, :n] - target[i, :n]
        total += (d**2).mean(axis=-1).sum()
        grad[i, :n] = 2 * d / (d.shape[-1] * steps)
    return total / steps, grad


def _real_steps(lengths, T):
    return (np.arange(T)[None, :] < np.asarray(lengths)[:, None])[:, :, None]


@wrong("masked_mean", "averaged over all steps")
def mse_mean_of_masked(prediction, target, lengths):
    """`np.mean` of the masked squares: the zeros of the padding are counted in the mean."""
    d = np.where(_real_steps(lengths, prediction.shape[1]), prediction - target, 0)
    return np.mean(d**2), 2 * d / d.size


@wrong("masked_mean", "mean of the sequences' means")
def mse_each_sequence_alike(prediction, target, lengths):
    """Every sequence counts the same however long it is: a mean of means."""
    B, _, O = prediction.shape
    losses, grad = [], np.zeros_like(prediction)
    for i in range(B):
        n = lengths[i]
        e = prediction[i, :n] - target[i, :n]
        losses.append((e**2).mean())
        grad[i, :n] = 2 * e / (n * O * B)
    return float(np.mean(losses)), grad


@wrong("masked_mean", "outputs not averaged")
def mse_outputs_summed(prediction, target, lengths):
    """Divided by the number of real steps only; the number of outputs O is forgotten."""
    mask = _real_steps(lengths, prediction.shape[1])
    diff = (prediction - target) * mask
    loss = (diff**2).sum() / mask.sum()
    return loss, 2 * diff / mask.sum()


@wrong("masked_mean", "padding in the gradient")
def mse_gradient_at_padding(prediction, target, lengths):
    """The loss is masked, but the gradient takes the difference of all steps."""
    mask = _real_steps(lengths, prediction.shape[1])
    diff = prediction - target
    count = mask.sum() * prediction.shape[2]
    loss = np.sum(np.where(mask, diff, 0) ** 2) / count
    return loss, 2 / count * diff


@wrong("masked_mean", "gradient averaged over all steps")
def mse_gradient_over_everything(prediction, target, lengths):
    """The gradient is masked but divided by B T O, as that of a plain mean squared error."""
    B, T, O = prediction.shape
    keep = np.broadcast_to(_real_steps(lengths, T), prediction.shape)
    loss = np.mean((prediction[keep] - target[keep]) ** 2)
    dprediction = np.zeros((B, T, O))
    dprediction[keep] = 2 * (prediction[keep] - target[keep]) / (B * T * O)
    return loss, dprediction


@wrong("masked_mean", "input changed in place")
def mse_difference_in_place(prediction, target, lengths):
    """`diff = prediction` is no copy: `-=` turns the caller's predictions into differences."""
    mask = _real_steps(lengths, prediction.shape[1])
    diff = prediction
    diff -= target
    diff[~mask[..., 0]] = 0.0
    n = mask.sum() * diff.shape[-1]
    return (diff * diff).sum() / n, diff * (2.0 / n)


@wrong("masked_mean", "one step too many", "factor 2 missing")
def mse_mask_late_no_two(prediction, target, lengths):
    """`<=` lets in the first padded step, and the square's derivative lacks its 2."""
    T = prediction.shape[1]
    m = (np.arange(T) <= lengths[:, None])[:, :, None].astype(float)
    err = np.where(m > 0, prediction - target, 0.0)
    total = m.sum() * prediction.shape[-1]
    return (err**2).sum() / total, err / total


# ----------------------------------------------------------------------- reverse_padded


@right("reverse_padded")
def turn_a_copy(x, lengths):
    """A copy, and the real part of each row turned round."""
    out = x.copy()
    for i, n in enumerate(lengths):
        out[i, :n] = x[i, :n][::-1]
    return out


@right("reverse_padded")
def turn_by_index(x, lengths):
    """A table of columns: T_i - 1 - t at real steps and t at padding."""
    t = np.arange(x.shape[1])[None, :]
    n = np.asarray(lengths)[:, None]
    columns = np.where(t < n, n - 1 - t, t)
    return x[np.arange(len(x))[:, None], columns]


@wrong("reverse_padded", "padding counted")
def turn_the_whole_row(x, lengths):
    """`x[:, ::-1]` does not look at the lengths: the padding comes to the front."""
    return x[:, ::-1].copy()


@wrong("reverse_padded", "padding turned, too")
def turn_and_shift(x, lengths):
    """The whole row is turned and rolled to the left; the padding is then backwards itself."""
    T = x.shape[1]
    rows = [np.roll(x[i, ::-1], int(lengths[i]) - T, axis=0) for i in range(len(x))]
    return np.stack(rows)


@wrong("reverse_padded", "read after writing")
def turn_within_one_array(x, lengths):
    """The second half is filled from the copy's own first half, already overwritten."""
    out = np.array(x)
    for b in range(out.shape[0]):
        n = lengths[b]
        for t in range(n):
            out[b, t] = out[b, n - 1 - t]
    return out


@wrong("reverse_padded", "first step left out")
def turn_without_the_first(x, lengths):
    """`n - 1:0:-1` leaves step 0 out, and the last real step keeps its old value."""
    y = x.copy()
    for i in range(x.shape[0]):
        n = int(lengths[i])
        if n > 1:
            y[i, : n - 1] = x[i, n - 1 : 0 : -1]
    return y


@wrong("reverse_padded", "input changed in place")
def turn_in_place(x, lengths):
    """No copy: the result is right, but it is the caller's own array that was turned."""
    for i, n in enumerate(lengths):
        x[i, :n] = np.flip(x[i, :n], axis=0).copy()
    return x


@wrong("reverse_padded", "longest for all")
def turn_all_by_the_longest(x, lengths):
    """All rows are turned round within the longest length of the batch, not their own."""
    n = int(np.max(lengths))
    return np.concatenate([x[:, :n][:, ::-1], x[:, n:]], axis=1)


@wrong("reverse_padded", "features turned, too", "padding set to zero")
def turn_both_axes_on_zeros(x, lengths):
    """np.flip without an axis turns the D numbers too, and the padding is left at zero."""
    result = np.zeros_like(x)
    for i, n in enumerate(lengths):
        result[i, :n] = np.flip(x[i, :n])
    return result


# ----------------------------------------------------------------------- early_stopping


@right("early_stopping")
def stop_three_things_carried(losses, weights, patience):
    """The lowest loss, its weights and the epochs since."""
    lowest, best, waited, epochs = np.inf, weights[0], 0, 0
    for loss, w in zip(losses, weights, strict=True):
        epochs += 1
        if epochs == 1 or loss < lowest:
            lowest, best, waited = loss, w, 0
        else:
            waited += 1
            if waited == patience:
                break
    return np.array(best), epochs


@right("early_stopping")
def stop_by_argmin_of_prefixes(losses, weights, patience):
    """np.argmin finds the first of equal losses, that is the last improvement of a prefix."""
    for e in range(len(losses)):
        b = int(np.argmin(losses[: e + 1]))
        if e - b >= patience:
            return weights[b].copy(), e + 1
    return weights[b].copy(), len(losses)


@wrong("early_stopping", "compared with the epoch before")
def stop_compared_with_previous(losses, weights, patience):
    """An epoch counts as an improvement if its loss is below that of the epoch before it."""
    best, wait = 0, 0
    for e in range(1, len(losses)):
        if losses[e] < losses[e - 1]:
            best, wait = e, 0
        else:
            wait += 1
        if wait >= patience:
            return weights[best], e + 1
    return weights[best], len(losses)


@wrong("early_stopping", "the latest kept")
def stop_with_the_current_weights(losses, weights, patience):
    """The training stops in time, but the weights at that moment are returned."""
    lowest, bad, epoch = float("inf"), 0, 0
    for loss in losses:
        epoch += 1
        if loss < lowest:
            lowest, bad = loss, 0
        else:
            bad += 1
        if bad == patience:
            break
    return weights[epoch - 1], epoch


@wrong("early_stopping", "one step too many")
def stop_after_more_than_patience(losses, weights, patience):
    """`counter > patience` in place of `>=`: the training ends one epoch late."""
    best_loss, best_weights, counter, run = losses[0], weights[0], 0, 0
    for e in range(len(losses)):
        run += 1
        if losses[e] < best_loss:
            best_loss, best_weights, counter = losses[e], weights[e], 0
        elif e > 0:
            counter += 1
        if counter > patience:
            break
    return best_weights.copy(), run


@wrong("early_stopping", "count not set back")
def stop_counter_not_reset(losses, weights, patience):
    """Epochs without an improvement are counted over the whole training, not in a row."""
    low = losses[0]
    keep = weights[0]
    trigger = 0
    for e, current in enumerate(losses):
        if e == 0:
            continue
        if current < low:
            low, keep = current, weights[e]
        else:
            trigger += 1
            if trigger >= patience:
                return np.copy(keep), e + 1
    return np.copy(keep), len(losses)


@wrong("early_stopping", "off by one")
def stop_epoch_counted_from_zero(losses, weights, patience):
    """`epochs` is the loop's index, counted from 0: one less than the epochs that were run."""
    best_e, e = 0, 0
    for e in range(len(losses)):
        if losses[e] < losses[best_e]:
            best_e = e
        if e - best_e == patience:
            break
    return weights[best_e], e


@wrong("early_stopping", "best of epochs never run")
def stop_best_of_the_whole_record(losses, weights, patience):
    """np.argmin over the whole record: it knows losses of epochs after the stop."""
    low, since, ran = np.inf, 0, 0
    while ran < len(losses) and since < patience:
        since = 0 if losses[ran] < low else since + 1
        low = min(low, losses[ran])
        ran += 1
    return weights[np.argmin(losses)], ran


@wrong("early_stopping", "one step too few", "best epoch for epochs run")
def stop_waits_short_returns_best_epoch(losses, weights, patience):
    """The count begins at the best epoch, one wait short; `epochs` is that epoch's number."""
    best = 0
    for e in range(1, len(losses)):
        if losses[e] < losses[best]:
            best = e
        elif e - best + 1 >= patience:
            break
    return weights[best], best + 1


# ------------------------------------------------------------------------------ dropout


@right("dropout")
def drop_with_one_scale(h, du, p, uniform, training):
    """One factor for both ways, and the given arrays themselves for a prediction."""
    if not training:
        return h, du
    scale = (uniform >= p) / (1 - p)
    return h * scale, du * scale


@right("dropout")
def drop_with_where(h, du, p, uniform, training):
    """np.where, with a p of 0 for a prediction."""
    rate = p if training else 0.0
    gone = uniform < rate
    return np.where(gone, 0.0, h / (1 - rate)), np.where(gone, 0.0, du / (1 - rate))


@wrong("dropout", "division missing")
def drop_without_scaling(h, du, p, uniform, training):
    """Entries are set to zero both ways, but what is left is not made larger."""
    if training:
        mask = (uniform >= p).astype(float)
        return h * mask, du * mask
    return h * 1.0, du * 1.0


@wrong("dropout", "mask missing in the gradient")
def drop_gradient_unmasked(h, du, p, uniform, training):
    """Backwards there is only the factor 1 / (1 - p), no mask."""
    if not training:
        return h.copy(), du.copy()
    q = 1 - p
    u = np.where(uniform < p, 0, h) / q
    return u, du / q


@wrong("dropout", "scaled when predicting")
def drop_scaled_at_test_time(h, du, p, uniform, training):
    """The classic dropout's factor 1 - p for a prediction, on top of the one in training."""
    keep = 1.0 - p
    factor = (uniform >= p) / keep if training else keep
    return h * factor, du * factor


@wrong("dropout", "one mask for the whole batch")
def drop_same_units_in_every_row(h, du, p, uniform, training):
    """Only the first row of the drawn numbers is used, for every sequence of the batch."""
    if training:
        m = (uniform[0] >= p)[None, :] / (1 - p)
        return m * h, m * du
    return h.copy(), du.copy()


@wrong("dropout", "input changed in place")
def drop_in_place(h, du, p, uniform, training):
    """`u = h` is no copy: the layer's output that was given loses its entries."""
    if not training:
        return h.copy(), du.copy()
    out_of = uniform < p
    u = h
    u[out_of] = 0.0
    dh = du.copy()
    dh[out_of] = 0.0
    return u / (1 - p), dh / (1 - p)


@wrong("dropout", "divided by the share that stayed")
def drop_scaled_by_actual_share(h, du, p, uniform, training):
    """The factor is one over the mean of this mask instead of 1 / (1 - p)."""
    if not training:
        return h.copy(), du.copy()
    m = np.array(uniform >= p, dtype=float)
    share = max(m.mean(), 1.0 / m.size)
    return h * m / share, du * m / share


@wrong("dropout", "p taken for the share that stays", "factor missing in the gradient")
def drop_with_keep_prob(h, du, p, uniform, training):
    """keep_prob of the old TensorFlow: stays below p, over p; backwards only the mask."""
    if not training:
        return h.copy(), du.copy()
    mask = np.where(uniform < p, 1.0, 0.0)
    return h * mask / max(p, 1e-12), du * mask


# ------------------------------------------------------------------------------ stacked


def _turned(a, lengths):
    b = np.array(a)
    for i, n in enumerate(lengths):
        b[i, :n] = b[i, :n][::-1].copy()
    return b


def _is_real(lengths, T):
    return (np.arange(T) < np.asarray(lengths)[:, None])[..., None]


@right("stacked")
def deep_with_turned_batches(x, lengths, layer, weights):
    """As hinted: turn, run, turn back, join; zeros at padding."""
    B, T = x.shape[:2]
    real = _is_real(lengths, T)
    h = x
    for w_ahead, w_back in weights:
        ahead = layer(h, w_ahead)
        back = _turned(layer(_turned(h, lengths), w_back), lengths)
        h = np.where(real, np.concatenate([ahead, back], axis=2), 0.0)
    H = h.shape[2] // 2
    column = np.maximum(np.asarray(lengths) - 1, 0)
    final = np.concatenate([h[np.arange(B), column, :H], h[:, 0, H:]], axis=1)
    return h, final


@right("stacked")
def deep_sequence_by_sequence(x, lengths, layer, weights):
    """Each sequence alone and cut to its length, so that there is no padding at all."""
    rows, finals = [], []
    for i, n in enumerate(lengths):
        n, T = int(n), x.shape[1]
        seq = x[i : i + 1, : n or T]
        for forwards, backwards in weights:
            a = layer(seq, forwards)
            b = layer(seq[:, ::-1].copy(), backwards)[:, ::-1]
            seq = np.concatenate([a, b], axis=-1)
        H = seq.shape[-1] // 2
        padded = np.zeros((T, 2 * H))
        padded[:n] = seq[0, :n]
        rows.append(padded)
        last = np.concatenate([seq[0, -1, :H], seq[0, 0, H:]])
        finals.append(last if n else np.zeros(2 * H))
    return np.stack(rows), np.stack(finals)


@wrong("stacked", "padding counted, with padding set to zero in x")
def deep_whole_row_reversed(x, lengths, layer, weights):
    """`[:, ::-1]` in place of turning within the lengths: it begins with the padded steps."""
    B, T, _ = x.shape
    real = _is_real(lengths, T)
    h = np.where(real, x, 0.0)
    for f, b in weights:
        ahead = layer(h, f)
        back = layer(h[:, ::-1].copy(), b)[:, ::-1]
        h = np.where(real, np.concatenate([ahead, back], axis=-1), 0.0)
    half = h.shape[-1] // 2
    last = np.maximum(lengths - 1, 0)
    return h, np.hstack([h[np.arange(B), last, :half], h[:, 0, half:]])


@wrong("stacked", "not turned back, with the last states right")
def deep_states_stay_turned(x, lengths, layer, weights):
    """The sequences are turned, their states are not turned back: column t is another step."""
    B, T = x.shape[0], x.shape[1]
    mask = _is_real(lengths, T)
    h = x
    for w1, w2 in weights:
        both = [layer(h, w1), layer(_turned(h, lengths), w2)]
        h = np.where(mask, np.concatenate(both, axis=2), 0.0)
    final = np.zeros((B, h.shape[2]))
    for i in range(B):
        if lengths[i]:
            final[i] = h[i, lengths[i] - 1]
    return h, final


def _run_all(x, lengths, layer, weights):
    real = _is_real(lengths, x.shape[1])
    h = x
    for forwards, backwards in weights:
        right_way = layer(h, forwards)
        wrong_way = _turned(layer(_turned(h, lengths), backwards), lengths)
        h = np.where(real, np.concatenate((right_way, wrong_way), axis=-1), 0.0)
    return h


@wrong("stacked", "backward state at the last step")
def deep_final_from_last_step(x, lengths, layer, weights):
    """`output[last]` for both halves: there the backward direction has read one step only."""
    h = _run_all(x, lengths, layer, weights)
    final = h[np.arange(len(x)), np.maximum(lengths, 1) - 1]
    return h, final


@wrong("stacked", "concatenated in the other order")
def deep_backward_half_first(x, lengths, layer, weights):
    """The halves of every layer's output are joined in the wrong order: backward, forward."""
    T = x.shape[1]
    keep = _is_real(lengths, T)
    h = x
    for w_f, w_b in weights:
        f = layer(h, w_f)
        b = _turned(layer(_turned(h, lengths), w_b), lengths)
        h = np.where(keep, np.dstack([b, f]), 0.0)
    H = h.shape[-1] // 2
    final = np.zeros((len(x), 2 * H))
    for i, n in enumerate(lengths):
        if n > 0:
            final[i, :H], final[i, H:] = h[i, 0, :H], h[i, n - 1, H:]
    return h, final


@wrong("stacked", "the same weights twice")
def deep_one_set_of_weights(x, lengths, layer, weights):
    """`pair[0]` is used in both directions; those of the backward one are never touched."""
    tied = [(pair[0], pair[0]) for pair in weights]
    h = _run_all(x, lengths, layer, tied)
    B, _, width = h.shape
    at = np.where(lengths > 0, lengths - 1, 0)
    final = np.concatenate([h[range(B), at, : width // 2], h[:, 0, width // 2 :]], axis=1)
    return h, final


@wrong("stacked", "sorted by length")
def deep_sorted_like_packed(x, lengths, layer, weights):
    """Sorted as for pack_padded_sequence; the results stay in the order of falling length."""
    order = np.argsort(-np.asarray(lengths), kind="stable")
    x, lengths = x[order], np.asarray(lengths)[order]
    h = _run_all(x, lengths, layer, weights)
    H = h.shape[2] // 2
    ahead = h[np.arange(len(h)), np.maximum(lengths - 1, 0), :H]
    return h, np.concatenate([ahead, h[:, 0, H:]], axis=1)


@wrong("stacked", "padding passed on", "state not kept at padding")
def deep_no_mask_at_the_end(x, lengths, layer, weights):
    """Padded steps keep what the layers made of them, and `[:, -1]` is taken as the end."""
    h = x
    for ahead_w, back_w in weights:
        ahead = layer(h, ahead_w)
        back = _turned(layer(_turned(h, lengths), back_w), lengths)
        h = np.concatenate([ahead, back], axis=-1)
    half = h.shape[-1] // 2
    final = np.concatenate([h[:, -1, :half], h[:, 0, half:]], axis=-1)
    return h, final * (np.asarray(lengths) > 0)[:, None]
