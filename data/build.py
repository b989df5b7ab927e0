"""Rebuild the tables from their published sources: `python data/build.py [FILE ...]`.

The prices come from the wheel of PyPI's `bokeh_sampledata`, the names from the source archive of
PyPI's `names`. What is not named as a file here is downloaded by `pip`. Every source is checked
against its SHA-256, and all tables are made, before anything is written.
"""

import hashlib
import io
import os
import subprocess
import sys
import tarfile
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
ARCHIVE = "names==0.3.0"
ARCHIVE_SHA256 = "726e46254f2ed03f1ffb5d941dae3bc67c35123941c29becd02d48d0caa2a671"
LIST = "names-0.3.0/names/dist.{}.first"
LIST_SHA256 = {
    "female": "bd2f310fc4e5d5e5ea122c9d4342c9821145823118eb20db1647f305ec77b358",
    "male": "0a5078ef6effe3b483d15b0f7f95047662126c9bfb624ecd5e5b978fc0f2470b",
}


def download(requirement, expected, *options):
    """Return the one file of a pinned package as bytes; pip refuses it if its SHA-256 differs.

    pip runs a source archive's own code to learn what the package is, so it must check first.
    """
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder, "requirements.txt")
        wanted.write_text(f"{requirement} --hash=sha256:{expected}\n", encoding="utf-8")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", *options]
        files = Path(folder, "files")
        subprocess.run([*command, "--dest", files, "--requirement", wanted], check=True)
        (file,) = files.iterdir()
        return file.read_bytes()


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


def names(archive):
    """Yield the name and the text of the table of names, from the bytes of the source archive.

    A row of a source's list is NAME, per cent, cumulative per cent, rank. Per cents are kept as
    text; a name that a list lacks gets the 0.000 that no list has.
    """
    require_sha256(ARCHIVE, archive, ARCHIVE_SHA256)
    shares = {}
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        for sex, expected in LIST_SHA256.items():
            member = LIST.format(sex)
            content = files.extractfile(member).read()
            require_sha256(member, content, expected)
            rows = [line.split() for line in content.decode("ascii").splitlines()]
            shares[sex] = {row[0].lower(): row[1] for row in rows}
    lines = ["name,female,male"]
    for name in sorted(shares["female"] | shares["male"]):
        lines.append(",".join([name, *(shares[sex].get(name, "0.000") for sex in LIST_SHA256)]))
    yield "names.csv", "\n".join(lines) + "\n"


def main(arguments):
    """Write every file whole, or not at all."""
    given = {"whl": None, "gz": None}
    for path in arguments:
        kind = path.rpartition(".")[2]
        if kind not in given:
            raise ValueError(f"{path}: expected a wheel (.whl) or a source archive (.tar.gz)")
        given[kind] = Path(path).read_bytes()
    wheel = given["whl"] or download(WHEEL, WHEEL_SHA256)
    archive = given["gz"] or download(ARCHIVE, ARCHIVE_SHA256, "--no-binary", ":all:")
    for name, text in [*prices(wheel), *names(archive)]:
        partial = FOLDER / f".{name}.partial"
        partial.write_text(text, encoding="utf-8", newline="")
        os.replace(partial, FOLDER / name)
        print(f"{name}: {text.count(chr(10)) - 1} rows")


if __name__ == "__main__":
    main(sys.argv[1:])
