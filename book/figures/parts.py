"""The parts that all diagrams of the book are put together from.

One style for all: a white card, so that a diagram reads in the dark theme too, a width of 480
units, so that 18-unit type is still legible on a phone, and the colours of `gru_lib.plots`.
"""

from gru_lib.plots import COLOURS

INK, BLUE, RED, GREEN = (COLOURS[name] for name in ("black", "blue", "vermillion", "green"))
PURPLE, GREY = "#9c4a7d", "#8a8a8a"  # the palette's purple, darkened: words must be legible
ARROWS = {INK: "ink", BLUE: "blue", RED: "red", GREEN: "green", PURPLE: "purple", GREY: "grey"}
FILL = {"input": "#e8f1f8", "state": "#fdf0d5", "output": "#e2f3ec", "plain": "#f4f4f4"}
WIDTH = 480


def text(x, y, words, size=18, colour=INK, anchor="middle", italic=False):
    """Words at a point; `a_b` sets b as a subscript, braces group: `W_{hh}`."""
    head, _, low = words.partition("_")
    if low:
        low = low.strip("{}")
        head += f'<tspan font-size="{size * 0.7:.0f}" dy="{size * 0.28:.0f}">{low}</tspan>'
        italic = True
    style = ' font-style="italic" font-family="Georgia, Times New Roman, serif"' if italic else ""
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" fill="{colour}" '
        f'text-anchor="{anchor}"{style}>{head}</text>'
    )


def box(x, y, words, kind="state", width=52, height=40):
    """A rounded box around a point, with words in it."""
    left, top = x - width / 2, y - height / 2
    return (
        f'<rect x="{left:g}" y="{top:g}" width="{width}" height="{height}" rx="9" '
        f'fill="{FILL[kind]}" stroke="{INK}" stroke-width="1.6"/>' + text(x, y + 6, words)
    )


def arrow(x1, y1, x2, y2, colour=INK, dashed=False, curve=0):
    """An arrow from one point to another in one of `ARROWS`, bent sideways by `curve`."""
    dash = ' stroke-dasharray="7 5"' if dashed else ""
    mx, my = (x1 + x2) / 2, (y1 + y2) / 2
    length = max(((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5, 1e-9)
    cx, cy = mx - curve * (y2 - y1) / length, my + curve * (x2 - x1) / length
    return (
        f'<path d="M{x1:g} {y1:g} Q{cx:g} {cy:g} {x2:g} {y2:g}" fill="none" stroke="{colour}" '
        f'stroke-width="2.4"{dash} marker-end="url(#{ARROWS[colour]})"/>'
    )


def svg(height, title, *parts):
    """Put the parts on a white card with a title for screen readers."""
    heads = "".join(
        f'<marker id="{name}" viewBox="0 0 10 10" refX="8" refY="5" markerWidth="6" '
        f'markerHeight="6" orient="auto-start-reverse"><path d="M0 0L10 5L0 10z" fill="{c}"/>'
        "</marker>"
        for c, name in ARROWS.items()
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH * 1.4:g}" role="img" font-family="Helvetica, Arial, sans-serif">\n'
        f"<title>{title}</title>\n<defs>{heads}</defs>\n"
        f'<rect width="{WIDTH}" height="{height}" rx="12" fill="#ffffff"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )
