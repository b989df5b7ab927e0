"""Answers to the exercises of chapter 9."""

import math
from collections import Counter
from itertools import pairwise

import numpy as np
from catalogue import right, wrong


@right("encode")
def encode_from_framed_text(name, symbols):
    """Frames the name with marks; reads all but the last, asks for all but the first."""
    framed = symbols[0] + name + symbols[0]
    x = np.array([[float(s == c) for s in symbols] for c in framed[:-1]])
    return x, [symbols.index(c) for c in framed[1:]]


@right("encode")
def encode_by_a_dictionary(name, symbols):
    """Looks numbers up in a dictionary and fills arrays of zeros."""
    number = dict(zip(symbols, range(len(symbols)), strict=True))
    x = np.zeros((len(name) + 1, len(symbols)), dtype=np.float32)
    labels = np.zeros(len(name) + 1, dtype=int)
    x[0, 0] = 1
    for t, letter in enumerate(name):
        x[t + 1, number[letter]] = 1
        labels[t] = number[letter]
    return x, labels


@wrong("encode", "labels not shifted")
def encode_labels_of_what_is_read(name, symbols):
    """The labels are the argmax of each row of x."""
    x = np.zeros((len(name) + 1, len(symbols)))
    for t, letter in enumerate("·" + name):
        x[t, symbols.index(letter)] = 1
    return x, x.argmax(axis=1)


@wrong("encode", "mark in front missing")
def encode_letters_only_in_x(name, symbols):
    """x begins with the first letter."""
    numbers = [symbols.index(c) for c in name]
    x = np.zeros((len(numbers), len(symbols)))
    x[np.arange(len(numbers)), numbers] = 1
    return x, np.array([*numbers, 0])


@wrong("encode", "end mark missing")
def encode_pairs_of_neighbours(name, symbols):
    """Pairs each letter with the one before, and forgets the end."""
    text = "·" + name
    pairs = [(symbols.index(a), symbols.index(b)) for a, b in pairwise(text)]
    x = np.zeros((len(pairs), len(symbols)))
    for t, (a, _) in enumerate(pairs):
        x[t, a] = 1
    return x, np.array([b for _, b in pairs], dtype=int)


@wrong("encode", "numbers of the alphabet")
def encode_by_ord(name, symbols):
    """Numbers by ord, though the order of the symbols may be another one."""
    labels = np.array([ord(c) - 96 for c in name] + [0])
    x = np.zeros((len(labels), len(symbols)))
    x[0, 0] = 1
    x[np.arange(1, len(labels)), labels[:-1]] = 1
    return x, labels


@wrong("encode", "transposed")
def encode_letters_in_columns(name, symbols):
    """One-hot columns for rows."""
    numbers = [0] + [symbols.index(c) for c in name]
    x = np.zeros((len(symbols), len(numbers)))
    x[numbers, np.arange(len(numbers))] = 1
    return x, np.array([*numbers[1:], 0])


@right("bits_per_letter")
def bits_by_slices(log_p, lengths):
    """Cuts each row to its length and joins them."""
    real = np.concatenate([row[:n] for row, n in zip(log_p, lengths, strict=True)])
    bits = -np.log2(np.exp(real)).mean()
    return bits, 2**bits


@right("bits_per_letter")
def bits_in_a_loop(log_p, lengths):
    """Plain Python."""
    total = 0.0
    for i in range(len(lengths)):
        for t in range(lengths[i]):
            total -= log_p[i][t]
    nats = total / sum(lengths)
    return nats / math.log(2), math.exp(nats)


@wrong("bits_per_letter", "padding counted")
def bits_mean_of_everything(log_p, lengths):
    """The mean over the whole array."""
    bits = -np.mean(log_p) / np.log(2)
    return bits, 2**bits


@wrong("bits_per_letter", "mean of means")
def bits_mean_of_the_names(log_p, lengths):
    """The mean of the names' means."""
    each = [-np.mean(row[:n]) / np.log(2) for row, n in zip(log_p, lengths, strict=True)]
    bits = sum(each) / len(each)
    return bits, 2**bits


@wrong("bits_per_letter", "end not counted")
def bits_per_letter_of_the_name(log_p, lengths):
    """Divides by the letters of the names, without their ends."""
    mask = np.arange(np.shape(log_p)[1])[None] < np.asarray(lengths)[:, None]
    letters = sum(n - 1 for n in lengths)
    bits = -np.sum(np.where(mask, log_p, 0)) / np.float64(letters) / np.log(2)
    return bits, 2**bits


