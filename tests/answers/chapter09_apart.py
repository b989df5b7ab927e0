"""Answers to the exercises of chapter 09, written from their text alone."""

import itertools

import numpy as np
from catalogue import right, wrong

# --- exercise 1: encode ---------------------------------------------------------------------


@right("encode")
def encode_with_eye(name, symbols):
    """One list of numbers, with the mark at either end."""
    numbers = [symbols.index(c) for c in name]
    x = np.eye(len(symbols))[[0, *numbers]]
    return x, np.array([*numbers, 0])


@right("encode")
def encode_with_a_dictionary_and_a_loop(name, symbols):
    """A dictionary of numbers, an array of whole numbers filled one row at a time."""
    stoi = {s: i for i, s in enumerate(symbols)}
    xs = np.zeros((len(name) + 1, len(symbols)), dtype=int)
    ys = np.zeros(len(name) + 1, dtype=int)
    previous = 0
    for t, ch in enumerate(name):
        xs[t, previous] = 1
        ys[t] = stoi[ch]
        previous = stoi[ch]
    xs[len(name), previous] = 1
    return xs, ys


@wrong("encode", "symbols sorted")
def encode_sorted_vocabulary(name, symbols):
    """Mistake: symbols sorted before they are numbered.

    The usual `sorted(set(text))` of character models: the mark and the letters get other
    numbers than their places in `symbols`.
    """
    chars = sorted(set(symbols))
    stoi = {ch: i for i, ch in enumerate(chars)}
    mark = symbols[0]
    ix = [stoi[ch] for ch in mark + name + mark]
    return np.eye(len(chars))[ix[:-1]], np.array(ix[1:])


@wrong("encode", "labels not shifted")
def encode_labels_not_shifted(name, symbols):
    """The labels are the symbols that are read at the same step, not those that come next."""
    numbers = [0] + [symbols.index(c) for c in name]
    x = np.eye(len(symbols))[numbers]
    labels = np.array(numbers)
    return x, labels


@wrong("encode", "end mark missing")
def encode_without_the_end(name, symbols):
    """There are n steps, not n + 1: the last letter is not read and the mark not asked for."""
    K = len(symbols)
    numbers = [symbols.index(c) for c in name]
    x = np.zeros((len(name), K))
    for t in range(len(name)):
        x[t, numbers[t - 1] if t > 0 else 0] = 1.0
    return x, np.array(numbers, dtype=int)


@wrong("encode", "x and labels exchanged")
def encode_predicts_the_previous(name, symbols):
    """Mistake: mark at the wrong ends.

    The mark stands at the end of what is read and at the start of what is asked for, so the
    symbol before is to be predicted.
    """
    ids = list(map(symbols.index, name))
    read, asked = [*ids, 0], [0, *ids]
    return np.eye(len(symbols))[read], np.asarray(asked)


@wrong("encode", "mark as zeros")
def encode_mark_as_zeros(name, symbols):
    """The first row, that of the mark, stays zero, as if the mark were no symbol."""
    x = np.zeros((len(name) + 1, len(symbols)))
    labels = np.zeros(len(name) + 1, dtype=int)
    for t, ch in enumerate(name):
        k = symbols.index(ch)
        x[t + 1, k] = 1
        labels[t] = k
    return x, labels


@wrong("encode", "a mark at both ends", "labels one-hot")
def encode_padded_and_one_hot(name, symbols):
    """Two mistakes: labels are one-hot too; mark at both ends of both.

    Both arrays are made from mark + name + mark with n + 2 rows, and the labels
    are returned as one-hot rows instead of numbers.
    """
    ids = np.array([0] + [symbols.index(c) for c in name] + [0])
    x = (ids[:, None] == np.arange(len(symbols))).astype(float)
    labels = np.roll(x, -1, axis=0)
    return x, labels


# --- exercise 2: bits_per_letter ------------------------------------------------------------


@right("bits_per_letter")
def bits_with_a_mask(log_p, lengths):
    """Pick the real steps with a mask and take their mean."""
    real = np.arange(log_p.shape[1]) < lengths[:, None]
    bits = -log_p[real].mean() / np.log(2)
    return bits, 2**bits


@right("bits_per_letter")
def bits_with_a_loop(log_p, lengths):
    """Walk through the names and add up."""
    total, count = 0.0, 0
    for row, n in zip(log_p, lengths, strict=True):
        for t in range(int(n)):
            total -= row[t]
            count += 1
    nats = total / count
    return nats / np.log(2), np.exp(nats)


