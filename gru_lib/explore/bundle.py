"""Joins a figure's scripts into one, so that a page has nothing to fetch.

The scripts in `js` are ES modules. Of the many forms of import and export they use two, which are
the only ones understood here; whatever else could make a broken page is an error.
"""

import re
from pathlib import Path

SCRIPTS = Path(__file__).parent / "js"
IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([\w-]+)\.mjs";\n', re.M)
DECLARED = r"(?:async function|function\*?|const|let|class) (\w+|[\[{][^=]*)"
EXPORT = re.compile(f"^export (?={DECLARED})", re.M)
TOP = re.compile(f"^(?:export )?{DECLARED}", re.M)
ODD = (
    (re.compile(r"^\s*(import|export)\b.*", re.M), "a form of import or export that is not known"),
    (re.compile(r"\bimport\s*[(.].*"), "an import while running"),
    (re.compile(r"</script.*|<!--.*", re.I), "text that would end the page's script"),
)


def bundle(name, folder=SCRIPTS):
    """Return the text of `<name>.mjs` with all that it imports in front: one module alone.

    Every file is an ES module of its own, with imports of the form `import { a } from "./b.mjs";`
    (a path from the same folder) at its top, and `export` in front of what is declared. Joined they
    need neither. Comments that stand on lines of their own, and the indentation, stay behind.

    Raises:
        FileNotFoundError: no such script.
        ValueError: a script with something that could not be joined, and where.

    """
    texts, owners = {}, {}
    _read(name, folder, texts, owners)
    return "".join(EXPORT.sub("", text) for text in texts.values())


def _read(name, folder, texts, owners, way=()):
    """Put the bare text of a script into `texts`, after those of what it imports.

    `owners` has for every name that stands at the top of a script that script.
    """
    if name in way:
        raise ValueError(f"{name}.mjs: imports itself by way of {way[-1]}.mjs")
    if name in texts:
        return
    source = (folder / f"{name}.mjs").read_text("utf-8")
    for names, other in IMPORT.findall(source):
        _read(other, folder, texts, owners, (*way, name))
        for wanted in filter(None, (part.strip() for part in names.split(","))):
            if wanted not in _names(EXPORT, texts[other]):
                raise ValueError(f"{name}.mjs: {other}.mjs does not export {wanted!r}")
    text = _bare(name, IMPORT.sub("", source))
    for odd, what in ODD:
        if found := odd.search(EXPORT.sub("", text)):
            raise ValueError(f"{name}.mjs: {what}: {found[0].strip()!r}")
    for top in _names(TOP, source):
        if owners.setdefault(top, name) != name:
            raise ValueError(f"{name}.mjs: {top} is also a name in {owners[top]}.mjs")
    texts[name] = text


def _bare(name, source):
    """Drop comments on lines of their own, and indentation; a template's lines stay as they are."""
    kept, comment, template = [], False, False
    for line in source.splitlines():
        code = line if template else line.strip()
        if comment or (not template and code.startswith("/*")):
            comment = "*/" not in code
            if not comment and not code.endswith("*/"):
                raise ValueError(f"{name}.mjs: code after a comment on its line: {code!r}")
            continue
        if not template and (not code or code.startswith("//")):
            continue
        if template and re.match(r"export\b", code):
            raise ValueError(f"{name}.mjs: a line of a template that begins with export")
        kept.append(code)
        template ^= len(re.findall(r"(?<!\\)`", code)) % 2 == 1
        if not template and code.rfind("/*") > code.rfind("*/"):
            raise ValueError(f"{name}.mjs: a comment that begins behind code: {code!r}")
    if comment or template:
        raise ValueError(f"{name}.mjs: {'a comment' if comment else 'a template'} without an end")
    return "".join(f"{line}\n" for line in kept)


def _names(kind, text):
    """The names that a text declares at its top: all of them, or those it exports."""
    return [name for found in kind.findall(text) for name in re.findall(r"\w+", found)]