@wrong("bits_per_letter", "natural log")
def bits_are_nats_and_so_is_the_base(log_p, lengths):
    """Nats for bits; the perplexity, e to that power, is right."""
    mask = np.arange(log_p.shape[1]) < lengths[:, None]
    nats = -(log_p * mask).sum() / mask.sum()
    return nats, np.exp(nats)


@wrong("bits_per_letter", "e to the power of bits")
def bits_with_exp_of_them(log_p, lengths):
    """exp of the bits."""
    mask = np.arange(log_p.shape[1]) < lengths[:, None]
    bits = -(log_p * mask).sum() / mask.sum() / np.log(2)
    return bits, np.exp(bits)


@wrong("bits_per_letter", "nats taken for bits")
def bits_never_converted(log_p, lengths):
    """Takes nats for bits throughout."""
    mask = np.arange(log_p.shape[1]) < lengths[:, None]
    bits = -(log_p * mask).sum() / lengths.sum()
    return bits, 2**bits


@right("cross_entropy_gradient")
def entropy_by_log_softmax(logits, labels):
    """log p for all classes, then its exponential."""
    logits = np.array(logits, float)
    m = logits.max(1)[:, None]
    log_p = logits - m - np.log(np.sum(np.exp(logits - m), axis=1, keepdims=True))
    one_hot = np.eye(logits.shape[1])[labels]
    n = len(log_p)
    loss = -np.sum(np.where(one_hot == 1, log_p, 0)) / n
    return loss, (np.exp(log_p) - one_hot) / n


@right("cross_entropy_gradient")
def entropy_row_by_row(logits, labels):
    """One prediction after the other, with logaddexp."""
    loss, gradient = 0.0, []
    for y, label in zip(logits, labels, strict=True):
        log_sum = np.logaddexp.reduce(y)
        loss += (log_sum - y[label]) / len(labels)
        p = np.exp(y - log_sum)
        p[label] -= 1
        gradient.append(p / len(labels))
    return loss, gradient


@wrong("cross_entropy_gradient", "overflow", "not finite")
def entropy_as_the_formula_stands(logits, labels):
    """exp of the bare scores."""
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    n = len(labels)
    loss = -np.log(p[np.arange(n), labels]).mean()
    p[np.arange(n), labels] -= 1
    return loss, p / n


@wrong("cross_entropy_gradient", "sum for mean")
def entropy_gradient_of_the_sum(logits, labels):
    """The loss is a mean, the gradient that of the sum."""
    y = logits - logits.max(axis=1, keepdims=True)
    log_p = y - np.log(np.exp(y).sum(axis=1, keepdims=True))
    n = len(labels)
    gradient = np.exp(log_p)
    gradient[range(n), labels] -= 1.0
    return -np.mean(log_p[range(n), labels]), gradient


@wrong("cross_entropy_gradient", "logarithm of 0")
def entropy_of_rounded_probabilities(logits, labels):
    """A stable softmax, but the logarithm of its result."""
    e = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    p = e / np.sum(e, axis=-1, keepdims=True)
    one_hot = np.zeros_like(p)
    one_hot[np.arange(len(p)), labels] = 1
    return -np.log((p * one_hot).sum(axis=1)).mean(), (p - one_hot) / len(p)


@wrong("cross_entropy_gradient", "largest of the whole array")
def entropy_shifted_by_one_number(logits, labels):
    """logits.max() without an axis."""
    e = np.exp(logits - logits.max())
    p = e / e.sum(axis=1)[:, None]
    n = len(p)
    loss = -np.sum(np.log(p[np.arange(n), labels])) / n
    p[np.arange(n), labels] -= 1
    return loss, p / n


@wrong("cross_entropy_gradient", "input changed in place")
def entropy_shifting_the_callers_scores(logits, labels):
    """Right numbers, but -= on the argument."""
    logits -= logits.max(axis=1, keepdims=True)
    e = np.exp(logits)
    total = e.sum(axis=1)
    n = len(labels)
    loss = np.mean(np.log(total) - logits[np.arange(n), labels])
    e /= total[:, None]
    e[np.arange(n), labels] -= 1
    return loss, e / n


@wrong("cross_entropy_gradient", "gradient at the probabilities")
def entropy_stops_at_p(logits, labels):
    """The chain rule ends before the softmax."""
    y = logits - logits.max(axis=1, keepdims=True)
    log_p = y - np.log(np.exp(y).sum(axis=1, keepdims=True))
    n = len(labels)
    gradient = np.zeros(logits.shape)
    for i, label in enumerate(labels):
        gradient[i, label] = -1 / (n * np.exp(log_p[i, label]))
    return -log_p[np.arange(n), labels].mean(), gradient