@wrong("bits_per_letter", "mean of means")
def bits_mean_of_means(log_p, lengths):
    """Every name's own mean first, then their mean: short names count as much as long ones."""
    per_name = []
    for row, n in zip(log_p, lengths, strict=True):
        per_name.append(-np.mean(row[:n]) / np.log(2))
    bits = np.mean(per_name)
    return bits, 2**bits


@wrong("bits_per_letter", "natural log")
def bits_still_in_nats(log_p, lengths):
    """The division by ln 2 is missing; the perplexity is right, as the exp of the nats."""
    mask = np.arange(log_p.shape[1])[None, :] < lengths[:, None]
    nll = np.where(mask, -log_p, 0).sum() / mask.sum()
    return nll, np.exp(nll)


@wrong("bits_per_letter", "e to the power of bits")
def bits_exp_for_perplexity(log_p, lengths):
    """`np.exp(bits)` as with the loss of a framework, instead of 2 to the power of the bits."""
    mask = np.arange(log_p.shape[1]) < lengths[:, None]
    bits = -np.sum(log_p[mask]) / np.log(2) / np.sum(lengths)
    perplexity = np.exp(bits)
    return bits, perplexity


@wrong("bits_per_letter", "multiplied by ln 2")
def bits_times_ln_two(log_p, lengths):
    """The nats are multiplied by ln 2 where they must be divided by it."""
    s = 0.0
    for i in range(len(lengths)):
        s += log_p[i, : lengths[i]].sum()
    bits = -s * np.log(2) / lengths.sum()
    return bits, 2.0**bits


@wrong("bits_per_letter", "padding in the number")
def bits_divided_by_all_steps(log_p, lengths):
    """The padding is set to 0 and then `mean` divides by n * time, not by the real steps."""
    n, time = log_p.shape
    real = np.arange(time) < lengths.reshape(n, 1)
    nats = np.where(real, -log_p, 0.0).mean()
    bits = nats / np.log(2)
    return bits, 2**bits


@wrong("bits_per_letter", "end not counted")
def bits_divided_by_letters(log_p, lengths):
    """The surprise of the end is in the sum, but N counts the letters alone."""
    mask = np.arange(log_p.shape[1]) < lengths[:, None]
    letters = max(int((lengths - 1).sum()), 1)
    bits = -(log_p[mask] / np.log(2)).sum() / letters
    return bits, 2**bits


@wrong("bits_per_letter", "one step too many")
def bits_one_step_too_many(log_p, lengths):
    """`<=` in the mask, as if the length did not hold the end: one padded step is in the mean."""
    idx = np.arange(log_p.shape[1])
    mask = idx[np.newaxis] <= lengths[:, np.newaxis]
    bits = -log_p[mask].mean() / np.log(2)
    return bits, np.power(2, bits)


@wrong("bits_per_letter", "mean of the perplexities")
def bits_arithmetic_perplexity(log_p, lengths):
    """Mistake: perplexity is the mean of 1/p.

    Perplexity as the average number of choices, the arithmetic mean of 1/p, instead of the
    geometric one.
    """
    lp = np.concatenate([row[:n] for row, n in zip(log_p, lengths, strict=True)])
    bits = -(lp / np.log(2)).mean()
    perplexity = np.mean(1 / np.exp(lp))
    return bits, perplexity


@wrong("bits_per_letter", "per name", "nats taken for bits")
def bits_per_name_in_nats(log_p, lengths):
    """Two mistakes: bits per name; nats are returned as bits.

    Divided by the number of names instead of the number of steps, and never
    by ln 2.
    """
    mask = np.arange(log_p.shape[1]) < lengths[:, None]
    bits = -(log_p[mask].sum()) / len(lengths)
    return bits, 2**bits


# --- exercise 3: cross_entropy_gradient -----------------------------------------------------


@right("cross_entropy_gradient")
def cross_entropy_log_sum_exp(logits, labels):
    """The largest score of each row is subtracted, the loss is made from the logarithms."""
    logits = np.asarray(logits, dtype=float)
    labels = np.asarray(labels)
    N = len(logits)
    shifted = logits - logits.max(axis=1, keepdims=True)
    e = np.exp(shifted)
    total = e.sum(axis=1, keepdims=True)
    loss = np.mean(np.log(total[:, 0]) - shifted[np.arange(N), labels])
    gradient = e / total
    gradient[np.arange(N), labels] -= 1
    return loss, gradient / N


