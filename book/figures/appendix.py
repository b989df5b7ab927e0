"""Diagrams of the appendices."""

from parts import GREY, RED, arrow, box, svg, text


def numbers():
    """Draw the chain of one unit with its numbers, forward and back, and the sum for w."""
    xs = (52, 164, 276, 388)
    parts = [text(20, 26, "forward: h = x + 0.5 h before", 17, anchor="start")]
    for i, (x, h) in enumerate(zip(xs, ("0", "1", "2.5", "0.25"), strict=True)):
        parts.append(box(x, 96, h, "state" if i else "plain", 58))
        parts.append(text(x, 62, f"h_{i}", 17))
        if i:
            parts.append(arrow(xs[i - 1] + 30, 89, x - 32, 89, GREY))
            parts.append(text((xs[i - 1] + x) / 2, 80, "0.5", 16, GREY))
    for i, (x, g) in enumerate(zip(xs[1:], ("−0.5", "−1", "−2"), strict=True)):
        parts.append(text(x, 148, g, 18, RED))
        if i:
            parts.append(arrow(x - 32, 104, xs[i] + 32, 104, RED, dashed=True))
    parts.append(text(20, 148, "∂L/∂h", 17, RED, anchor="start", italic=True))
    parts.append(arrow(462, 104, 420, 104, RED, dashed=True))
    parts.append(text(20, 196, "each use of w: ∂L/∂h times h before", 17, anchor="start"))
    terms = ("−0.5 · 0 = 0", "−1 · 1 = −1", "−2 · 2.5 = −5")
    parts += [text(x, 226, term, 16) for x, term in zip((140, 264, 396), terms, strict=True)]
    parts += [arrow(x, 234, 252 + (x - 264) * 0.3, 262) for x in (140, 264, 396)]
    parts.append(box(256, 284, "sum: ∂L/∂w = −6", "output", 190))
    return svg(316, "Three steps of one unit, forward and backward, in numbers", *parts)


DIAGRAMS = {"numbers": numbers}
