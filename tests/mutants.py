"""Change the library in hundreds of small ways and see whether the tests notice: `make mutants`.

mutmut makes the changes (a sign, an index, an argument) in a copy of the repository, and runs the
tests that touch each. Tests that notice less than 95 of 100 fail here, and so does a change that
goes unnoticed without standing in `tests/survivors.toml` with the reason why it may.

Which modules are changed, and by which tests they are judged, stands in `pyproject.toml`.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "mutants"
LEAST = 0.95
NOTICED = (1, 3, 36, 24, -24, 152, 255)  # a test failed or ended with an error; it ran for ever


def run():
    """Make and judge all mutants; mutmut itself succeeds whatever survives."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    log = ROOT / "mutants.log"
    environment = os.environ | {"HYPOTHESIS_PROFILE": "mutants", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "mutmut", "run"]
    with open(log, "w", encoding="utf-8") as file:
        done = subprocess.run(
            command, cwd=ROOT, env=environment, stdout=file, stderr=subprocess.STDOUT, check=False
        )
    if done.returncode:
        tail = log.read_text(encoding="utf-8", errors="replace")[-3000:]
        raise SystemExit(f"{tail}\nmutmut failed; all of it stands in {log.name}")
    log.unlink()


def verdicts():
    """Return the exit code of the tests for every mutant, by name."""
    metas = [json.loads(p.read_text(encoding="utf-8")) for p in sorted(FOLDER.rglob("*.meta"))]
    return {name: code for meta in metas for name, code in meta["exit_code_by_key"].items()}


def change(name):
    """Return a mutant as (where, line before, line after): its number would not last."""
    from mutmut.mutation.diff_apply import get_diff_for_mutant

    lines = get_diff_for_mutant(name).splitlines()
    before = " ".join(s[1:].strip() for s in lines if s.startswith("-") and s[:3] != "---")
    after = " ".join(s[1:].strip() for s in lines if s.startswith("+") and s[:3] != "+++")
    where = name.rpartition("__mutmut_")[0].replace("xǁ", "").replace("ǁ", ".").replace(".x_", ".")
    return where, before, after


def explains(entry, survivor):
    """Whether an entry of `survivors.toml` speaks of this survivor.

    It may name the place and both lines, or a piece of code that makes no difference anywhere, by
    the pattern that finds it in either line.
    """
    where, before, after = survivor
    if "anywhere" in entry:
        pattern = re.compile(entry["anywhere"])
        return before != after and pattern.sub("", before) == pattern.sub("", after)
    return (entry["where"], entry["before"], entry["after"]) == (where, before, after)


def main():
    """Print the share that was noticed and every unexplained survivor; fail if there is cause."""
    os.chdir(ROOT)
    run()
    found = verdicts()
    survivors = sorted({change(name) for name, code in found.items() if code not in NOTICED})
    text = (ROOT / "tests" / "survivors.toml").read_text(encoding="utf-8")
    entries = tomllib.loads(text)["survivor"]
    share = 1 - sum(code not in NOTICED for code in found.values()) / len(found)
    print(f"{len(found)} mutants, {100 * share:.1f} % killed, {len(survivors)} survivors")
    unexplained = [s for s in survivors if not any(explains(e, s) for e in entries)]
    for where, before, after in unexplained:
        print(f"\nunexplained: {where}\n  - {before}\n  + {after}")
    for entry in entries:
        if not any(explains(entry, s) for s in survivors):
            print(f"\nexplains nothing (any more): {entry}")
    if share < LEAST or unexplained:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