@right("bigram")
def bigram_by_counters(names, symbols, alpha):
    """Counts with collections.Counter."""
    pairs, asked = Counter(), Counter()
    for name in names:
        text = "·" + name + "·"
        pairs.update(pairwise(text))
        asked.update(text[1:])
    total = sum(asked.values())
    p = []
    for c in symbols:
        seen = sum(pairs[c, s] for s in symbols)
        alone = [(asked[s] + alpha / len(symbols)) / (total + alpha) for s in symbols]
        p.append(
            [
                (pairs[c, s] + alpha * q) / (seen + alpha)
                for s, q in zip(symbols, alone, strict=True)
            ]
        )
    return p


@right("bigram")
def bigram_with_add_at(names, symbols, alpha):
    """All names joined into one text with marks between them."""
    text = "·" + "·".join(names) + "·"
    numbers = np.array([symbols.index(c) for c in text])
    C = np.zeros((len(symbols),) * 2)
    np.add.at(C, (numbers[:-1], numbers[1:]), 1)
    unigram = np.bincount(numbers[1:], minlength=len(symbols)) + alpha / len(symbols)
    unigram = unigram / unigram.sum()
    mixed = C + alpha * unigram
    return mixed / mixed.sum(axis=1, keepdims=True)


@wrong("bigram", "= for +=")
def bigram_fancy_index(names, symbols, alpha):
    """+= with arrays of indices counts every pair once."""
    K = len(symbols)
    numbers = np.array([symbols.index(c) for c in "·" + "·".join(names) + "·"])
    C = np.zeros((K, K))
    C[numbers[:-1], numbers[1:]] += 1
    p = (C.sum(axis=0) + alpha / K) / (C.sum() + alpha)
    return (C + alpha * p) / (C.sum(axis=1) + alpha)[:, None]


@wrong("bigram", "Laplace's rule")
def bigram_plus_alpha(names, symbols, alpha):
    """Adds alpha to every count."""
    K = len(symbols)
    C = np.full((K, K), float(alpha))
    for name in names:
        for a, b in zip("·" + name, name + "·", strict=True):
            C[symbols.index(a), symbols.index(b)] += 1
    return C / C.sum(axis=1, keepdims=True)


@wrong("bigram", "front mark counted")
def bigram_letters_of_the_framed_text(names, symbols, alpha):
    """The letter frequencies are those of the text with both marks."""
    K = len(symbols)
    C, alone = np.zeros((K, K)), np.zeros(K)
    for name in names:
        text = [symbols.index(c) for c in f"·{name}·"]
        for k in text:
            alone[k] += 1
        for a, b in pairwise(text):
            C[a, b] += 1
    alone = (alone + alpha / K) / (alone.sum() + alpha)
    return (C + alpha * alone) / (C.sum(axis=1, keepdims=True) + alpha)


@wrong("bigram", "keepdims missing")
def bigram_sums_without_keepdims(names, symbols, alpha):
    """The sums of the rows, broadcast along the columns."""
    K = len(symbols)
    C = np.zeros((K, K))
    for name in names:
        before = 0
        for c in name + "·":
            C[before, symbols.index(c)] += 1
            before = symbols.index(c)
    p = (C.sum(axis=0) + alpha / K) / (C.sum() + alpha)
    return (C + alpha * p) / (C.sum(axis=1) + alpha)


@wrong("bigram", "end not counted")
def bigram_without_ends(names, symbols, alpha):
    """Only the mark in front is put to each name."""
    K = len(symbols)
    C = np.zeros((K, K))
    for name in names:
        text = "·" + name
        for i in range(len(text) - 1):
            C[symbols.index(text[i]), symbols.index(text[i + 1])] += 1
    p = (C.sum(axis=0) + alpha / K) / (C.sum() + alpha)
    return (C + alpha * p) / (C.sum(axis=1, keepdims=True) + alpha)


@wrong("bigram", "letter frequencies left out")
def bigram_mixed_with_the_uniform(names, symbols, alpha):
    """Mixes with 1 / K at once."""
    K = len(symbols)
    C = np.zeros((K, K))
    for name in names:
        for a, b in zip("·" + name, name + "·", strict=True):
            C[symbols.index(a), symbols.index(b)] += 1
    return (C + alpha / K) / (C.sum(axis=1, keepdims=True) + alpha)


@right("sample")
def sample_in_a_loop(logits, temperature, u):
    """Walks along the line until u is passed."""
    best = max(range(len(logits)), key=lambda k: logits[k])
    if not temperature:
        return best
    weights = [math.exp((y - logits[best]) / temperature) for y in logits]
    left = u * sum(weights)
    for k, weight in enumerate(weights):
        if left < weight:
            return k
        left -= weight
    return len(weights) - 1