@right("cross_entropy_gradient")
def cross_entropy_one_row_at_a_time(logits, labels):
    """A loop over the predictions, with a one-hot row for each."""
    N, K = np.shape(logits)
    loss, grad = 0.0, []
    for y, label in zip(np.array(logits, dtype=float), labels, strict=True):
        log_p = y - y.max()
        log_p = log_p - np.log(np.sum(np.exp(log_p)))
        one_hot = np.zeros(K)
        one_hot[label] = 1
        loss = loss - log_p[label]
        grad.append((np.exp(log_p) - one_hot) / N)
    return float(loss / N), np.stack(grad)


def _log_softmax(y, axis=1):
    y = y - np.max(y, axis=axis, keepdims=True)
    return y - np.log(np.exp(y).sum(axis=axis, keepdims=True))


@wrong("cross_entropy_gradient", "sum for mean")
def ce_gradient_of_the_sum(logits, labels):
    """The loss is the mean but the gradient p - e that of the sum: N is missing."""
    log_p = _log_softmax(np.asarray(logits, float))
    rows = np.arange(len(labels))
    loss = -log_p[rows, labels].mean()
    gradient = np.exp(log_p)
    gradient[rows, labels] -= 1
    return loss, gradient


@wrong("cross_entropy_gradient", "right class only")
def ce_gradient_only_right_class(logits, labels):
    """Mistake: gradient only at the right class.

    Only the diagonal of the derivative of softmax is used: the other scores of the row, which
    stand in the denominator, get the gradient 0.
    """
    N = len(labels)
    log_p = _log_softmax(np.array(logits, dtype=float))
    picked = log_p[range(N), labels]
    d = np.zeros(np.shape(logits))
    d[range(N), labels] = (np.exp(picked) - 1) / N
    return -picked.sum() / N, d


@wrong("cross_entropy_gradient", "labels of all rows")
def ce_slice_instead_of_rows(logits, labels):
    """Mistake: label columns subtracted in every row.

    `p[:, labels] -= 1` takes 1 from these columns in all rows, where `np.arange(N)` was
    needed in place of the slice.
    """
    logits = np.asarray(logits, float)
    N = logits.shape[0]
    lp = _log_softmax(logits)
    loss = -np.mean([lp[i, labels[i]] for i in range(N)])
    p = np.exp(lp)
    p[:, labels] -= 1
    return loss, p / N


@wrong("cross_entropy_gradient", "softmax over the wrong axis")
def ce_softmax_over_predictions(logits, labels):
    """axis=0 instead of axis=1: the columns add up to 1, not the rows."""
    log_p = _log_softmax(np.asarray(logits, float), axis=0)
    N, K = log_p.shape
    one_hot = np.eye(K)[labels]
    loss = -(one_hot * log_p).sum() / N
    return loss, (np.exp(log_p) - one_hot) / N


@wrong("cross_entropy_gradient", "averaged over the classes too")
def ce_mean_over_classes_too(logits, labels):
    """`np.mean` of the one-hot product divides by all N * K numbers, in loss and gradient."""
    log_p = _log_softmax(np.asarray(logits, float))
    targets = np.eye(log_p.shape[1])[labels]
    loss = np.mean(-targets * log_p)
    gradient = (np.exp(log_p) - targets) / log_p.size
    return loss, gradient


@wrong("cross_entropy_gradient", "softmax of a softmax")
def ce_softmax_of_softmax(logits, labels):
    """Mistake: softmax applied twice.

    The scores pass through softmax before they are handed to a cross-entropy that has one
    inside, as often happens in PyTorch.
    """
    probs = np.exp(_log_softmax(np.asarray(logits, float)))
    lp = _log_softmax(probs)
    i = np.arange(len(labels))
    loss = -lp[i, labels].mean()
    g = np.exp(lp)
    g[i, labels] -= 1.0
    return loss, g / len(labels)


@wrong("cross_entropy_gradient", "input changed in place")
def ce_changes_its_argument(logits, labels):
    """`logits -= max` writes into the caller's array; the results are right."""
    logits -= logits.max(axis=1, keepdims=True)
    N = len(logits)
    e = np.exp(logits)
    s = e.sum(axis=1)
    loss = (np.log(s) - logits[np.arange(N), labels]).mean()
    gradient = e / s[:, None]
    gradient[np.arange(N), labels] -= 1
    return loss, gradient / N


