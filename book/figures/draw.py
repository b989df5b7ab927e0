"""Draw the book's diagrams: `python book/figures/draw.py` writes the SVG files beside it.

The modules beside this one hold the pictures, chapter by chapter; `parts` holds what they share.
"""

import importlib
from pathlib import Path

FOLDER = Path(__file__).parent
MODULES = ("appendix", *(f"chapter{number:02}" for number in range(1, 11)), "after")


def main(folder=FOLDER):
    """Write every diagram into `folder`."""
    for module in MODULES:
        for name, draw in importlib.import_module(module).DIAGRAMS.items():
            Path(folder, f"{name}.svg").write_text(draw(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
