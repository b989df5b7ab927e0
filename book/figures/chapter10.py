"""Diagrams of chapter 10."""

from parts import BLUE, FILL, INK, RED, arrow, svg, text

ROWS, COLUMNS, CELL, GAP = 5, 8, 15, 2  # records, steps, and their size in the picture


def area(left, top, rows, columns, kind):
    """One call: a rectangle over the records and steps that it serves."""
    return (
        f'<rect x="{left:g}" y="{top:g}" width="{columns * CELL - GAP:g}" '
        f'height="{rows * CELL - GAP:g}" rx="2" fill="{FILL[kind]}" stroke="{INK}" '
        'stroke-width="1.3"/>'
    )


def panel(left, rows, columns, kind, lines):
    """A grid of records and steps, cut into calls of `rows` by `columns`, with words below."""
    top = 62
    calls = [
        area(left + CELL * column, top + CELL * row, rows, columns, kind)
        for row in range(0, ROWS, rows)
        for column in range(0, COLUMNS, columns)
    ]
    middle = left + CELL * COLUMNS / 2
    words = [text(middle, 166 + 22 * i, line, 16) for i, line in enumerate(lines)]
    return [*calls, *words]


def gate(left, width, names):
    """One call for the gates named: a narrow block, or a wide one."""
    block = (
        f'<rect x="{left:g}" y="234" width="{width:g}" height="34" rx="2" '
        f'fill="{FILL["state"]}" stroke="{INK}" stroke-width="1.3"/>'
    )
    each = width / len(names)
    words = [text(left + each * (i + 0.5), 257, name, 16) for i, name in enumerate(names)]
    return "\n".join([block, *words])


def calls():
    """Draw three ways to cut the same products into calls."""
    parts = [
        text(240, 26, "rows: records of the batch · columns: time steps", 16, BLUE),
        *panel(26, 1, 1, "input", ["record by record", "40 calls"]),
        *panel(180, ROWS, 1, "state", ["whole batch", "8 calls"]),
        *panel(334, ROWS, COLUMNS, "output", ["all steps at once", "1 call"]),
        arrow(180, 50, 296, 50, RED),
        text(240, 212, "for the state", 16, RED),
        text(394, 212, "input, gradients", 16),
        *[gate(26 + 40 * i, 34, [k]) for i, k in enumerate("rzh")],
        text(85, 286, "3 calls", 16),
        arrow(166, 251, 212, 251, BLUE),
        gate(232, 102, "rzh"),
        text(283, 286, "1 call", 16),
        text(400, 256, "gates together", 16, BLUE),
    ]
    return svg(304, "The same products, cut into many calls or into few", *parts)


DIAGRAMS = {"speed-calls": calls}
