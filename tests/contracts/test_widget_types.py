"""The widget's types, written in its comments, hold: checked by TypeScript where node and npm are at hand."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tests.makers import ROOT

TYPESCRIPT = "typescript@5.9.3"
FOLDER = ROOT / ".cache" / "typescript"
COMPILER = FOLDER / "node_modules" / "typescript" / "bin" / "tsc"
OPTIONS = (
    "--noEmit", "--allowJs", "--checkJs", "--strict", "--target", "es2023", "--module", "es2022",
    "--moduleResolution", "bundler", "--lib", "es2023,dom,dom.iterable,dom.asynciterable",
)  # fmt: skip


@pytest.fixture(scope="module")
def compiler() -> list[str]:
    """The command that checks types; installed once, beside the other caches."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("the widget's types need node and npm")
    if not COMPILER.is_file():
        FOLDER.mkdir(parents=True, exist_ok=True)
        quiet = ("--silent", "--no-fund", "--no-audit", "--ignore-scripts", "--prefix", str(FOLDER))
        try:
            subprocess.run([npm, "install", *quiet, TYPESCRIPT], check=True, capture_output=True, timeout=60)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            pytest.skip(f"the widget's types need {TYPESCRIPT}, which npm could not install")
    return [node, str(COMPILER)]


@pytest.mark.slow
def test_the_types_of_the_widget_hold(compiler: list[str]) -> None:
    widget = ROOT / "service" / "widget"
    files = [str(path) for path in sorted(widget.rglob("*.js"))]
    checked = subprocess.run([*compiler, *OPTIONS, *files], capture_output=True, text=True, check=False, timeout=120)
    assert checked.stdout == ""
    assert checked.returncode == 0
