"""The data files: what `data/README.md` says of them, and the script that makes them."""

import hashlib
import importlib.util
import io
import re
import subprocess
import tarfile
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
    described = sorted([*(row[0] for row in ROWS), "names.csv"])
    assert sorted(path.name for path in FOLDER.glob("*.csv")) == described
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


def made_up_archive(
    women=b"MARY  2.629  2.629  1\nNAN 0.008 2.637 2\n", men=b"MARY 0.009 9.0 1\nAL 0.008 9.1 2\n"
):
    """A source archive like that of the names, and the fingerprints of it and its two lists."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for sex, content in (("female", women), ("male", men)):
            member = tarfile.TarInfo(f"names-0.3.0/names/dist.{sex}.first")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    whole, *lists = (hashlib.sha256(c).hexdigest() for c in (file.getvalue(), women, men))
    return file.getvalue(), whole, dict(zip(("female", "male"), lists, strict=True))


@pytest.fixture
def sources(tmp_path, monkeypatch):
    """Two made-up sources as files, whose fingerprints the script expects; it writes to `data`."""
    wheel, (whole, table) = made_up_wheel()
    archive, packed, lists = made_up_archive()
    monkeypatch.setattr(build, "WHEEL_SHA256", whole)
    monkeypatch.setattr(build, "TABLE_SHA256", table)
    monkeypatch.setattr(build, "ARCHIVE_SHA256", packed)
    monkeypatch.setattr(build, "LIST_SHA256", lists)
    monkeypatch.setattr(build, "FOLDER", tmp_path / "data")
    (tmp_path / "data").mkdir()
    (tmp_path / "x.whl").write_bytes(wheel)
    (tmp_path / "x.tar.gz").write_bytes(archive)
    return {kind: str(tmp_path / f"x.{kind}") for kind in ("whl", "tar.gz")}


@pytest.mark.parametrize("order", [("whl", "tar.gz"), ("tar.gz", "whl")])
def test_the_files_are_unpacked_from_the_sources(order, sources, capsys):
    build.main([sources[kind] for kind in order])
    files = {path.name: path.read_bytes() for path in build.FOLDER.iterdir()}
    assert sorted(files) == ["AAPL.csv", "GOOG.csv", "IBM.csv", "names.csv"]
    assert files["AAPL.csv"] == (
        b"Date,Open,High,Low,Close,Adj Close,Volume\n"
        b"a,0.00,1.00,2.00,3.00,5.00,4.00\n"
        b"b,0.10,1.10,2.10,3.10,5.10,4.10\n"
    )
    assert (
        files["names.csv"]
        == b"name,female,male\nal,0.000,0.008\nmary,2.629,0.009\nnan,0.008,0.000\n"
    )
    out = capsys.readouterr().out
    assert "AAPL.csv: 2 rows\n" in out
    assert "names.csv: 3 rows\n" in out


def test_what_is_not_named_is_downloaded_with_its_fingerprint(sources, monkeypatch):
    calls = []

    def run(command, check):
        text = command[command.index("--requirement") + 1].read_text("utf-8")
        calls.append((text, "--no-binary" in command, check))
        folder = command[command.index("--dest") + 1]
        folder.mkdir()
        source = sources["tar.gz" if "names" in text else "whl"]
        (folder / "x").write_bytes(Path(source).read_bytes())

    monkeypatch.setattr(subprocess, "run", run)
    build.main([])
    assert calls == [
        (f"{build.WHEEL} --hash=sha256:{build.WHEEL_SHA256}\n", False, True),
        (f"{build.ARCHIVE} --hash=sha256:{build.ARCHIVE_SHA256}\n", True, True),
    ]
    build.main([sources["whl"]])
    assert len(calls) == 3


def test_a_file_of_another_kind_is_refused(sources):
    with pytest.raises(ValueError, match=r"y\.zip: expected a wheel"):
        build.main(["y.zip"])


@pytest.mark.parametrize("which", ["WHEEL", "TABLE", "ARCHIVE", "female", "male"])
def test_of_another_source_nothing_is_written(which, sources, monkeypatch):
    if which in build.LIST_SHA256:
        monkeypatch.setattr(build, "LIST_SHA256", build.LIST_SHA256 | {which: "0" * 64})
    else:
        monkeypatch.setattr(build, f"{which}_SHA256", "0" * 64)
    with pytest.raises(ValueError, match=r"expected SHA-256 0{64}, got [0-9a-f]{64}"):
        build.main(list(sources.values()))
    assert list(build.FOLDER.iterdir()) == []


def test_the_names_are_as_described():
    lines = (FOLDER / "names.csv").read_bytes().decode("ascii").splitlines()
    assert lines[0] == "name,female,male"
    rows = [re.fullmatch(r"([a-z]+),(\d\.\d{3}),(\d\.\d{3})", line).groups() for line in lines[1:]]
    names, women, men = zip(*rows, strict=True)
    assert list(names) == sorted(set(names))
    assert all(f"`{column}`" in README for column in lines[0].split(","))
    flat = " ".join(README.split())
    assert flat.count(f"{len(rows)} first names of the US Census of 1990") == 1
    both = sum(w != "0.000" != m for w, m in zip(women, men, strict=True))
    assert f"{both} of them in both lists" in flat
    for sex, shares in (("women", women), ("men", men)):
        shares = [share for share in shares if share != "0.000"]
        assert re.search(rf"\b{len(shares)} names of {sex}\b", flat)
        assert f"{min(shares)} for {sex}" in flat
        assert abs(sum(map(float, shares)) - 90) < 0.1
    assert {"na", "nan"} <= set(names)
