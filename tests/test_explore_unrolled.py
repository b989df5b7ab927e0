"""The unrolled network to touch: its numbers are those of `gru_lib.RNN`, its words are true."""

import re
from itertools import product
from pathlib import Path

import node
import numpy as np
import pytest

from gru_lib import RNN
from gru_lib.explore import UnrolledNetwork
from gru_lib.losses import mean_squared_error

SCRIPT = Path(__file__).resolve().parents[1] / "gru_lib" / "explore" / "js" / "unrolled.mjs"
START = UnrolledNetwork()
X, Y = np.array(START.x), np.array(START.y)
T = len(X)
KNOBS = ("u", "w", "k", "loss", "moment")

pytestmark = node.needs_node


def values(**changes):
    """What the model of a figure holds."""
    return {name: getattr(START, name) for name in (*KNOBS, "x", "y")} | changes


def settings():
    """Knobs at the ends of their ranges, at the start, and drawn; with inputs drawn too."""
    for u, w, loss, k in product((-2.0, 0.0, 2.0), (-1.5, 0.0, 1.5), ("last", "every"), range(T)):
        yield values(u=u, w=w, k=k, loss=loss)
    rng = np.random.default_rng(0)
    for loss, k, _ in product(("last", "every"), range(T), range(5)):
        u, w = rng.uniform(-2, 2), rng.uniform(-1.5, 1.5)
        yield values(u=u, w=w, k=k, loss=loss, x=rng.normal(size=T), y=rng.normal(size=T))


class Truth:
    """The same numbers by `gru_lib`, each loss term alone and all together."""

    def __init__(self, *, u, w, k, loss, x, y, **_):
        self.layer = RNN(1, 1)
        for name, value in {"W_xh": u, "W_hh": w, "b_h": 0.0}.items():
            self.layer.params[name][...] = value
        h, _ = self.layer.forward(np.reshape(x, (1, T, 1)))
        self.h = h[0, :, 0]
        self.counts = [loss == "every" or t == T - 1 for t in range(T)]
        target = np.array(y)
        pairs = [mean_squared_error(self.h[t : t + 1], target[t : t + 1]) for t in range(T)]
        self.losses = np.where(self.counts, [pair[0] for pair in pairs], 0)
        self.direct = np.where(self.counts, [pair[1][0] for pair in pairs], 0)
        # alone[s][t]: the gradient of the loss term of step s at h_t, by a walk of its own
        self.alone = np.array([self.walk(d * np.eye(T)[s], k) for s, d in enumerate(self.direct)])
        self.dh = self.walk(self.direct, k)
        self.sums = {"w": self.gradient("W_hh"), "u": self.gradient("W_xh")}
        self.walk(self.direct, None)
        self.full = {"w": self.gradient("W_hh"), "u": self.gradient("W_xh")}

    def walk(self, direct, truncate):
        self.layer.backward(np.reshape(direct, (1, T, 1)), truncate=truncate)
        first = self.layer._run.da[:, 0, 0]
        terms = np.flatnonzero(direct)
        limit = T if truncate is None else truncate
        lowest = max(0, terms[0] - limit) if len(terms) else T
        da = np.where(np.arange(T) < lowest, 0, first)  # before it the array is not filled
        return da / (1 - self.h**2)

    def gradient(self, name):
        return self.layer.grads[name].item()


CASES = list(settings())


@pytest.fixture(scope="module")
def views():
    calls = [("unrolledView", [{**case, "moment": 2 * T}]) for case in CASES]
    return list(zip(node.run(SCRIPT, calls), (Truth(**case) for case in CASES), strict=True))


def close(ours, truth):
    np.testing.assert_allclose(ours, truth, rtol=1e-9, atol=1e-12)


def test_forward(views):
    for ours, truth in views:
        close(ours["h"], truth.h)
        close(ours["losses"], truth.losses)
        assert ours["counts"] == truth.counts


def test_gradients_of_the_states_and_of_the_weights(views):
    for ours, truth in views:
        close(ours["direct"], truth.direct)
        close(ours["dh"], truth.dh)
        for name in "wu":
            close(ours["sums"][name], truth.sums[name])
            close(ours["full"][name], truth.full[name])


