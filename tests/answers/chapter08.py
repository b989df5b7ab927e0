"""Answers to the exercises of chapter 8."""

import numpy as np
from catalogue import right, wrong


@right("last_states")
def row_by_row(h, lengths):
    """One row after the other, zeros to begin with."""
    result = np.zeros((h.shape[0], h.shape[2]))
    for i, n in enumerate(lengths):
        if n > 0:
            result[i] = h[i, n - 1]
    return result


@right("last_states")
def one_hot_product(h, lengths):
    """Picks by a product with ones at the last real steps."""
    pick = np.arange(1, h.shape[1] + 1) == np.asarray(lengths)[:, None]
    return np.einsum("bt,bth->bh", pick, h)


@right("last_states")
def zero_state_in_front(h, lengths):
    """Puts the initial state in front, so that a length is an index."""
    longer = np.concatenate([np.zeros_like(h[:, :1]), h], axis=1)
    return [row[n] for row, n in zip(longer, lengths, strict=True)]


@wrong("last_states", "padding counted")
def last_column(h, lengths):
    """The last column, padded or not."""
    return h[:, -1, :]


@wrong("last_states", "length 0 forgotten")
def wraps_round(h, lengths):
    """A length of 0 reads the last column."""
    return np.array([h[i, lengths[i] - 1] for i in range(len(h))])


@wrong("last_states", "one step too many")
def length_as_index(h, lengths):
    """The length itself as an index; an error where there is no padding."""
    last = h[range(len(h)), lengths]
    last[lengths == 0] = 0
    return last


@wrong("last_states", "longest for all")
def end_of_the_longest(h, lengths):
    """One column for all."""
    column = max(lengths) - 1
    return np.where(lengths[:, None] == 0, 0.0, h[:, column])


@wrong("last_states", "every sequence at every length")
def every_pair(h, lengths):
    """Every sequence at every length."""
    return h[:, lengths - 1]


@right("masked_step")
def by_the_equation(new, h_prev, t, lengths):
    """m new + (1 - m) h_prev, with numbers for the mask."""
    m = (np.asarray(lengths) > t).astype(float).reshape(-1, 1)
    h_t = m * new + (1 - m) * h_prev
    return h_t, m * h_t


@right("masked_step")
def overwrites_copies(new, h_prev, t, lengths):
    """Copies, in which the rows of ended sequences are replaced."""
    state, out = new.copy(), new.copy()
    ended = lengths <= t
    state[ended] = h_prev[ended]
    out[ended] = 0
    return state, out


@wrong("masked_step", "one step too many")
def not_strictly(new, h_prev, t, lengths):
    """<= for <."""
    real = (t <= lengths)[:, None]
    h_t = np.where(real, new, h_prev)
    return h_t, np.where(real, h_t, 0)


@wrong("masked_step", "state not kept at padding")
def erased_state(new, h_prev, t, lengths):
    """The mask times the new state, and nothing else."""
    h_t = (lengths > t)[:, None] * new
    return h_t, h_t.copy()


@wrong("masked_step", "padding passed on")
def hands_on_what_it_keeps(new, h_prev, t, lengths):
    """The kept state is handed on, too."""
    h_t = np.array([new[i] if t < n else h_prev[i] for i, n in enumerate(lengths)])
    return h_t, h_t


@wrong("masked_step", "mask along the wrong axis")
def flat_mask(new, h_prev, t, lengths):
    """The mask has one axis."""
    m = t < lengths
    h_t = m * new + (1 - m) * h_prev
    return h_t, m * h_t


@wrong("masked_step", "m and 1 - m exchanged")
def mask_of_padding(new, h_prev, t, lengths):
    """1 at padding, used as if it were 1 at real steps."""
    m = 1.0 * (lengths <= t)[:, None]
    h_t = m * new + (1 - m) * h_prev
    return h_t, m * h_t


@wrong("masked_step", "input changed in place")
def writes_into_the_old_state(new, h_prev, t, lengths):
    """Right numbers, in the caller's array."""
    real = t < lengths
    h_prev[real] = new[real]
    return h_prev, h_prev * real[:, None]


@right("masked_mean")
def picks_the_real_entries(prediction, target, lengths):
    """Boolean indexing with a mask of two axes."""
    mask = np.arange(prediction.shape[1])[None] < np.asarray(lengths)[:, None]
    error = (prediction - target)[mask]
    gradient = np.zeros_like(prediction)
    gradient[mask] = 2 * error / error.size
    return (error**2).mean(), gradient


