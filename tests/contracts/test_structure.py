"""The shape of the repository: small files, honest names, nothing of any one machine."""

from __future__ import annotations

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests.makers import ROOT

MAX_LINES = 300
MAX_FUNCTION_LINES = 40
CODE = (".py", ".js", ".css", ".sh")
VAGUE = frozenset({"utils", "util", "helpers", "helper", "common", "misc", "manager", "tools"})
# Written in two parts, so that this file does not hold what it forbids.
MACHINE_PATH = re.compile(rb"(?<![\w.:/~}-])/" + rb"(?:work|root|home|Users|tmp)/" + rb"\w")
DEAR = ("corpus", "ingest", "service")


@cache
def tracked() -> tuple[Path, ...]:
    """The files under version control, or every file outside hidden and built folders where there is no git."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, timeout=60).stdout
        names = [name for name in listed.decode().split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        names = [path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*") if path.is_file()]
        names = [name for name in names if not re.match(r"(\.|bundles/|build/|.*\.egg-info/|.*__pycache__)", name)]
    return tuple(path for name in names if (path := ROOT / name).is_file())


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def code() -> list[Path]:
    return [path for path in tracked() if path.suffix in CODE and not named(path).startswith("tests/data/")]


def test_no_file_of_code_is_longer_than_three_hundred_lines() -> None:
    lengths = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in code()}
    assert {name: lines for name, lines in lengths.items() if lines > MAX_LINES} == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [named(path) for path in code() if path.stem.strip("_") in VAGUE] == []
    assert [named(path) for path in tracked() if VAGUE & set(path.relative_to(ROOT).parts[:-1])] == []


def own_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function's body, without its docstring and the functions defined in it."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    inner = [node for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    lines = (function.end_lineno or 0) - body[0].lineno + 1 if body else 0
    return lines - sum((node.end_lineno or 0) - node.lineno + 1 for node in inner)


def test_no_function_of_the_packages_is_longer_than_forty_lines() -> None:
    long = []
    for path in code():
        if path.suffix != ".py" or not named(path).startswith(DEAR) or named(path).startswith("corpus/print/"):
            continue
        long += [
            f"{named(path)}: {node.name} ({own_lines(node)} lines)"
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and own_lines(node) > MAX_FUNCTION_LINES
        ]
    assert long == []


def test_every_module_says_in_its_first_line_what_enters_and_what_leaves() -> None:
    silent = [
        named(path)
        for path in code()
        if path.suffix == ".py"
        and named(path).startswith((*DEAR, "tests"))
        and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_no_file_names_a_path_of_one_machine() -> None:
    found = {named(path): match.group() for path in tracked() if (match := MACHINE_PATH.search(path.read_bytes()))}
    assert found == {}


def test_test_folders_are_named_by_kind_and_shadow_no_package() -> None:
    folders = {path.relative_to(ROOT / "tests").parts[0] for path in tracked() if path.is_relative_to(ROOT / "tests")}
    assert not folders & set(DEAR)


def test_what_is_said_to_be_run_exists() -> None:
    """Every `python -m ingest X` and `python -m service X` in a message or a document is a command."""
    known = {
        package: set(
            re.findall(r'add_parser\(\s*"([\w-]+)"', (ROOT / package / "__main__.py").read_text(encoding="utf-8"))
        )
        for package in ("ingest", "service")
    }
    unknown = set()
    for path in tracked():
        if path.suffix in (".py", ".md", ".toml", ".html", ".js") or path.name == "Makefile":
            text = path.read_text(encoding="utf-8")
            for package, command in re.findall(r"python -m (ingest|service) ([a-z][a-z-]+)", text):
                if command not in known[package] and "docs/adr" not in named(path):
                    unknown.add(f"{named(path)}: python -m {package} {command}")
    assert unknown == set()


@pytest.mark.parametrize("name", ["README.md", "LICENSE", "CHANGELOG.md", "Makefile", "pyproject.toml", ".ci/run"])
def test_what_a_newcomer_looks_for_is_there(name: str) -> None:
    assert (ROOT / name).is_file()