@wrong("cross_entropy_gradient", "gradient at the probabilities")
def ce_gradient_wrt_probabilities(logits, labels):
    """Mistake: derivative with respect to the probabilities.

    -1/p at the right class, the derivative with respect to p: softmax is not passed back
    through. (Clipped, so that nothing becomes infinite.)
    """
    lp = _log_softmax(np.asarray(logits, float))
    N, K = lp.shape
    T = np.eye(K)[np.asarray(labels)]
    loss = -np.sum(T * lp) / N
    gradient = -T / np.clip(np.exp(lp), 1e-12, 1) / N
    return loss, gradient


@wrong("cross_entropy_gradient", "largest of the whole array")
def ce_one_maximum_for_all(logits, labels):
    """Mistake: one maximum for the whole array.

    The largest score of the whole array is subtracted from every row: a row far below it
    has exponentials that are all 0. Shows only where rows are far apart.
    """
    e = np.exp(logits - np.max(logits))
    p = e / e.sum(axis=1, keepdims=True)
    N = len(p)
    shifted = logits - np.max(logits)
    loss = np.mean(np.log(e.sum(axis=1)) - shifted[np.arange(N), labels])
    p[np.arange(N), labels] -= 1
    return loss, p / N


@wrong("cross_entropy_gradient", "small number added")
def ce_clipped_probability(logits, labels):
    """Mistake: probability clipped before the logarithm.

    log(p + 1e-7) as in many tutorials: no loss is larger than 16. Shows clearly only where
    the right class is improbable.
    """
    z = logits - np.max(logits, axis=1, keepdims=True)
    p = np.exp(z) / np.sum(np.exp(z), axis=1, keepdims=True)
    N, K = p.shape
    y = np.eye(K)[labels]
    loss = -np.sum(y * np.log(p + 1e-7)) / N
    return loss, (p - y) / N


@wrong("cross_entropy_gradient", "sign", "sum for mean")
def ce_sign_and_sum(logits, labels):
    """Two mistakes: sign turned round; loss is the sum.

    One-hot minus p instead of p minus one-hot, and the loss is not divided
    by N.
    """
    lp = _log_softmax(np.asarray(logits, float))
    N = len(labels)
    y = np.eye(lp.shape[1])[labels]
    return -np.einsum("nk,nk->", y, lp), (y - np.exp(lp)) / N


# --- exercise 4: bigram ---------------------------------------------------------------------


@right("bigram")
def bigram_count_pairs(names, symbols, alpha):
    """Count pairs in a table, everything else from its sums."""
    K = len(symbols)
    C = np.zeros((K, K))
    for name in names:
        ids = [0] + [symbols.index(s) for s in name] + [0]
        for a, b in itertools.pairwise(ids):
            C[a, b] += 1
    p_l = (C.sum(axis=0) + alpha / K) / (C.sum() + alpha)
    return (C + alpha * p_l) / (C.sum(axis=1, keepdims=True) + alpha)


@right("bigram")
def bigram_with_dictionaries(names, symbols, alpha):
    """Dictionaries of counts and a double loop over the table."""
    mark, K = symbols[0], len(symbols)
    pair, after, asked, total = {}, {}, {}, 0
    for name in names:
        text = mark + name + mark
        for c, s in itertools.pairwise(text):
            pair[c, s] = pair.get((c, s), 0) + 1
            after[c] = after.get(c, 0) + 1
            asked[s] = asked.get(s, 0) + 1
            total += 1
    table = np.empty((K, K))
    for i, c in enumerate(symbols):
        for j, s in enumerate(symbols):
            p_s = (asked.get(s, 0) + alpha / K) / (total + alpha)
            table[i, j] = (pair.get((c, s), 0) + alpha * p_s) / (after.get(c, 0) + alpha)
    return table


def _pairs(names, symbols):
    stoi = {s: i for i, s in enumerate(symbols)}
    mark = symbols[0]
    for w in names:
        chs = [mark, *w, mark]
        for ch1, ch2 in itertools.pairwise(chs):
            yield stoi[ch1], stoi[ch2]