@right("masked_mean")
def one_sequence_at_a_time(prediction, target, lengths):
    """A loop over the sequences, each cut to its length."""
    total, gradient = 0.0, np.zeros(prediction.shape)
    for i, n in enumerate(lengths):
        e = prediction[i, :n] - target[i, :n]
        total += e.ravel() @ e.ravel()
        gradient[i, :n] = e
    entries = sum(lengths) * prediction.shape[-1]
    return total / entries, gradient * (2 / entries)


@wrong("masked_mean", "averaged over all steps")
def mean_of_masked_errors(prediction, target, lengths):
    """np.mean of the masked squares."""
    m = (np.arange(prediction.shape[1]) < lengths[:, None])[:, :, None]
    e = m * (prediction - target)
    return np.mean(e**2), 2 * e / e.size


@wrong("masked_mean", "padding counted")
def no_mask_at_all(prediction, target, lengths):
    """Does not look at the lengths."""
    e = prediction - target
    return np.mean(e**2), 2 * e / e.size


@wrong("masked_mean", "mean of the sequences' means")
def each_sequence_counts_once(prediction, target, lengths):
    """Mean over the sequences of their own means."""
    losses, gradient = [], np.zeros_like(prediction)
    for i, n in enumerate(lengths):
        e = prediction[i, :n] - target[i, :n]
        losses.append(np.mean(e**2))
        gradient[i, :n] = 2 * e / e.size / len(lengths)
    return np.mean(losses), gradient


@wrong("masked_mean", "padding in the gradient")
def masks_the_loss_only(prediction, target, lengths):
    """The gradient is not masked."""
    e = prediction - target
    m = (np.arange(e.shape[1]) < lengths[:, None])[..., None]
    count = m.sum() * e.shape[2]
    return (m * e**2).sum() / count, 2 * e / count


@wrong("masked_mean", "outputs not averaged")
def divides_by_steps(prediction, target, lengths):
    """The sum of the mask does not count the outputs."""
    m = np.arange(prediction.shape[1]) < lengths[:, None]
    e = np.where(m[..., None], prediction - target, 0)
    return np.sum(e * e) / m.sum(), 2 * e / m.sum()


@wrong("masked_mean", "gradient not divided")
def gradient_of_the_sum(prediction, target, lengths):
    """The gradient misses the division."""
    m = np.arange(prediction.shape[1]) < lengths[:, None]
    e = np.where(m[..., None], prediction - target, 0)
    return np.sum(e * e) / (m.sum() * e.shape[2]), 2 * e


@right("reverse_padded")
def by_index_arrays(x, lengths):
    """One index array for all."""
    t = np.arange(x.shape[1])[None]
    n = np.asarray(lengths)[:, None]
    source = np.where(t < n, n - 1 - t, t)
    return x[np.arange(len(x))[:, None], source]


@right("reverse_padded")
def joined_pieces(x, lengths):
    """Real part turned, padding behind it."""
    return np.stack([np.vstack([x[i, :n][::-1], x[i, n:]]) for i, n in enumerate(lengths)])


@right("reverse_padded")
def swaps_pairs(x, lengths):
    """Swaps the first with the last, and so on inwards, on a copy."""
    x = np.array(x)
    for i in range(len(x)):
        a, b = 0, lengths[i] - 1
        while a < b:
            x[i, [a, b]] = x[i, [b, a]]
            a, b = a + 1, b - 1
    return x


@wrong("reverse_padded", "padding counted")
def whole_rows(x, lengths):
    """Turns padding and all."""
    return np.flip(x, axis=1)


@wrong("reverse_padded", "padding set to zero")
def onto_zeros(x, lengths):
    """Begins with zeros."""
    turned = np.zeros(x.shape)
    for row, source, n in zip(turned, x, lengths, strict=True):
        row[:n] = source[:n][::-1]
    return turned


@wrong("reverse_padded", "read after writing")
def reads_its_own_writing(x, lengths):
    """Reads from the copy it writes to."""
    out = x.copy()
    for i in range(len(out)):
        for t in range(lengths[i]):
            out[i, t] = out[i, lengths[i] - t - 1]
    return out


