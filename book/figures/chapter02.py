"""Diagrams of chapter 2."""

from parts import BLUE, GREEN, GREY, INK, RED, arrow, box, svg, text


def chain():
    """Draw one linear unit over five steps, and two rows of gradients below it."""
    xs = [48 + 96 * i for i in range(5)]
    parts = [text(24, 28, "forward: every arrow multiplies by w", 17, BLUE, "start")]
    for i, x in enumerate(xs):
        parts.append(box(x, 68, f"h_{i}", "state", 50))
        if i:
            parts.append(arrow(xs[i - 1] + 26, 68, x - 28, 68, BLUE))
            parts.append(text((xs[i - 1] + x) / 2, 56, "w", 17, BLUE, italic=True))
    rows = (
        (156, "w = 2: the gradient doubles with each step back", ("16", "8", "4", "2", "1")),
        (244, "w = 0.5: it halves", ("0.0625", "0.125", "0.25", "0.5", "1")),
    )
    for y, words, numbers in rows:
        parts.append(text(24, y - 34, words, 17, RED, "start"))
        for i, (x, number) in enumerate(zip(xs, numbers, strict=True)):
            parts.append(text(x, y + 6, number, 18))
            if i:
                left = xs[i - 1] + (34 if len(numbers[i - 1]) > 5 else 28)
                parts.append(arrow(x - 28, y, left, y, RED, dashed=True))
    parts.append(text(240, 292, "The loss reads the last state; its gradient there is 1.", 17))
    return svg(308, "One linear unit: the gradient doubles or halves with every step back", *parts)


def adding():
    """Draw one short sequence of the adding problem: values, marks, and the target."""
    values = ("0.62", "0.31", "0.85", "0.07", "0.44", "0.90", "0.28", "0.53")
    marked = (1, 6)
    xs = [96 + 50 * i for i in range(8)]
    parts = [
        text(16, 66, "value", 17, anchor="start"),
        text(16, 112, "mark", 17, anchor="start"),
    ]
    for i, (x, value) in enumerate(zip(xs, values, strict=True)):
        kind = "output" if i in marked else "input"
        parts.append(box(x, 60, "", kind, 46, 36))
        parts.append(text(x, 66, value, 17, INK))
        parts.append(box(x, 106, "", kind, 46, 36))
        parts.append(text(x, 112, "1" if i in marked else "0", 17, INK))
        parts.append(text(x, 30, str(i + 1), 16, GREY))
    for i in marked:
        parts.append(arrow(xs[i], 128, 246 + (-38 if i == 1 else 38), 168, GREEN))
    parts += [
        box(246, 188, "0.31 + 0.28 = 0.59", "output", 190, 38),
        text(246, 232, "target: the sum of the two marked values,", 17),
        text(246, 255, "asked for after the last step", 17),
        f'<path d="M{(xs[3] + xs[4]) / 2:g} 36V130" stroke="{GREY}" stroke-width="2" '
        'stroke-dasharray="4 4"/>',
    ]
    return svg(272, "One sequence of the adding problem with eight steps", *parts)


DIAGRAMS = {
    "exploding-chain": chain,
    "adding-problem": adding,
}
