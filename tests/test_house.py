"""Rules of the house that no other tool keeps: sizes, names, mirrored tests, banned calls, open doors."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import thumblab

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "thumblab"
SOURCES = sorted(PACKAGE.rglob("*.py"))
SCRIPTS = [
    path
    for folder in ("scripts", "benchmarks", "examples")
    for path in sorted((ROOT / folder).glob("*"))
    if path.is_file()
    and (path.suffix == ".py" or path.read_bytes().startswith(b"#!/usr/bin/env python"))
]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
EVERYTHING = [*SOURCES, *SCRIPTS, *TESTS]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


# ----- Sizes and names -----


def test_files_stay_small() -> None:
    lines = {path: path.read_text(encoding="utf-8").count("\n") for path in EVERYTHING}
    long = [
        f"{name(path)}: {count} lines"
        for path, count in lines.items()
        if count > (450 if path in TESTS else 300)
    ]
    assert not long, "split them"


def test_functions_stay_small() -> None:
    long = [
        f"{name(path)}:{node.lineno} {node.name}: {length} lines"
        for path in [*SOURCES, *SCRIPTS]
        for node in functions(path)
        if (length := (node.end_lineno or 0) - node.lineno + 1) > 50
    ]
    assert not long, "split them"


def test_no_file_is_called_after_nothing() -> None:
    nothing = {"utils", "util", "helpers", "helper", "common", "misc", "base"}
    assert not [name(path) for path in EVERYTHING if path.stem in nothing]


def test_every_module_says_what_it_is() -> None:
    said = {name(path): ast.get_docstring(tree(path)) or "" for path in [*SOURCES, *SCRIPTS]}
    begin = ("thumblab", "``", "1x1", "3x3")
    assert not [path for path, text in said.items() if not text], "write a docstring"
    assert not [
        text for text in said.values() if not text[0].isupper() and not text.startswith(begin)
    ]


# ----- Tests mirror sources -----

WITHOUT_MIRROR = {
    "layers/__init__.py": "lists layers; the contract tests find them there",
    "engines/protocol.py": "what the networks of both engines are; mypy holds them to it",
    "training/network.py": "one constructor, used by every test of training",
    "config/call.py": "read through models, rates and sources: tests/config/test_grammar.py",
    "config/problem.py": "seen in every error of tests/config",
    "engines/numpy/parameters.py": "what tests/engines/numpy/test_network.py and test_move.py look at",
    "engines/numpy/workers/shared_buffer.py": "where the processes of test_protocol.py meet",
    "engines/numpy/workers/exchange.py": "holds the batches of tests/engines/numpy/test_network.py",
    "engines/torch/twins.py": "refusals of tests/engines/torch/test_worker.py",
    "engines/numpy/workers/threads.py": "the other kind of test_protocol.py",
    "storage/metadata.py": "read by tests/runs/test_trained.py",
    "engines/numpy/workers/processes.py": "one of the two kinds of test_protocol.py",
}


def mirrors(path: Path) -> Iterator[Path]:
    """Where the tests of a module may be."""
    inner = path.relative_to(PACKAGE)
    yield ROOT / "tests" / inner.parent / f"test_{inner.stem}.py"
    if inner.parts[0] == "cli":
        yield ROOT / "tests" / "cli" / "test_help.py"


def test_every_module_has_a_mirrored_test() -> None:
    without = [
        name(next(mirrors(path)))
        for path in SOURCES
        if path.stem not in ("__init__", "__main__")
        and path.relative_to(PACKAGE).as_posix() not in WITHOUT_MIRROR
        and not any(mirror.exists() for mirror in mirrors(path))
    ]
    assert not without, "write these tests"


def test_exceptions_are_not_kept_longer_than_needed() -> None:
    for inner in WITHOUT_MIRROR:
        path = PACKAGE / inner
        assert path.exists(), f"{inner} is gone; take it off the list"
        if path.stem != "__init__":
            assert not next(mirrors(path)).exists(), f"{inner} has tests; take it off the list"


# ----- Banned calls -----


def called(node: ast.Call) -> str:
    return ast.unparse(node.func)


def keyword(node: ast.Call, wanted: str) -> object:
    """The literal value of a keyword argument; None if it is absent, ... if it is no literal."""
    for argument in node.keywords:
        if argument.arg == wanted:
            return argument.value.value if isinstance(argument.value, ast.Constant) else ...
    return None


def objection(node: ast.Call) -> str | None:
    """Why this call must not be in the package."""
    function = called(node)
    last = function.rpartition(".")[2]
    if function.split(".")[0] in ("pickle", "dill", "cloudpickle", "marshal", "shelve", "joblib"):
        return "runs code found in data"
    if function in ("eval", "exec", "os.system", "os.popen", "tempfile.mktemp", "compile"):
        return "is never needed"
    if last in ("extractall", "unpack_archive"):
        return "writes where an archive says"
    if function.startswith("yaml.") and last in ("load", "load_all", "unsafe_load"):
        return "builds objects named in data"
    if function == "torch.load" and keyword(node, "weights_only") is not True:
        return "needs weights_only=True"
    if function in ("np.load", "numpy.load") and keyword(node, "allow_pickle") is not False:
        return "needs allow_pickle=False"
    if keyword(node, "shell") not in (None, False):
        return "goes through a shell"
    if keyword(node, "allow_pickle") not in (None, False):
        return "runs code found in data"
    verbs = ("get", "post", "put", "head", "delete", "request", "patch")
    from_requests = function.startswith("requests.") or "session." in function.lower()
    if from_requests and last in verbs and keyword(node, "timeout") is None:
        return "waits for ever; needs timeout="
    return None


def test_nothing_dangerous_is_called() -> None:
    calls = [
        f"{name(path)}:{node.lineno} {called(node)} {reason}"
        for path in [*SOURCES, *SCRIPTS]
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and (reason := objection(node)) is not None
    ]
    assert not calls


PICKLES = {
    # CIFAR's Python version, by a reader that finds no name but those that describe an array.
    "src/thumblab/data/sources/closed_pickle.py",
}


def test_pickles_are_read_in_one_place() -> None:
    modules = {"pickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
    found = {name(path) for path in [*SOURCES, *SCRIPTS] if set(imported(path)) & modules}
    assert found == PICKLES


def imported(path: Path) -> Iterator[str]:
    """The first names of what a file imports."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (each.name.partition(".")[0] for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]