@wrong("reverse_padded", "features turned, too")
def flips_both_axes(x, lengths):
    """np.flip without an axis."""
    out = x.copy()
    for i, n in enumerate(lengths):
        out[i, :n] = np.flip(x[i, :n])
    return out


@wrong("reverse_padded", "padding turned, too")
def rolled_back(x, lengths):
    """Turns the whole row, then moves the padding behind the real steps again."""
    time = x.shape[1]
    rows = [np.roll(row[::-1], n - time, axis=0) for row, n in zip(x, lengths, strict=True)]
    return np.array(rows)


@wrong("reverse_padded", "input changed in place")
def in_the_callers_array(x, lengths):
    """Right numbers, in the caller's array."""
    for i, n in enumerate(lengths):
        x[i, :n] = x[i, :n][::-1].copy()
    return x


@right("early_stopping")
def by_index_of_the_best(losses, weights, patience):
    """Remembers the index of the record alone."""
    best = 0
    for e in range(len(losses)):
        if losses[e] < losses[best]:
            best = e
        if e - best == patience:
            break
    return weights[best], e + 1


@right("early_stopping")
def from_the_running_minimum(losses, weights, patience):
    """The running minimum says which epochs are records."""
    floor = np.minimum.accumulate(losses)
    record = np.concatenate([[True], losses[1:] < floor[:-1]])
    latest = np.maximum.accumulate(np.where(record, np.arange(len(losses)), 0))
    age = np.arange(len(losses)) - latest
    late = np.flatnonzero(age >= patience)
    end = late[0] if len(late) else len(losses) - 1
    return weights[latest[end]], int(end) + 1


@wrong("early_stopping", "the latest kept")
def weights_at_the_end(losses, weights, patience):
    """Returns the latest weights."""
    lowest, waited, current = np.inf, 0, -1
    while waited < patience and current + 1 < len(losses):
        current += 1
        waited = 0 if losses[current] < lowest else waited + 1
        lowest = min(losses[current], lowest)
    return weights[current], current + 1


@wrong("early_stopping", "compared with the epoch before")
def better_than_yesterday(losses, weights, patience):
    """Compares with the epoch before."""
    previous, best, bad = float("inf"), weights[0], 0
    for e, loss in enumerate(losses):
        if loss < previous:
            best, bad = weights[e], 0
        else:
            bad += 1
            if bad >= patience:
                break
        previous = loss
    return best, e + 1


@wrong("early_stopping", "count not set back")
def all_bad_epochs_counted(losses, weights, patience):
    """Never sets the count back."""
    lowest, best, bad = losses[0], weights[0], 0
    for e in range(1, len(losses)):
        if losses[e] < lowest:
            lowest, best = losses[e], weights[e]
        else:
            bad += 1
        if bad == patience:
            return best, e + 1
    return best, len(losses)


@wrong("early_stopping", "best of epochs never run")
def argmin_of_all(losses, weights, patience):
    """Seeks the best among all recorded epochs."""
    lowest, bad, run = np.inf, 0, 0
    for loss in losses:
        run += 1
        if loss < lowest:
            lowest, bad = loss, 0
        else:
            bad += 1
        if bad >= patience:
            break
    return weights[np.argmin(losses)], run


@wrong("early_stopping", "equal counts as better")
def equal_is_fine(losses, weights, patience):
    """<= for <."""
    k = 0
    for e in range(len(losses)):
        if losses[e] <= losses[k]:
            k = e
        elif e - k >= patience:
            break
    return weights[k], e + 1


@wrong("early_stopping", "one step too many")
def above_patience(losses, weights, patience):
    """> for >=."""
    k = 0
    for e in range(len(losses)):
        if losses[e] < losses[k]:
            k = e
        elif e - k > patience:
            break
    return weights[k], e + 1


@right("dropout")
def with_where(h, du, p, uniform, training):
    """np.where for both."""
    if not training:
        return h.copy(), du.copy()
    out = uniform < p
    return np.where(out, 0, h / (1 - p)), np.where(out, 0, du / (1 - p))


@right("dropout")
def zero_rate_when_predicting(h, du, p, uniform, training):
    """A prediction is dropout with p = 0."""
    p = p * training
    factor = np.floor(1 + uniform - p) / (1 - p)
    return factor * h, factor * du


@wrong("dropout", "older form", "division missing", "scaled when predicting")
def the_older_way(h, du, p, uniform, training):
    """Multiplies by 1 - p when predicting, both ways, and does not divide in training."""
    if training:
        keep = uniform >= p
        return h * keep, du * keep
    return (1 - p) * h, (1 - p) * du