@wrong("bigram", "Laplace's rule")
def bigram_add_alpha(names, symbols, alpha):
    """Laplace smoothing, (count + alpha) / (sum + K alpha), which does not use p(l)."""
    N = np.full((len(symbols), len(symbols)), float(alpha))
    for i, j in _pairs(names, symbols):
        N[i, j] += 1
    return N / N.sum(1, keepdims=True)


@wrong("bigram", "letter frequencies not smoothed")
def bigram_raw_letter_frequencies(names, symbols, alpha):
    """p(l) = C(l) / C without alpha / K: a letter never seen keeps probability 0."""
    K = len(symbols)
    C = np.zeros((K, K))
    for i, j in _pairs(names, symbols):
        C[i, j] += 1
    p_l = C.sum(axis=0) / C.sum()
    return (C + alpha * p_l) / (C.sum(axis=1, keepdims=True) + alpha)


@wrong("bigram", "keepdims missing")
def bigram_without_keepdims(names, symbols, alpha):
    """The row sums have shape (K,), so every column is divided instead of every row."""
    K = len(symbols)
    counts = np.zeros((K, K))
    for i, j in _pairs(names, symbols):
        counts[i, j] += 1
    p_l = (counts.sum(axis=0) + alpha / K) / (counts.sum() + alpha)
    return (counts + alpha * p_l) / (counts.sum(axis=1) + alpha)


@wrong("bigram", "mark after mark counted")
def bigram_one_long_text(names, symbols, alpha):
    """Mistake: mark after mark counted between names.

    All names in one string, each with its two marks: between two names the mark seems to
    follow the mark.
    """
    K = len(symbols)
    text = "".join(symbols[0] + n + symbols[0] for n in names)
    ids = np.array([symbols.index(s) for s in text])
    C = np.zeros((K, K))
    np.add.at(C, (ids[:-1], ids[1:]), 1)
    p_l = (C.sum(axis=0) + alpha / K) / (C.sum() + alpha)
    return (C + alpha * p_l) / (C.sum(axis=1, keepdims=True) + alpha)


@wrong("bigram", "repeats counted once")
def bigram_fancy_index_plus_equals(names, symbols, alpha):
    """Mistake: repeated pairs counted once per name.

    `C[first, second] += 1` with index arrays adds 1 only once for a pair that stands several
    times in a name; `np.add.at` was needed.
    """
    K = len(symbols)
    C = np.zeros((K, K))
    for name in names:
        ids = np.array([0] + [symbols.index(s) for s in name] + [0])
        C[ids[:-1], ids[1:]] += 1
    p_l = (C.sum(axis=0) + alpha / K) / (C.sum() + alpha)
    return (C + alpha * p_l) / (C.sum(axis=1, keepdims=True) + alpha)


@wrong("bigram", "front mark counted")
def bigram_first_mark_in_p_l(names, symbols, alpha):
    """Mistake: the mark before counted as prediction.

    C(l) and C count all symbols of mark + name + mark, so the mark before each name counts
    as if it had been asked for.
    """
    K = len(symbols)
    C = np.zeros((K, K))
    single = np.zeros(K)
    for name in names:
        s = symbols[0] + name + symbols[0]
        for ch in s:
            single[symbols.index(ch)] += 1
        for t in range(len(s) - 1):
            C[symbols.index(s[t]), symbols.index(s[t + 1])] += 1
    p = (single + alpha / K) / (single.sum() + alpha)
    return (C + alpha * p) / (C.sum(axis=1)[:, None] + alpha)


@wrong("bigram", "end not counted")
def bigram_without_the_end(names, symbols, alpha):
    """The names are walked through as mark + name: no pair has the mark in second place."""
    K = len(symbols)
    C = np.zeros((K, K))
    for name in names:
        prev = 0
        for ch in name:
            cur = symbols.find(ch)
            C[prev, cur] += 1
            prev = cur
    p_l = (C.sum(0) + alpha / K) / (C.sum() + alpha)
    return (C + alpha * p_l) / (C.sum(1, keepdims=True) + alpha)


@wrong("bigram", "p(l) along the rows")
def bigram_p_l_as_a_column(names, symbols, alpha):
    """Mistake: p(l) added as a column.

    p(l) is made from the row sums and kept as (K, 1). The numbers are the same as those of the
    column sums, but broadcasting then adds p(c) to the whole row c.
    """
    K = len(symbols)
    C = np.zeros((K, K))
    for i, j in _pairs(names, symbols):
        C[i, j] += 1
    row = C.sum(axis=1, keepdims=True)
    p_l = (row + alpha / K) / (C.sum() + alpha)
    return (C + alpha * p_l) / (row + alpha)