@pytest.mark.parametrize(
    "line",
    [
        "pickle.load(f)",
        "pickle.loads(b)",
        "torch.load(f)",
        "torch.load(f, weights_only=False)",
        "np.load(f)",
        "np.load(f, allow_pickle=True)",
        "np.savez(f, allow_pickle=flag)",
        "yaml.load(f)",
        "archive.extractall(p)",
        "shutil.unpack_archive(f)",
        "eval(x)",
        "exec(x)",
        "os.system(x)",
        "subprocess.run(x, shell=True)",
        "tempfile.mktemp()",
        "requests.get(url)",
        "self.session.get(url)",
    ],
)
def test_the_ban_notices(line: str) -> None:
    assert objection(ast.parse(line, mode="eval").body) is not None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "line",
    [
        "torch.load(f, weights_only=True)",
        "np.load(f, allow_pickle=False)",
        "yaml.safe_load(f)",
        "requests.get(url, timeout=30)",
        "subprocess.run(x)",
        "re.compile(x)",
        "mapping.get(key)",
    ],
)
def test_the_ban_lets_good_calls_through(line: str) -> None:
    assert objection(ast.parse(line, mode="eval").body) is None  # type: ignore[arg-type]


# ----- Words and doors -----

UNWANTED = ["/" + "work/", "TO" + "DO", "FIX" + "ME", "X" * 3]
TEXTS = [
    path
    for pattern in (
        "*.py",
        "*.toml",
        "*.md",
        "*.html",
        "*.j2",
        "*.css",
        "*.js",
        "*.txt",
        "Makefile",
    )
    for folder in ("src", "tests", "scripts", "benchmarks", "examples", "docs", ".ci")
    for path in sorted((ROOT / folder).rglob(pattern))
    if "_build" not in path.parts  # the site, which is made of the others
] + [
    path
    for path in sorted(ROOT.glob("*"))
    if path.suffix in (".md", ".toml", ".txt") or path.name == "Makefile"
]


def test_nothing_unfinished_and_no_path_of_one_machine_is_in_the_tree() -> None:
    found = [
        f"{name(path)}: {word}"
        for path in [*TEXTS, *SCRIPTS]
        for word in UNWANTED
        if word in path.read_text(encoding="utf-8")
    ]
    assert not found


def test_every_public_name_can_be_imported_and_says_what_it_is() -> None:
    assert thumblab.__all__
    for public in thumblab.__all__:
        assert getattr(thumblab, public).__doc__, f"thumblab.{public} has no docstring"
    assert {"Experiment", "Run", "data", "evaluate", "layers", "train", "zoo"} <= set(
        thumblab.__all__
    )


def test_the_door_shows_the_public_names_before_they_are_used() -> None:
    assert set(dir(thumblab)) == {"__version__", *thumblab.__all__}
    assert thumblab.__version__[0].isdigit()


def test_files_that_are_no_modules_are_in_the_wheel() -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    patterns = told["setuptools"]["package-data"]["thumblab"]
    named = {path for pattern in patterns for path in PACKAGE.glob(pattern)}
    others = {path for path in PACKAGE.rglob("*") if path.is_file()} - set(SOURCES)
    assert not {path for path in others if "__pycache__" not in path.parts} - named


def test_an_unknown_public_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'thumblab' has no attribute 'nothing'"):
        _ = thumblab.nothing


def test_every_module_can_be_imported() -> None:
    without_torch = importlib.util.find_spec("torch") is None
    for path in SOURCES:
        inner = path.relative_to(PACKAGE.parent).with_suffix("")
        if inner.name != "__main__" and not (without_torch and "torch" in inner.parts):
            importlib.import_module(".".join(inner.parts).removesuffix(".__init__"))


# ----- Dependencies -----

NAMED_OTHERWISE = {"scikit-learn": "sklearn", "pillow": "PIL"}


def test_every_dependency_is_imported_somewhere() -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    everywhere = {found for path in SOURCES for found in imported(path)}
    for requirement in told["dependencies"]:
        package = requirement.partition(">=")[0]
        module = NAMED_OTHERWISE.get(package, package)
        assert module in everywhere, f"nothing imports {package}"