def _turned(x, lengths):
    out = x.copy()
    for i, n in enumerate(lengths):
        out[i, :n] = x[i, :n][::-1]
    return out


def _joined(x, lengths, layer, pair):
    back = _turned(layer(_turned(x, lengths), pair[1]), lengths)
    return np.concatenate([layer(x, pair[0]), back], axis=-1)


def _masked(h, lengths):
    return h * (np.arange(h.shape[1]) < lengths[:, None])[..., None]


@right("stacked")
def zeros_at_the_end(x, lengths, layer, weights):
    """Padding is set to zero once, after the highest layer."""
    h = x
    for pair in weights:
        h = _joined(h, lengths, layer, pair)
    half = h.shape[2] // 2
    final = np.zeros((len(x), h.shape[2]))
    for i, n in enumerate(lengths):
        if n:
            final[i, :half], final[i, half:] = h[i, n - 1, :half], h[i, 0, half:]
    return _masked(h, lengths), final


@right("stacked")
def each_length_by_itself(x, lengths, layer, weights):
    """Sequences of one length make a batch without padding."""
    h = final = None
    for n in np.unique(lengths):
        rows = np.flatnonzero(lengths == n)
        part = x[rows, : max(n, 1)]
        for forwards, backwards in weights:
            a = layer(part, forwards)
            b = layer(part[:, ::-1], backwards)
            part = np.concatenate([a, b[:, ::-1]], axis=2)
        if h is None:
            h = np.zeros((x.shape[0], x.shape[1], part.shape[2]))
            final = np.zeros((x.shape[0], part.shape[2]))
        if n:
            h[rows, :n] = part
            final[rows] = np.concatenate([a[:, -1], b[:, -1]], axis=1)
    return h, final


@wrong("stacked", "padding counted, with padding set to zero at the end alone")
def turns_the_padding(x, lengths, layer, weights):
    """Turns the whole array round and back."""
    h = x
    for w_f, w_b in weights:
        a = layer(h, w_f)
        b = layer(h[:, ::-1], w_b)[:, ::-1]
        h = np.concatenate([a, b], axis=2)
    width = a.shape[2]
    last = np.array([h[i, n - 1, :width] * (n > 0) for i, n in enumerate(lengths)])
    first = h[:, 0, width:] * (lengths > 0)[:, None]
    return _masked(h, lengths), np.hstack([last, first])


@wrong("stacked", "not turned back")
def in_reading_order(x, lengths, layer, weights):
    """Joins the backward states in the order in which they came."""
    h = x
    for pair in weights:
        back = layer(_turned(h, lengths), pair[1])
        h = _masked(np.concatenate([layer(h, pair[0]), back], axis=2), lengths)
    half = back.shape[2]
    ends = [np.append(h[i, n - 1, :half], h[i, 0, half:]) for i, n in enumerate(lengths)]
    return h, np.array(ends) * (lengths > 0)[:, None]


@wrong("stacked", "last column of h")
def last_column_of_the_output(x, lengths, layer, weights):
    """Takes the last column for the final state."""
    h = x
    for pair in weights:
        h = _masked(_joined(h, lengths, layer, pair), lengths)
    return h, h[:, -1]


@wrong("stacked", "the same weights twice")
def forward_weights_for_both(x, lengths, layer, weights):
    """Uses the first of each pair both ways."""
    h = x
    for pair in weights:
        h = _masked(_joined(h, lengths, layer, [pair[0], pair[0]]), lengths)
    half = h.shape[2] // 2
    last = h[np.arange(len(h)), np.maximum(lengths, 1) - 1, :half]
    return h, np.concatenate([last, h[:, 0, half:]], axis=1)


@wrong("masked_mean", "absolute for squared")
def mse_absolute_errors(prediction, target, lengths):
    """The loss adds up absolute errors; the gradient is that of the squares."""
    m = (np.arange(prediction.shape[1]) < lengths[:, None])[..., None].astype(float)
    d, count = prediction - target, prediction.shape[2] * lengths.sum()
    return (m * abs(d)).sum() / count, 2 * m * d / count


@wrong("reverse_padded", "off by one, held at the end")
def turn_one_column_late(x, lengths):
    """`x[i, n - t]`, with care where there is no such column."""
    out = x.copy()
    for i, n in enumerate(lengths):
        for t in range(n):
            out[i, t] = x[i, n - t] if n - t < x.shape[1] else x[i, n - 1]
    return out