@wrong("bigram", "transposed", "alpha for alpha / K")
def bigram_transposed_and_alpha(names, symbols, alpha):
    """Two mistakes: rows and columns swapped; alpha instead of alpha over K.

    The symbol before stands in the column, and p(l) gets alpha where alpha / K
    belongs.
    """
    K = len(symbols)
    C = np.zeros((K, K))
    for i, j in _pairs(names, symbols):
        C[j, i] += 1
    p_l = (C.sum(axis=1, keepdims=True) + alpha) / (C.sum() + alpha)
    return (C + alpha * p_l) / (C.sum(axis=0, keepdims=True) + alpha)


# --- exercise 5: sample ---------------------------------------------------------------------


@right("sample")
def sample_with_searchsorted(logits, temperature, u):
    """Cumulated probabilities and a search to the right of equal borders."""
    logits = np.asarray(logits, dtype=float)
    if temperature == 0:
        return int(np.argmax(logits))
    e = np.exp((logits - logits.max()) / temperature)
    F = np.cumsum(e / e.sum())
    return min(int(np.searchsorted(F, u, side="right")), len(logits) - 1)


@right("sample")
def sample_with_a_running_sum(logits, temperature, u):
    """A loop that stops at the first border above u."""
    scores = [float(s) for s in logits]
    top = max(scores)
    if temperature == 0:
        return scores.index(top)
    weights = [np.exp((s - top) / temperature) for s in scores]
    total = sum(weights)
    F = 0.0
    for k, w in enumerate(weights):
        F += w / total
        if u < F:
            return k
    return len(scores) - 1


def _softmax(z):
    z = np.asarray(z, dtype=float)
    e = np.exp(z - z.max())
    return e / e.sum()


def _fall(p, u):
    return int(min(np.sum(np.cumsum(p) <= u), len(p) - 1))


@wrong("sample", "temperature multiplied")
def sample_times_temperature(logits, temperature, u):
    """Logits * temperature: a high temperature makes the likely symbols likelier still."""
    if temperature == 0:
        return int(np.argmax(logits))
    return _fall(_softmax(np.asarray(logits) * temperature), u)


@wrong("sample", "temperature ignored")
def sample_probabilities_over_temperature(logits, temperature, u):
    """Mistake: temperature applied to the probabilities.

    The probabilities are divided by the temperature and then made to add up to 1 again: the
    temperature cancels.
    """
    if temperature == 0:
        return int(np.argmax(logits))
    p = _softmax(logits) / temperature
    p = p / p.sum()
    return _fall(p, u)


@wrong("sample", "laid by size")
def sample_sorted_pieces(logits, temperature, u):
    """Mistake: pieces laid out largest first.

    The probabilities are sorted before they are laid end to end, as in top-p sampling; u
    falls into the piece of another symbol.
    """
    if temperature == 0:
        return int(np.argmax(logits))
    p = _softmax(np.asarray(logits, float) / temperature)
    order = np.argsort(-p, kind="stable")
    return int(order[_fall(p[order], u)])


@wrong("sample", "off by one, cut off")
def sample_edges_with_zero(logits, temperature, u):
    """Mistake: one index too many.

    The border 0 is put in front, so the count of borders at most u is one too large (and cut
    off at K - 1).
    """
    if temperature == 0:
        return int(np.argmax(logits))
    p = _softmax(np.asarray(logits, float) / temperature)
    edges = np.concatenate([[0.0], np.cumsum(p)])
    return int(min(np.searchsorted(edges, u, side="right"), len(p) - 1))


@wrong("sample", "nearest border")
def sample_nearest_border(logits, temperature, u):
    """The index of the F_k nearest to u, instead of the first above it."""
    if temperature == 0:
        return int(np.argmax(logits))
    F = np.cumsum(_softmax(np.asarray(logits, float) / temperature))
    return int(np.abs(F - u).argmin())


@wrong("sample", "no cumulative sum, else the likeliest")
def sample_without_cumsum(logits, temperature, u):
    """Mistake: compares u with p, not F.

    The first symbol whose own probability is above u, without the cumulated sum; the largest
    if there is none.
    """
    if temperature == 0:
        return int(np.argmax(logits))
    p = _softmax(np.asarray(logits, float) / temperature)
    above = np.flatnonzero(u < p)
    return int(above[0]) if len(above) else int(np.argmax(p))


