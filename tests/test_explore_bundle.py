"""Joining a figure's scripts: what is not understood is one clear error, never a broken page."""

import re
import subprocess

import node
import pytest

from gru_lib.explore.bundle import SCRIPTS, bundle


@pytest.fixture
def join(tmp_path):
    """A function that writes scripts, `name=text`, and joins the one named `a`."""

    def written(**texts):
        for name, text in texts.items():
            (tmp_path / f"{name}.mjs").write_text(text, encoding="utf-8")
        return bundle("a", tmp_path)

    return written


def test_imports_come_first_and_once_and_may_take_several_lines(join):
    text = join(
        a='import {\n  b,\n  c,\n} from "./b.mjs";\nimport { d } from "./d.mjs";\nconst a = 1;',
        b='import { d } from "./d.mjs";\nexport async function b() {}\n'
        "export const [c, e] = [d, 2];\n",
        d="export const d = 3; // no line break at the end of the file",
    )
    assert text == (
        "const d = 3; // no line break at the end of the file\n"
        "async function b() {}\nconst [c, e] = [d, 2];\n"
        "const a = 1;\n"
    )


def test_comments_and_indentation_stay_behind(join):
    text = join(
        a="// one `odd` line's text\n/** export nothing,\n * import `\n */\n/* x */\n\n"
        "export function a() {\n  // const b = `\n  return 'http://x'; // stays\n}\n"
    )
    assert text == "function a() {\nreturn 'http://x'; // stays\n}\n"


def test_a_template_stays_as_it_is(join):
    lines = "`\n  // no comment\n/* nor this */\n\n   indented \\` ${1 + 1} `"
    assert join(a=f"export const a = {lines};\n// gone\n") == f"const a = {lines};\n"


@node.needs_node
def test_what_is_joined_means_the_same(join, tmp_path):
    join(a="export const a = `\n// x\n  /* y */ \\` `;\nexport const web = () => '//x/**/';\n")
    whole = bundle("a", tmp_path) + "console.log(JSON.stringify([a, web()]));"
    apart = "import { a, web } from './a.mjs';\nconsole.log(JSON.stringify([a, web()]));"
    printed = []
    for name, text in (("whole", whole), ("apart", apart)):
        (tmp_path / f"{name}.mjs").write_text(text, encoding="utf-8")
        command = [node.NODE, tmp_path / f"{name}.mjs"]
        printed.append(subprocess.run(command, check=True, capture_output=True).stdout)
    assert printed[0] == printed[1]


B = "export const b = 1;\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('import b from "./b.mjs";\n', "not known: 'import b from"),
        ('import * as b from "./b.mjs";\n', "not known: 'import [*] as b"),
        ('import "./b.mjs";\n', 'not known: \'import "./b.mjs";'),
        ('import { b } from "./b.mjs"\n', "not known: 'import { b }"),
        ("import { b } from './b.mjs';\n", 'not known: "import { b }'),
        ('import { b } from "d3";\n', 'not known: \'import { b } from "d3"'),
        ('  import { b } from "./b.mjs";\n', "not known: 'import { b }"),
        ('import { b as c } from "./b.mjs";\n', "b.mjs does not export 'b as c'"),
        ('import { c } from "./b.mjs";\n', "b.mjs does not export 'c'"),
        ('const b = await import("./b.mjs");\n', "an import while running: 'import[(]"),
        ("const here = import.meta.url;\n", "an import while running: 'import[.]meta"),
        ("export default 1;\n", "not known: 'export default 1;'"),
        ("const a = 1;\nexport { a };\n", "not known: 'export { a };'"),
        ('export * from "./b.mjs";\n', "not known: 'export [*]"),
        ("export var a = 1;\n", "not known: 'export var a"),
        ('import { b } from "./b.mjs";\nconst b = 2;\n', "a.mjs: b is also a name in b.mjs"),
        ('import { b } from "./b.mjs";\nconst [x, b] = [];\n', "b is also a name in b.mjs"),
        ('import { a } from "./a.mjs";\n', "imports itself by way of a.mjs"),
        ("const a = 1; /* from here\n to here */\n", "a comment that begins behind code"),
        ('const a = "/*";\n', "a comment that begins behind code"),  # no comment, but no harm
        ("/* note */ const a = 1;\n", "code after a comment on its line"),
        ("/* no end\n", "a comment without an end"),
        ("const a = `no end;\n", "a template without an end"),
        ("const a = `\nexport const b`;\n", "a line of a template that begins with export"),
        ('const a = "</SCRIPT>";\n', "would end the page's script: '</SCRIPT>"),
        ('const a = "<!-- x";\n', "would end the page's script: '<!--"),
    ],
)
def test_what_is_not_understood_is_one_clear_error(join, text, message):
    with pytest.raises(ValueError, match=message) as caught:
        join(a=text, b=B)
    assert str(caught.value).startswith("a.mjs: ")


def test_a_script_that_is_not_there_is_named(join):
    with pytest.raises(FileNotFoundError, match=r"nonsense\.mjs"):
        join(a='import { b } from "./nonsense.mjs";\n')


@pytest.mark.parametrize("path", sorted(SCRIPTS.glob("*.mjs")), ids=lambda path: path.stem)
def test_every_script_can_be_joined(path):
    text = bundle(path.stem)
    names = re.findall(r"^(?:async )?function (\w+)", text, re.M)
    assert len(names) == len(set(names))
