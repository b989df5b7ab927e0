"""Diagrams of chapter 8."""

from itertools import pairwise

from parts import BLUE, GREEN, GREY, INK, PURPLE, RED, arrow, box, svg, text


def state(x, y, low, rightwards):
    """A state with the arrow of its direction above the letter."""
    tip, tail = (x + 5, x - 11) if rightwards else (x - 11, x + 5)
    back = tip - 4 if rightwards else tip + 4
    line = f"M{tail} {y - 12} H{tip} M{back} {y - 15} L{tip} {y - 12} L{back} {y - 9}"
    return box(x, y, "", "state" if rightwards else "output", width=44) + (
        text(x, y + 8, f"h_{low}")
        + f'<path d="{line}" fill="none" stroke="{INK}" stroke-width="1.4"/>'
    )


def both_ways():
    """Draw four steps of a bidirectional layer: two chains, joined at every step."""
    xs, parts = (150, 240, 330, 420), []
    for t, x in enumerate(xs, start=1):
        parts += [
            arrow(x - 12, 262, x - 12, 216, GREY),
            arrow(x + 14, 262, x + 14, 136, GREY, curve=18),
            arrow(x - 14, 174, x - 14, 56, GREY, curve=-18),
            arrow(x + 12, 94, x + 12, 56, GREY),
            state(x, 194, t, rightwards=True),
            state(x, 114, t, rightwards=False),
            box(x, 284, f"x_{t}", "input", width=44),
            text(x, 44, f"h_{t}", 18),
        ]
    for left, right in pairwise(xs):
        parts += [
            arrow(left + 22, 194, right - 23, 194, BLUE),
            arrow(right - 22, 114, left + 23, 114, RED),
        ]
    parts += [
        text(14, 200, "forwards", 17, BLUE, "start"),
        text(14, 120, "backwards", 17, RED, "start"),
        text(14, 44, "both, joined", 17, anchor="start"),
        text(14, 290, "input", 17, anchor="start"),
    ]
    return svg(316, "A bidirectional layer over four steps", *parts)


def padded():
    """Draw a batch of two sequences, one padded, with the states that a mask holds."""
    parts = []
    rows = ((106, ("1", "2", "−1"), 3), (292, ("1", "0", "0"), 1))
    xs = (150, 270, 390)
    for top, values, length in rows:
        parts += [
            text(20, top - 68, "handed on", 17, anchor="start"),
            text(20, top - 38, "mask", 17, anchor="start"),
            text(20, top + 6, "state", 17, anchor="start"),
            text(20, top + 66, "input", 17, anchor="start"),
        ]
        for i, x in enumerate(xs):
            real = i < length
            parts += [
                text(x, top - 68, f"h_{i + 1}" if real else "0", 18),
                text(x, top - 38, "m = 1" if real else "m = 0", 17, GREEN if real else RED),
                box(
                    x, top, f"h_{i + 1}" if real else f"= h_{length}", "state" if real else "plain"
                ),
                box(x, top + 60, values[i], "input" if real else "plain", height=34),
            ]
            if real:
                parts.append(arrow(x, top + 42, x, top + 22, GREY))
            if i:
                parts.append(arrow(xs[i - 1] + 26, top, x - 27, top, INK if real else RED))
    return svg(380, "Two sequences of lengths 3 and 1 in one padded batch", *parts)


def dropout():
    """Draw a stack of two layers: dropout on the arrows that go up, none on those along time."""
    xs, parts = (110, 240, 370), []
    for t, x in enumerate(xs, start=1):
        parts += [
            arrow(x, 282, x, 238, GREY),
            arrow(x, 194, x, 144, RED, dashed=True),
            arrow(x, 100, x, 50, RED, dashed=True),
            box(x, 302, f"x_{t}", "input"),
            box(x, 216, f"h_{t}"),
            box(x, 122, f"h_{t}"),
            text(x, 38, f"y_{t}", 18, PURPLE),
        ]
    for left, right in pairwise(xs):
        for y in (216, 122):
            parts.append(arrow(left + 26, y, right - 27, y, BLUE))
    parts += [
        text(444, 172, "dropout", 16, RED),
        text(444, 80, "dropout", 16, RED),
        text(444, 222, "none", 16, BLUE),
        text(444, 128, "none", 16, BLUE),
        text(66, 222, "layer 1", 16, anchor="end"),
        text(66, 128, "layer 2", 16, anchor="end"),
    ]
    return svg(334, "Where a stack of two layers has dropout", *parts)


DIAGRAMS = {"both-ways": both_ways, "padded-batch": padded, "dropout-places": dropout}