@wrong("sample", "temperature 0 taken for 1")
def sample_zero_is_falsy(logits, temperature, u):
    """`temperature or 1.0` avoids the division by zero, but draws at temperature 1 then."""
    tau = temperature or 1.0
    F = np.cumsum(_softmax(np.asarray(logits, float) / tau))
    return int(min(np.searchsorted(F, u, side="right"), len(F) - 1))


@wrong("sample", "keeps something between calls")
def sample_with_own_random_numbers(logits, temperature, u):
    """`choice` brings its own random number; u is not used."""
    logits = np.array(logits, float)
    if temperature == 0:
        return int(logits.argmax())
    return int(np.random.default_rng().choice(len(logits), p=_softmax(logits / temperature)))


@wrong("sample", "edge on the wrong side")
def sample_left_side(logits, temperature, u):
    """Mistake: border belongs to the piece before.

    side="left" is the default: a u exactly on a border draws the symbol before it. Shows only
    there.
    """
    if temperature == 0:
        return int(np.argmax(logits))
    F = np.cumsum(_softmax(np.asarray(logits, float) / temperature))
    return int(min(np.searchsorted(F, u), len(F) - 1))


@wrong("sample", "tie at temperature 0")
def sample_tiny_temperature(logits, temperature, u):
    """Mistake: tiny temperature in place of 0.

    `max(temperature, 1e-8)` in place of a branch for 0: among equally large scores u decides,
    not the first. Shows only there.
    """
    tau = max(temperature, 1e-8)
    return _fall(_softmax(np.asarray(logits, float) / tau), u)


@wrong("sample", "counts borders above u", "temperature multiplied")
def sample_from_the_other_end(logits, temperature, u):
    """Two mistakes: counts borders above u; multiplied by the temperature.

    The number of borders above u, which counts from the other end, and the
    scores times the temperature.
    """
    if temperature == 0:
        return int(np.argmax(logits))
    F = np.cumsum(_softmax(np.asarray(logits, float) * temperature))
    return int(np.clip(np.sum(u < F), 0, len(F) - 1))


# --- exercise 6: generate -------------------------------------------------------------------


@right("generate")
def generate_reads_then_draws(step, symbols, start, temperature, u, longest):
    """Two phases, as in the hints; what was drawn is read at once."""
    scores, state = step(0, None)
    for c in start:
        scores, state = step(symbols.index(c), state)
    name = start
    for t in range(longest - len(start)):
        k = _fall(_softmax(np.asarray(scores) / temperature), u[t])
        if k == 0:
            break
        name += symbols[k]
        scores, state = step(k, state)
    return name


@right("generate")
def generate_reads_only_when_needed(step, symbols, start, temperature, u, longest):
    """One loop and a list of what waits to be read; a name that is full is read no further."""
    waiting = [0, *(symbols.index(c) for c in start)]
    letters, draws, state = list(start), iter(u), None
    while len(letters) < longest:
        for k in waiting:
            scores, state = step(k, state)
        p = np.exp(np.array(scores) / temperature)
        k = int((np.cumsum(p) / p.sum() <= next(draws)).sum())
        if k == 0:
            break
        letters.append(symbols[k])
        waiting = [k]
    return "".join(letters)


@wrong("generate", "mark not read")
def generate_without_the_first_mark(step, symbols, start, temperature, u, longest):
    """Mistake: the mark is not read before start.

    The mark is read only if start is empty; otherwise the network begins with the first
    letter.
    """
    seed = start if start else symbols[0]
    state = None
    for c in seed:
        scores, state = step(symbols.index(c), state)
    name = start
    i = 0
    while len(name) < longest:
        ix = _fall(_softmax(scores / temperature), u[i])
        i += 1
        if ix == 0:
            break
        name = name + symbols[ix]
        scores, state = step(ix, state)
    return name


@wrong("generate", "last letter read twice")
def generate_reads_the_last_twice(step, symbols, start, temperature, u, longest):
    """The warm-up reads everything, and the loop begins with reading its last symbol again."""
    ids = [0] + [symbols.index(c) for c in start]
    h = None
    for k in ids:
        _, h = step(k, h)
    out, k = list(start), ids[-1]
    for t in range(longest - len(start)):
        y, h = step(k, h)
        k = _fall(_softmax(y / temperature), u[t])
        if k == 0:
            break
        out.append(symbols[k])
    return "".join(out)


