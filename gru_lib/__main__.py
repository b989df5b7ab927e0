"""`python -m gru_lib`: see `cli`."""

import os
import sys

from .cli import main

if __name__ == "__main__":
    os.environ["MPLBACKEND"] = "Agg"  # figures go to files; there may be no screen
    sys.exit(main())
