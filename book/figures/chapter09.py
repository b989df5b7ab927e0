"""Diagrams of chapter 9."""

from parts import BLUE, FILL, GREEN, GREY, INK, RED, arrow, box, svg, text


def unrolled():
    """Draw the network that reads the mark and "emma", and what it is asked for at every step."""
    read, asked = "·emma", "emma·"
    behind, parts = (
        [],
        [
            text(14, 282, "reads", 17, GREY, "start"),
            text(14, 58, "asked for", 17, GREY, "start"),
        ],
    )
    for t, (below, above) in enumerate(zip(read, asked, strict=True)):
        x = 124 + 78 * t
        parts += [
            text(x, 282, below, 40 if below == "·" else 26, BLUE),
            arrow(x, 258, x, 222, BLUE),
            box(x, 200, f"h_{t + 1}"),
            arrow(x, 179, x, 154),
            box(x, 134, f"p_{t + 1}", "output", height=36),
            arrow(x, 74, x, 112, GREEN, dashed=True),
            text(x, 60, above, 40 if above == "·" else 26, GREEN),
        ]
        if t:
            parts.append(arrow(x - 51, 200, x - 28, 200, RED))
            behind.append(arrow(x - 68, 70, x - 12, 262, GREY, dashed=True))
    return svg(306, "A network that reads a name and is asked for the next letter", *behind, *parts)


def cells(left, top, values, fills, size=34, height=30, colour=INK):
    """A row of numbers in small boxes."""
    out = []
    for i, (value, fill) in enumerate(zip(values, fills, strict=True)):
        x = left + size * i
        out.append(
            f'<rect x="{x:g}" y="{top:g}" width="{size}" height="{height}" fill="{fill}" '
            f'stroke="{colour}" stroke-width="1.3"/>' + text(x + size / 2, top + 21, value, 16)
        )
    return "".join(out)


def lookup():
    """Draw a one-hot row times a matrix: one row of the matrix comes out."""
    plain, marked = "#ffffff", FILL["state"]
    letters = "·abcd"
    rows = (
        ("0.1", "-0.4", "0.7"),
        ("0.5", "0.2", "-0.3"),
        ("-0.6", "0.9", "0.1"),
        ("0.8", "-0.2", "0.4"),
        ("-0.1", "0.3", "-0.5"),
    )
    one_hot = ["0", "0", "1", "0", "0"]
    parts = [text(97, 116, "x_t", 20), text(97, 210, "the letter b", 17, BLUE)]
    parts.append(cells(12, 132, one_hot, [marked if value == "1" else plain for value in one_hot]))
    parts += [
        text(29 + 34 * i, 184, letter, 17, BLUE if letter == "b" else GREY)
        for i, letter in enumerate(letters)
    ]
    parts.append(text(264, 56, "W_x", 20))
    for i, row in enumerate(rows):
        top = 72 + 30 * i
        parts.append(cells(207, top, row, [marked if i == 2 else plain] * 3, size=44))
        parts.append(text(352, top + 21, letters[i], 17, BLUE if i == 2 else GREY))
    parts += [
        text(195, 153, "×", 22),
        arrow(273, 226, 273, 256, RED),
        cells(207, 262, rows[2], [marked] * 3, size=44),
        text(352, 283, "x_t", 20, anchor="start"),
        text(374, 283, "W_x", 20, anchor="start"),
    ]
    return svg(308, "A one-hot row picks a row of the matrix", *parts)


DIAGRAMS = {"next-letter": unrolled, "one-hot": lookup}
