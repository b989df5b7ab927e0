"""Diagrams of chapter 4: the cell of the GRU, and the four ways back to the previous state."""

from parts import BLUE, FILL, GREEN, GREY, INK, PURPLE, RED, box, svg, text


def node(x, y, sign="⊙", colour=INK):
    """A small circle with an operation in it."""
    return (
        f'<circle cx="{x}" cy="{y}" r="15" fill="{FILL["plain"]}" stroke="{colour}" '
        f'stroke-width="1.8"/>' + text(x, y + 7, sign, 20, colour)
    )


def line(points, colour=INK, head=False, dashed=False, width=2.4):
    """A line through several points, with an arrow's head at its end if wanted."""
    path = "M" + "L".join(f"{x:g} {y:g}" for x, y in points)
    names = {INK: "ink", BLUE: "blue", RED: "red", GREEN: "green", PURPLE: "purple", GREY: "grey"}
    end = f' marker-end="url(#{names[colour]})"' if head else ""
    dash = ' stroke-dasharray="7 5"' if dashed else ""
    return (
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width}"{dash} '
        f'stroke-linejoin="round"{end}/>'
    )


def dot(x, y):
    """A place where a line divides."""
    return f'<circle cx="{x}" cy="{y}" r="4" fill="{INK}"/>'


def gated(x, y, name, low, words):
    """A box for a gate or the candidate: its letter, and the function that makes it."""
    left, top = x - 33, y - 26
    return (
        f'<rect x="{left}" y="{top}" width="66" height="52" rx="9" fill="{FILL["state"]}" '
        f'stroke="{INK}" stroke-width="1.6"/>'
        + text(x, y - 3, f"{name}_{low}", 20)
        + text(x, y + 18, words, 16, GREY)
    )


def cell():
    """Draw one step of the GRU as a diagram of vectors."""
    parts = [
        # the state's own line, from left to right
        line([(70, 60), (248, 60)], BLUE, head=True),
        line([(280, 60), (367, 60)], BLUE, head=True),
        line([(400, 60), (421, 60)], BLUE, head=True),
        # the previous state's way down, with its three branches
        line([(36, 82), (36, 350)]),
        line([(36, 160), (229, 160)], head=True),
        line([(36, 260), (87, 260)], head=True),
        line([(36, 350), (69, 350)], head=True),
        dot(36, 160),
        dot(36, 260),
        # r into its node, then the candidate, then the blend
        line([(105, 324), (105, 278)], head=True),
        line([(120, 260), (149, 260)], head=True),
        line([(218, 260), (248, 260)], head=True),
        line([(280, 260), (385, 260), (385, 78)], head=True),
        # the update gate, up and down
        line([(265, 134), (265, 78)], head=True),
        line([(265, 186), (265, 242)], head=True),
        # inputs
        line([(105, 428), (105, 379)], head=True),
        line([(130, 447), (185, 447), (185, 289)], head=True),
        line([(331, 160), (301, 160)], head=True),
        box(36, 60, "h_{t-1}", "state", 64, 42),
        box(448, 60, "h_t", "state", 48, 42),
        node(265, 60),
        node(385, 60, "+"),
        gated(265, 160, "z", "t", "sigmoid"),
        gated(105, 350, "r", "t", "sigmoid"),
        gated(185, 260, "h̃", "t", "tanh"),
        node(105, 260),
        node(265, 260),
        box(105, 447, "x_t", "input", 50, 36),
        box(353, 160, "x_t", "input", 42, 36),
        text(277, 113, "z_t", 18, anchor="start"),
        text(277, 218, "1 − z_t", 18, anchor="start"),
        text(92, 309, "r_t", 18, anchor="end"),
        text(230, 330, "⊙  multiplies number by number", 16, anchor="start"),
        text(230, 356, "+  adds", 16, anchor="start"),
        text(230, 382, "blue: the state's own line", 16, BLUE, anchor="start"),
    ]
    return svg(
        480, "One step of the GRU, from the old state and the input to the new state", *parts
    )


def paths():
    """Draw the four ways on which the gradient reaches the previous state."""
    parts = [
        # 1: along the state's own line
        line([(423, 50), (402, 50)], BLUE, head=True),
        line([(368, 50), (283, 50)], BLUE, head=True),
        line([(247, 50), (77, 50)], BLUE, head=True),
        # shared: to the lower blend, the candidate and the gated state
        line([(385, 68), (385, 262), (284, 262)], INK, head=True),
        line([(247, 262), (221, 262)], INK, head=True),
        line([(151, 262), (123, 262)], INK, head=True),
        # 2: through the gated state
        line([(87, 262), (58, 262), (58, 74)], RED, head=True),
        # 3: through the reset gate
        line([(105, 280), (105, 322)], GREEN, head=True),
        line([(71, 350), (40, 350), (40, 74)], GREEN, head=True),
        # 4: through the update gate, from both of its places
        line([(265, 67), (265, 132)], PURPLE, head=True),
        line([(265, 244), (265, 190)], PURPLE, head=True),
        line([(231, 160), (22, 160), (22, 74)], PURPLE, head=True),
        box(44, 50, "h_{t-1}", "state", 64, 42),
        box(448, 50, "h_t", "state", 48, 42),
        node(265, 50),
        node(385, 50, "+"),
        gated(265, 160, "z", "t", "sigmoid"),
        gated(105, 350, "r", "t", "sigmoid"),
        gated(186, 262, "h̃", "t", "tanh"),
        node(105, 262),
        node(265, 262),
        text(160, 38, "1:  ⊙ z_t", 19, BLUE),
        text(66, 200, "2:  ⊙ r_t", 19, RED, anchor="start"),
        text(48, 398, "3:  times W_{hr}", 19, GREEN, anchor="start"),
        text(150, 148, "4:  times W_{hz}", 19, PURPLE),
        text(80, 232, "times W_{hh}", 18, anchor="start"),
        text(335, 284, "⊙ 1 − z_t", 18),
        text(330, 252, "2 and 3", 18),
        text(115, 308, "⊙ h_{t-1}", 18, GREEN, anchor="start"),
        text(275, 108, "⊙ h_{t-1}", 18, PURPLE, anchor="start"),
        text(275, 222, "⊙ −h̃_t", 18, PURPLE, anchor="start"),
        text(88, 84, "+", 22),
        text(240, 432, "The gradient runs from right to left.", 16),
        text(240, 454, "“Times” a matrix means: its transpose.", 16),
    ]
    return svg(468, "Four ways on which the gradient comes back to the previous state", *parts)


DIAGRAMS = {"gru-cell": cell, "gru-paths": paths}