def test_each_arrow_carries_the_terms_that_have_arrows_left(views):
    for case, (ours, truth) in zip(CASES, views, strict=True):
        assert ours["arrows"][0] is None
        for t in range(1, T):
            arrow = ours["arrows"][t]
            terms = [s for s in range(t, T) if truth.counts[s]]
            assert arrow["terms"] == len(terms)
            assert arrow["arrive"] == sum(s - t <= case["k"] for s in terms)
            assert arrow["cross"] == sum(s - t < case["k"] for s in terms)
            close(arrow["amount"], truth.alone[t:, t - 1].sum())
            on = [truth.alone[s, t] for s in terms if s - t < case["k"]]
            close(arrow["part"], sum(on))
            close(arrow["amount"], arrow["part"] * (1 - truth.h[t] ** 2) * case["w"])
            close(ours["dh"][t - 1], arrow["amount"] + truth.direct[t - 1])
            if case["w"] and all(truth.direct[s] for s in terms):  # nothing is 0 by chance
                assert arrow["cross"] == np.count_nonzero(truth.alone[t:, t - 1])


def test_the_largest_k_is_the_full_path(views):
    for case, (ours, _) in zip(CASES, views, strict=True):
        if case["k"] == T - 1:
            close(list(ours["sums"].values()), list(ours["full"].values()))


def test_the_weights_gather_their_gradients_on_the_way():
    case = values(loss="every", k=3)
    truth = Truth(**case)
    da = truth.dh * (1 - truth.h**2)
    before = np.concatenate([[0], truth.h[:-1]])
    calls = [("unrolledView", [{**case, "moment": m}]) for m in range(2 * T + 1)]
    for m, view in enumerate(node.run(SCRIPT, calls)):
        t = 2 * T - m
        close(view["sums"]["w"], (before * da)[t:].sum() if t < T else 0)
        close(view["sums"]["u"], (X * da)[t:].sum() if t < T else 0)


def test_moments():
    seen = node.run(SCRIPT, [("atMoment", [m, 6]) for m in range(13)])
    assert seen[0]["way"] == "start"
    assert [(s["way"], s["t"]) for s in seen[1:7]] == [("forward", t) for t in range(6)]
    assert [(s["way"], s["t"]) for s in seen[7:]] == [("back", 5 - t) for t in range(6)]


# --- the words -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def said():
    """The words at every moment, by what differs from the start."""
    variants = [{"loss": loss, "k": k} for loss in ("last", "every") for k in range(T)]
    variants += [{"u": -1.5, "w": -0.7}]
    calls = []
    for changes, m in product(variants, range(2 * T + 1)):
        calls.append(("unrolledView", [values(**changes, moment=m)]))
        calls.append(("unrolledWords", [node.result(len(calls) - 1)]))
    words = np.reshape(node.run(SCRIPT, calls)[1::2], (len(variants), -1)).tolist()
    return lambda **changes: words[variants.index(changes)]


def numbers(words):
    return [float(n.replace("−", "-")) for n in re.findall(r"[-−]?\d+\.\d+", words)]


def test_the_words_of_the_way_there(said):
    words, truth = said(loss="every", k=2), Truth(**values(loss="every"))
    assert words[0].startswith("Nothing has been read; h₀ = 0.")
    digits = "₀₁₂₃₄₅₆"
    for t in range(T):
        before = f"{truth.h[t - 1]:.3f}" if t else "0"
        state, previous = f"h{digits[t + 1]}", f"h{digits[t]}"
        assert words[t + 1] == (
            f"Forward, step {t + 1}: {state} = tanh(u x{digits[t + 1]} + w {previous}) = "
            f"tanh(1 · {X[t]:.0f} + 0.9 · {before}) = {truth.h[t]:.3f}. "
            f"Its loss term is ({truth.h[t]:.3f} − 1)² = {truth.losses[t]:.3f}."
        )
    assert said(loss="last", k=2)[3].endswith(" This step has no loss term.")
    assert "tanh(−1.5 · 1 + (−0.7) · 0)" in said(u=-1.5, w=-0.7)[1]


@pytest.mark.parametrize("k", range(T))
def test_the_words_of_the_way_back(k, said):
    words, truth = said(loss="every", k=k), Truth(**values(loss="every", k=k))
    assert words[T + 1].startswith("Backward, step 6: the gradient enters, ∂L/∂h₆ = ")
    assert numbers(words[T + 1])[-1] == pytest.approx(truth.dh[-1], abs=6e-4)
    for t in range(T - 1):  # the arrow from step t + 2 to step t + 1, which are t + 1 and t from 0
        sentence = words[2 * T - t]
        assert sentence.startswith(f"Backward, step {t + 2} to {t + 1}: ")
        crossing, waiting = min(k, T - 1 - t), T - 1 - t
        amount = truth.alone[t + 1 :, t].sum()
        if k == 0:
            assert " nothing crosses. Each loss term stops at its own step." in sentence
        else:
            assert re.search(f" {crossing} of {waiting} loss terms? cross", sentence)
            whole = re.search(r"(?:Its|Their) part of ([−\d.]+) is ([−\d.]+), and ", sentence)
            assert (whole is None) == (crossing == waiting)  # else dh_t has a part that stays
            if whole:
                ours = [float(n.replace("−", "-")) for n in whole.groups()]
                on = truth.alone[t + 1 : t + 1 + crossing, t + 1].sum()
                np.testing.assert_allclose(ours, [truth.dh[t + 1], on], atol=6e-4)
            product_ = re.search(r"= ([−\d.]+) · ([−\d.]+) · 0\.9 = ([−\d.]+)\.(?!\d)", sentence)
            part, slope, result = (float(n.replace("−", "-")) for n in product_.groups())
            assert slope == pytest.approx(1 - truth.h[t + 1] ** 2, abs=6e-4)
            assert result == pytest.approx(amount, abs=6e-4)
            assert part * slope * 0.9 == pytest.approx(amount, abs=4e-3)
        if t:
            own, together = numbers(sentence.partition(" itself adds ")[2])
            assert own == pytest.approx(truth.direct[t], abs=6e-4)
            assert together == pytest.approx(truth.dh[t], abs=6e-4)


def test_with_one_loss_term_exactly_k_arrows_carry_something(said):
    for k in range(T):
        back = said(loss="last", k=k)[T + 2 :]
        assert ["nothing crosses" in sentence for sentence in back] == [
            t >= k for t in range(T - 1)
        ]
        stops = f"after {k} arrow{'s' if k > 1 else ''}." if k else "at its own step."
        assert all(s.find(f"Each loss term stops {stops}") > 0 for s in back[k:])
        assert not any("itself adds" in s for s in back)


@pytest.mark.parametrize("loss", ["last", "every"])
def test_the_last_words_compare_with_the_full_path(loss, said):
    for k in range(T):
        end, truth = said(loss=loss, k=k)[-1], Truth(**values(loss=loss, k=k))
        expected = [truth.full["w"], truth.full["u"]]
        if k == T - 1:
            start = " All arrows are open, so this is the full gradient:"
        else:  # what is gathered is not ∂L/∂w, and is not called so
            start = f" With k = {k} the walk has gathered"
            expected = [truth.sums["w"], truth.sums["u"], *expected]
        tail = end[end.index(start) + len(start) :]
        assert re.search(r"∂L/∂w = \S+ and ∂L/∂u = \S+\.$", tail)
        ours = [float(n.replace("−", "-")) for n in re.findall(r"−?\d+(?:\.\d+)?", tail)]
        np.testing.assert_allclose(ours, expected, atol=6e-4)


def test_the_start_shows_the_point():
    """With one late loss and k < 5 the input weight, used at step 1 alone, hears nothing."""
    for k in range(T - 1):
        assert Truth(**values(k=k)).sums["u"] == 0
    assert Truth(**values(k=T - 1)).sums["u"] != 0
    assert (START.loss, START.k, START.moment) == ("last", 2, 2 * T)


def test_what_the_chapter_tells_the_reader_to_find():
    for k in range(T):
        truth = Truth(**values(k=k))
        assert (truth.sums["u"] == 0) == (k < 5)
        assert np.isclose(truth.sums["w"], truth.full["w"], rtol=1e-12) == (k >= 4)  # h_0 is 0
    shares = [(0.9, -1.38, -0.26), (0.5, -1.96, -0.05), (1.5, -0.29, -0.004)]
    for w, last, first in shares:
        dh = Truth(**values(k=5, w=w)).dh
        assert dh[-1] == pytest.approx(last, abs=0.005)
        assert dh[0] == pytest.approx(first, abs=0.005 if w < 1 else 5e-4)
    wrong, right = (values(loss="every", u=0.5, w=-1.5, k=k) for k in (0, 1))
    assert Truth(**wrong).sums["u"] == pytest.approx(-0.85, abs=0.005)
    assert Truth(**wrong).full["u"] == pytest.approx(2.54, abs=0.005)
    assert Truth(**right).sums["u"] > 0
    (view,) = node.run(SCRIPT, [("unrolledView", [values(loss="every")])])
    assert [a["terms"] - a["cross"] for a in view["arrows"][1:]] == [3, 2, 1, 0, 0]