@wrong("generate", "numbers by place")
def generate_u_by_position(step, symbols, start, temperature, u, longest):
    """The first draw uses u[len(start)], as if start had used up random numbers too."""
    scores, state = step(0, None)
    for c in start:
        scores, state = step(symbols.index(c), state)
    name = start
    while len(name) < longest:
        F = np.cumsum(_softmax(scores / temperature))
        k = min(int(np.searchsorted(F, u[len(name)], side="right")), len(F) - 1)
        if k == 0:
            return name
        name += symbols[k]
        scores, state = step(k, state)
    return name


@wrong("generate", "mark kept")
def generate_keeps_the_mark(step, symbols, start, temperature, u, longest):
    """The drawn symbol is appended before it is asked whether it is the mark."""
    s, h = step(0, None)
    for c in start:
        s, h = step(symbols.index(c), h)
    out = list(start)
    for n in range(longest - len(start)):
        k = _fall(_softmax(s / temperature), u[n])
        out.append(symbols[k])
        if k == 0:
            break
        s, h = step(k, h)
    return "".join(out)


@wrong("generate", "start not counted")
def generate_longest_without_start(step, symbols, start, temperature, u, longest):
    """`range(longest)` draws: the letters of start are not counted."""
    state = None
    for c in symbols[0] + start:
        scores, state = step(symbols.index(c), state)
    name = start
    for t in range(longest):
        k = _fall(_softmax(scores / temperature), u[t])
        if k == 0:
            break
        name += symbols[k]
        scores, state = step(k, state)
    return name


@wrong("generate", "state kept at the start's")
def generate_forgets_the_state(step, symbols, start, temperature, u, longest):
    """Mistake: state not handed on while drawing.

    In the drawing loop the new state is thrown away: every drawn letter is read from the
    state after start.
    """
    scores, state = step(0, None)
    for c in start:
        scores, state = step(symbols.index(c), state)
    name = start
    for r in u[: longest - len(start)]:
        k = _fall(_softmax(scores / temperature), r)
        if k == 0:
            break
        name += symbols[k]
        scores, _ = step(k, state)
    return name


@wrong("generate", "end ignored")
def generate_skips_the_mark(step, symbols, start, temperature, u, longest):
    """A drawn mark is left out of the name, but read, and the drawing goes on."""
    scores, state = step(0, None)
    for c in start:
        scores, state = step(symbols.index(c), state)
    drawn = []
    for t in range(longest - len(start)):
        k = _fall(_softmax(scores / temperature), u[t])
        drawn.append(symbols[k])
        scores, state = step(k, state)
    return start + "".join(drawn).replace(symbols[0], "")


@wrong("generate", "start missing")
def generate_only_the_new_letters(step, symbols, start, temperature, u, longest):
    """Only the letters that were drawn are returned, without start."""
    scores, state = step(0, None)
    for c in start:
        scores, state = step(symbols.index(c), state)
    new = ""
    while len(start) + len(new) < longest:
        k = _fall(_softmax(scores / temperature), u[len(new)])
        if k == 0:
            break
        new += symbols[k]
        scores, state = step(k, state)
    return new


@wrong("generate", "temperature ignored")
def generate_without_temperature(step, symbols, start, temperature, u, longest):
    """Softmax of the scores as they are, at temperature 1 always."""
    scores, state = step(0, None)
    for c in start:
        scores, state = step(symbols.index(c), state)
    word = list(start)
    for t in range(longest - len(word)):
        probs = _softmax(scores)
        k = _fall(probs, u[t])
        if not k:
            break
        word.append(symbols[k])
        scores, state = step(k, state)
    return "".join(word)


@wrong("generate", "always the likeliest", "whole name read again")
def generate_greedy_and_rereads(step, symbols, start, temperature, u, longest):
    """Two mistakes: always the likeliest symbol; the whole name is read again.

    Argmax in place of a draw, and before every letter the whole name is read
    again on top of the old state.
    """
    name, state = start, None
    while len(name) < longest:
        for c in symbols[0] + name:
            scores, state = step(symbols.index(c), state)
        k = int(np.argmax(scores / temperature))
        if k == 0:
            break
        name += symbols[k]
    return name