@right("sample")
def sample_by_searchsorted(logits, temperature, u):
    """np.searchsorted on the sums."""
    if temperature == 0:
        return np.argmax(logits)
    y = np.asarray(logits) / temperature
    p = np.exp(y - np.max(y))
    return np.searchsorted(np.cumsum(p / p.sum()), u, side="right")


@right("sample")
def sample_by_argmax_of_a_comparison(logits, temperature, u):
    """The first place where u is below the sum."""
    if temperature == 0:
        return np.argmax(logits)
    p = np.exp((logits - logits.max()) / temperature)
    return np.argmax(u < np.cumsum(p) / np.sum(p))


@wrong("sample", "temperature multiplied")
def sample_times_temperature(logits, temperature, u):
    """Multiplies by the temperature."""
    if temperature == 0:
        return int(np.argmax(logits))
    p = np.exp(temperature * (logits - logits.max()))
    return int(np.searchsorted(np.cumsum(p / p.sum()), u, side="right"))


@wrong("sample", "edge on the wrong side")
def sample_searchsorted_left(logits, temperature, u):
    """np.searchsorted as it is by default, side="left"."""
    if temperature == 0:
        return int(np.argmax(logits))
    p = np.exp((logits - logits.max()) / temperature)
    return int(np.searchsorted(np.cumsum(p / p.sum()), u))


@wrong("sample", "not finite", "overflow")
def sample_loop_without_a_shift(logits, temperature, u):
    """A loop over the probabilities, exp of the bare scores."""
    if temperature == 0:
        return int(np.argmax(logits))
    p = np.exp(logits / temperature)
    p = p / p.sum()
    reached = 0.0
    for k in range(len(p)):
        reached += p[k]
        if u < reached:
            return k
    return len(p) - 1


@wrong("sample", "temperature 0 left out", "division by 0")
def sample_divides_by_zero(logits, temperature, u):
    """No branch for temperature 0."""
    y = logits / temperature
    p = np.exp(y - y.max())
    p /= p.sum()
    return int(np.argmax(np.cumsum(p) > u))


@wrong("sample", "off by one, too high")
def sample_with_a_zero_in_front(logits, temperature, u):
    """The borders begin with 0, and nobody subtracts 1."""
    if temperature == 0:
        return int(np.argmax(logits))
    p = np.exp((logits - logits.max()) / temperature)
    borders = np.concatenate([[0], np.cumsum(p / p.sum())[:-1]])
    return int(np.sum(u >= borders))


@wrong("sample", "temperature ignored")
def sample_temperature_after_the_softmax(logits, temperature, u):
    """Divides the probabilities, where the factor cancels."""
    if temperature == 0:
        return int(np.argmax(logits))
    p = np.exp(logits - logits.max())
    p = p / p.sum() / temperature
    p = p / p.sum()
    return int(np.sum(np.cumsum(p)[:-1] <= u))


def draw(scores, temperature, u):
    """A right draw, for the names below."""
    e = np.exp((scores - np.max(scores)) / temperature)
    return int(np.sum(np.cumsum(e / e.sum())[:-1] <= u))


@right("generate")
def generate_one_loop(step, symbols, start, temperature, u, longest):
    """Reading and drawing in one loop over the symbols to be read."""
    waiting, name, state, numbers = [0, *map(symbols.index, start)], start, None, iter(u)
    while waiting:
        scores, state = step(waiting.pop(0), state)
        if waiting or len(name) == longest:
            continue
        k = draw(scores, temperature, next(numbers))
        if k:
            waiting.append(k)
            name += symbols[k]
    return name


@right("generate")
def generate_recursively(step, symbols, start, temperature, u, longest):
    """Reads the whole name again for each letter, and calls itself."""
    state = None
    for letter in symbols[0] + start:
        scores, state = step(symbols.index(letter), state)
    if len(start) == longest:
        return start
    k = draw(scores, temperature, u[0])
    if k == 0:
        return start
    return generate_recursively(step, symbols, start + symbols[k], temperature, u[1:], longest)


@wrong("generate", "last letter read twice")
def generate_step_first(step, symbols, start, temperature, u, longest):
    """The drawing loop begins with a step on the last given symbol, which has been read."""
    k, state = 0, None
    _, state = step(k, state)
    for letter in start:
        k = symbols.index(letter)
        _, state = step(k, state)
    name = start
    for i in range(longest - len(start)):
        scores, state = step(k, state)
        k = draw(scores, temperature, u[i])
        if k == 0:
            break
        name = name + symbols[k]
    return name