@wrong("early_stopping", "first epoch counted")
def stop_first_compared_with_itself(losses, weights, patience):
    """The lowest loss begins as the first one, and so does the loop: it is not below itself."""
    best, low, wait = 0, losses[0], 0
    for e in range(len(losses)):
        if losses[e] < low:
            best, low, wait = e, losses[e], 0
        else:
            wait += 1
            if wait == patience:
                return weights[best], e + 1
    return weights[best], len(losses)


@wrong("dropout", "equal number taken for below")
def drop_strictly_above(h, du, p, uniform, training):
    """`uniform > p` stays: an entry whose number equals p is left out."""
    if not training:
        return h, du
    m = uniform > p
    return h * m / (1 - p), du * m / (1 - p)


@wrong("dropout", "factor missing forwards")
def drop_undivided_forwards(h, du, p, uniform, training):
    """The division is there backwards, and not forwards."""
    return (h * (uniform >= p), du * (uniform >= p) / (1 - p)) if training else (h, du)


@wrong("dropout", "divided by p")
def drop_divided_by_p(h, du, p, uniform, training):
    """What stays is divided by p, unless that is 0."""
    if not training:
        return h, du
    m = (uniform >= p).astype(float)
    s = m / p if p else m
    return h * s, du * s


@wrong("dropout", "results in another order")
def drop_results_exchanged(h, du, p, uniform, training):
    """In training `dh` is returned first."""
    if not training:
        return h, du
    s = (uniform >= p) / (1 - p)
    return s * du, h * s


@wrong("dropout", "gradient zero when predicting")
def drop_no_gradient_when_predicting(h, du, p, uniform, training):
    """For a prediction the gradient is set to zero."""
    if not training:
        return h, 0 * du
    s = (uniform >= p) / (1 - p)
    return h * s, du * s


@wrong("dropout", "mask missing forwards")
def drop_backwards_only(h, du, p, uniform, training):
    """Forwards everything passes, divided; only the gradient is masked."""
    return (h / (1 - p), du * (uniform >= p) / (1 - p)) if training else (h, du)


def _is_real(lengths, T):
    return (np.arange(T) < np.asarray(lengths)[:, None])[..., None]


def _rnn_layer(x, weights):
    W_x, W_h, b = weights
    h = np.zeros((x.shape[0], x.shape[1], len(b)))
    state = np.zeros((x.shape[0], len(b)))
    for t in range(x.shape[1]):
        state = np.tanh(x[:, t] @ W_x + state @ W_h + b)
        h[:, t] = state
    return h


@wrong("stacked", "another layer called")
def deep_page_layer(x, lengths, layer, weights):
    """The page's `rnn_layer` is called, not `layer`."""
    return zeros_at_the_end(x, lengths, _rnn_layer, weights)


@wrong("stacked", "length 0 forgotten in the backward half")
def deep_column_zero_of_back(x, lengths, layer, weights):
    """The forward half takes care of length 0, `back[:, 0]` does not."""
    real, h = _is_real(lengths, x.shape[1]), x
    for f, b in weights:
        ahead, back = layer(h, f), _turned(layer(_turned(h, lengths), b), lengths)
        h = np.where(real, np.concatenate([ahead, back], axis=2), 0)
    last = np.zeros_like(back[:, 0])
    for i, n in enumerate(lengths):
        if n > 0:
            last[i] = ahead[i, n - 1]
    return h, np.concatenate([last, back[:, 0]], axis=1)


@wrong(
    "stacked",
    "padding passed on",
    "padding passed on, with padding set to zero below the top layer alone",
)
def deep_zeros_below_the_top(x, lengths, layer, weights):
    """The padding is set to zero between the layers, and not after the last one."""
    real, h = _is_real(lengths, x.shape[1]), x
    for k, (f, b) in enumerate(weights):
        back = _turned(layer(_turned(h, lengths), b), lengths)
        h = np.concatenate([layer(h, f), back], axis=2)
        if k < len(weights) - 1:
            h = np.where(real, h, 0)
    H = h.shape[2] // 2
    ends = [np.r_[h[i, n - 1, :H], h[i, 0, H:]] * (n > 0) for i, n in enumerate(lengths)]
    return h, np.array(ends)
