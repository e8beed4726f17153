"""Pages of the site that are made of the code: the Python interface, the command line, the contents.

A page asks for them in comments, which a code host does not show:

``<!-- interface: thumblab.layers -->``
    every public name of a package or a module, by its docstring; or those that are named after it
``<!-- overview -->``
    the names that ``import thumblab`` gives
``<!-- commands -->``
    every command, by the command line's own definition
``<!-- exit codes -->``
    what ``thumblab --help`` says of them
``<!-- rules -->``
    the rules of the audit; each has a page of its own, which is written into ``docs/rules/``
``<!-- text of: ../CHANGELOG.md -->``
    a file beside ``docs/`` in place of the page

A page called ``index`` gets a table of contents: a part for each of its headings, with the pages that are
linked there.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.domains.python import PyClasslike
from sphinx.util import inspect as sphinx_inspect

import thumblab
from thumblab import _HOMES
from thumblab.audit import FAMILIES, RULES, Rule
from thumblab.cli.app import EXIT_CODES, build

DOCS = Path(__file__).parent
PAGES = {
    "../CONTRIBUTING.md": "contributing.md",
    "../CHANGELOG.md": "changelog.md",
    "../results/README.md": "result-folders.md",
}
"""Where the text of a file beside ``docs/`` is on the site."""


def setup(app: Sphinx) -> dict[str, bool]:
    for field in PyClasslike.doc_field_types:
        if field.name == "variable":
            field.label = "Attributes"
    # Rules are open functions: one signature is enough, not one for every registered class.
    sphinx_inspect.is_singledispatch_function = lambda thing: False
    app.connect("builder-inited", write_rules)
    app.connect("source-read", fill)
    app.connect("autodoc-process-docstring", one_paragraph, priority=100)
    return {"parallel_read_safe": True}


def fill(app: Sphinx, page: str, source: list[str]) -> None:
    """Puts what is generated in place of the comments that ask for it."""
    text = source[0]
    if found := re.search(r"<!-- text of: (\S+) -->", text):
        text = beside(found[1])
    text = re.sub(r"<!-- interface: (.+?) -->", lambda found: interface(*found[1].split()), text)
    text = text.replace("<!-- overview -->", overview())
    text = text.replace("<!-- commands -->", commands())
    text = text.replace("<!-- rules -->", rules())
    text = text.replace("<!-- exit codes -->", f"```text\n{EXIT_CODES.rstrip()}\n```")
    if page.rpartition("/")[2] == "index":
        text += "\n" + "\n".join(contents(text))
    up = "../" * page.count("/")
    for path, here in PAGES.items():
        text = text.replace(f"]({up}{path}", f"]({up}{here}")
    source[0] = re.sub(r"\[([^]]+)\]\((\.\./)+results[^)]*\)", r"\1", text)  # no part of the site


def beside(path: str) -> str:
    """The text of a file beside ``docs/``, with its links as they are seen from ``docs/``."""
    text = (DOCS / path).read_text(encoding="utf-8")
    text = re.sub(r"\]\((?!docs/|#|https?:)([^)]+)\)", r"](../\1)", text)
    return text.replace("](docs/", "](")


def contents(text: str) -> Iterator[str]:
    """Hidden tables of contents, one a heading."""
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        links = re.findall(r"^- \[([^]]+)\]\(([\w/-]+)\.md\)", part, flags=re.MULTILINE)
        pages = [f"{text} <{page}>" for text, page in links]
        caption = part.partition("\n")[0]
        yield "\n".join(["```{toctree}", ":hidden:", f":caption: {caption}", "", *pages, "```"])


# ----- The interface in Python -----


def public(path: str) -> Iterator[tuple[str, Any]]:
    """Names of a package, or of a module, that are meant for use, in their order there."""
    module = importlib.import_module(path)
    for name in list(vars(module)):
        thing = getattr(module, name)
        home = getattr(thing, "__module__", None) or ""
        within = (f"{path}.", "thumblab.core.") if hasattr(module, "__path__") else ()
        is_own = home.startswith(within) if within else home == path
        if is_own and name[0] not in "_" and home != "thumblab.core.renamed":
            yield name, thing


def interface(path: str, *names: str) -> str:
    """Directives of autodoc for each public name, or for some of them."""
    lines = ["```{eval-rst}", f".. module:: {path}", ""]
    for name, thing in public(path):
        if names and name not in names:
            continue
        is_class = inspect.isclass(thing)
        lines += [f".. auto{'class' if is_class else 'function'}:: {path}.{name}"]
        lines += ["   :members:", ""] if is_class else [""]
    return "\n".join([*lines, "```"])


def overview() -> str:
    """The names that ``import thumblab`` gives, each with a link to where it is described."""
    rows = []
    for name in thumblab.__all__:
        thing = getattr(thumblab, name)
        said = (inspect.getdoc(thing) or "").partition("\n")[0]
        role, target = "py:obj", f"{_HOMES.get(name, 'thumblab')}.{name}"
        rows.append(f"| {{{role}}}`thumblab.{name} <{target}>` | {said} |")
    return "\n".join(["| name | what it is |", "|---|---|", *rows])


def one_paragraph(
    app: Sphinx, what: str, name: str, thing: object, options: object, lines: list[str]
) -> None:
    """The source of a formula, whose lines after the first are indented, becomes one paragraph."""
    inside = False
    for number, line in enumerate(lines):
        inside = line.startswith("Source: ") or (inside and line.startswith("    "))
        if inside:
            lines[number] = line.strip()


# ----- The rules of the audit -----


def rules() -> str:
    """A table for each family of rules, with links to their pages, and their place in the contents."""
    lines = ["```{toctree}", ":hidden:", *(f"rules/{each.code}" for each in RULES), "```", ""]
    for letter, family in FAMILIES.items():
        lines += [
            f"### {family.capitalize()}",
            "",
            "| rule | what is wrong | severity |",
            "|---|---|---|",
        ]
        lines += [
            f"| [{each.code}](rules/{each.code}.md) | {each.title} | {severities(each)} |"
            for each in RULES
            if each.code[0] == letter
        ]
        lines.append("")
    return "\n".join(lines)


def severities(rule: Rule) -> str:
    """What findings of a rule can be, the usual first."""
    return " or ".join(filter(None, (rule.severity, rule.otherwise)))


def write_rules(app: Sphinx) -> None:
    """A page for each rule, made of its value."""
    folder = DOCS / "rules"
    folder.mkdir(exist_ok=True)
    for each in RULES:
        needs = "\n\nIt is asked where the data are at hand." if each.needs_data else ""
        text = (
            f"# {each.code}: {each.title}\n\n*{severities(each)}*\n\n## What it looks for\n\n"
            f"{each.trigger}{needs}\n\n## Why it matters\n\n{each.why}\n\n## What to do\n\n"
            f"{each.remedy}\n\n## Source\n\n{each.source}\n"
        )
        path = folder / f"{each.code}.md"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


# ----- The command line -----


def commands() -> str:
    """A heading a command, with its arguments and options."""
    text = build().generate_docs(output_format="markdown")
    _, _, text = text.partition("\n## thumblab ")
    text = "## thumblab " + text
    text = text.replace(" -m sphinx", "")  # cyclopts takes the program's own arguments into usage
    text = text.replace("```console\n", "```text\n")
    return re.sub(r"^## thumblab (\S+)$", r"## `thumblab \1`", text, flags=re.MULTILINE)