@wrong("generate", "state kept at the start's")
def generate_forgets_the_new_state(step, symbols, start, temperature, u, longest):
    """An underscore where the state should be."""
    scores, state = step(0, None)
    for letter in start:
        scores, state = step(symbols.index(letter), state)
    name = start
    i = 0
    while len(name) < longest:
        k = draw(scores, temperature, u[i])
        i += 1
        if symbols[k] == "·":
            break
        name += symbols[k]
        scores, _ = step(k, state)
    return name


@wrong("generate", "start not counted")
def generate_longest_more(step, symbols, start, temperature, u, longest):
    """As many as longest letters after the start."""
    scores, state = step(0, None)
    for letter in start:
        scores, state = step(symbols.index(letter), state)
    drawn = ""
    for i in range(longest):
        k = draw(scores, temperature, u[i])
        if k == 0:
            break
        drawn += symbols[k]
        scores, state = step(k, state)
    return start + drawn


@wrong("generate", "numbers by place")
def generate_u_by_place(step, symbols, start, temperature, u, longest):
    """Takes the number of the place in the name."""
    state = None
    for k in [0] + [symbols.index(c) for c in start]:
        scores, state = step(k, state)
    name = start
    while len(name) < longest:
        k = draw(scores, temperature, u[len(name)])
        if k == 0:
            return name
        name += symbols[k]
        scores, state = step(k, state)
    return name


@wrong("generate", "mark kept")
def generate_with_its_end(step, symbols, start, temperature, u, longest):
    """Appends before it looks whether it was the mark."""
    state = None
    for letter in "·" + start:
        scores, state = step(symbols.index(letter), state)
    name = start
    for t in range(longest - len(start)):
        k = draw(scores, temperature, u[t])
        name += symbols[k]
        if k == 0:
            break
        scores, state = step(k, state)
    return name


@wrong("generate", "mark not read")
def generate_from_the_start_alone(step, symbols, start, temperature, u, longest):
    """With a start, no mark is read in front of it."""
    state = None
    for letter in start or "·":
        scores, state = step(symbols.index(letter), state)
    name = start
    for t in range(longest - len(start)):
        k = draw(scores, temperature, u[t])
        if k == 0:
            break
        name += symbols[k]
        scores, state = step(k, state)
    return name


def _softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()


def _drawn(scores, temperature, u):
    p = _softmax(scores / temperature)
    return min(int((np.cumsum(p) <= u).sum()), len(p) - 1)


@wrong("generate", "scores not renewed")
def generate_from_the_first_scores(step, symbols, start, temperature, u, longest):
    """The new state is taken from `step`, and the new scores are not."""
    scores, state = step(0, None)
    for letter in start:
        scores, state = step(symbols.index(letter), state)
    name, i = start, 0
    while len(name) < longest:
        k = _drawn(scores, temperature, u[i])
        i += 1
        if k == 0:
            break
        name += symbols[k]
        _, state = step(k, state)
    return name


@wrong("generate", "drawn letter read twice")
def generate_with_two_calls_a_letter(step, symbols, start, temperature, u, longest):
    """One call for the scores and one for the state, the second on the new state."""
    scores, state = step(0, None)
    for letter in start:
        scores, state = step(symbols.index(letter), state)
    name, i = start, 0
    while len(name) < longest:
        k = _drawn(scores, temperature, u[i])
        i += 1
        if k == 0:
            break
        name += symbols[k]
        _, state = step(k, state)
        scores, state = step(k, state)
    return name


@wrong("generate", "length tested too late")
def generate_tests_the_length_last(step, symbols, start, temperature, u, longest):
    """The length is tested after a letter was put at the end, and not before."""
    scores, state = step(0, None)
    for letter in start:
        scores, state = step(symbols.index(letter), state)
    name = start
    for i in range(longest):
        k = _drawn(scores, temperature, u[i])
        if k == 0:
            break
        name += symbols[k]
        scores, state = step(k, state)
        if len(name) >= longest:
            break
    return name


@wrong("generate", "state not carried while drawing")
def generate_begins_anew_at_each_letter(step, symbols, start, temperature, u, longest):
    """Each drawn letter is read from the state `None`."""
    scores, state = step(0, None)
    for letter in start:
        scores, state = step(symbols.index(letter), state)
    name, i = start, 0
    while len(name) < longest:
        k = _drawn(scores, temperature, u[i])
        i += 1
        if k == 0:
            break
        name += symbols[k]
        scores, _ = step(k, None)
    return name
