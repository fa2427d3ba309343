"""Who may import whom: the contracts of pyproject.toml hold, and each foreign library has one home."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.makers import ROOT

HOMES = {
    "faiss": ("corpus/index",),
    "pypdf": ("ingest/read_pdf",),
    "pypdfium2": ("ingest/read_pdf", "service/"),
    "langchain_text_splitters": ("ingest/split.py",),
    "langchain_core": ("service/",),
    "langchain": ("service/compose_chat.py",),
    "langchain_openai": ("service/compose_chat.py",),
    "langsmith": ("service/compose_chat.py",),
    "mcp": ("service/mcp_server.py",),
    "mcp_types": ("service/mcp_server.py",),
    "sentence_transformers": ("corpus/encoder.py", "ingest/train_"),
    "torch": ("ingest/train_",),
    "snowballstemmer": ("corpus/analysis.py",),
    "lxml": ("ingest/read_html",),
    "markdown_it": ("ingest/read_markdown", "corpus/print/"),
    "rapidfuzz": ("service/spelling.py",),
    "psycopg": ("corpus/postgres",),
}
MODULES = [path for name in ("corpus", "ingest", "service") for path in sorted((ROOT / name).rglob("*.py"))]


def imported(path: Path) -> set[str]:
    """The top-level packages that a module imports, lazily or not."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def test_the_import_contracts_hold() -> None:
    command = Path(sys.executable).with_name("lint-imports")
    found = subprocess.run([command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert found.returncode == 0, found.stdout[-4000:] + found.stderr


@pytest.mark.parametrize("library", HOMES)
def test_a_foreign_library_has_one_home(library: str) -> None:
    elsewhere = [
        name
        for path in MODULES
        if library in imported(path) and not (name := path.relative_to(ROOT).as_posix()).startswith(HOMES[library])
    ]
    assert elsewhere == []


def test_no_module_needs_pickle() -> None:
    for path in MODULES:
        assert not imported(path) & {"pickle", "cPickle", "dill", "shelve", "joblib", "marshal"}, path
        assert "allow_pickle=True" not in path.read_text(encoding="utf-8"), path


def test_importing_a_package_does_no_work_and_opens_no_file_of_ours() -> None:
    program = (
        "import sys, builtins, pathlib\n"
        "opened = []\n"
        "sys.addaudithook(lambda event, args: event == 'open' and opened.append(str(args[0])))\n"
        "import corpus.bundle, corpus.encoder, service.engine, service.evaluate\n"
        "assert 'torch' not in sys.modules and 'sentence_transformers' not in sys.modules\n"
        "assert 'fastapi' not in sys.modules and 'langchain' not in sys.modules\n"
        "root = str(pathlib.Path('corpus').resolve().parent)\n"
        "print([name for name in opened if name.startswith(root) and '.venv' not in name and not name.endswith(('.py', '.pyc'))"
        " and '__pycache__' not in name and pathlib.Path(name).is_file()])\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (found.stdout.strip(), found.stderr) == ("[]", "")
