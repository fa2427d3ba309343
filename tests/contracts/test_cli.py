"""The command lines: exit codes, code and hint on stderr, one JSON document on stdout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests import makers
from tests.makers import run


def call(package: str, *arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command."""
    done = makers.call(package, *arguments)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documents")
    (folder / "pecan.md").write_text("# La PECAN\n\nLa PECAN dure un an, non renouvelable.\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory, documents: Path) -> Path:
    folder = tmp_path_factory.mktemp("bundles")
    done = run("ingest", "build", "--documents", str(documents), "--bundles", str(folder))
    assert done.returncode == 0, done.stderr
    return folder


def document_of(text: str) -> Any:
    """The one JSON document that a text is; anything before or after it fails."""
    return json.loads(text)


@pytest.mark.parametrize(
    ("package", "commands"),
    [
        ("ingest", ["build", "verify", "list", "fetch", "train-encoder"]),
        ("service", ["serve", "ask", "eval", "verify"]),
    ],
)
def test_help_names_every_command(package: str, commands: list[str]) -> None:
    done = run(package, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert all(command in done.stdout for command in commands)


@pytest.mark.parametrize("command", ["build", "verify", "list", "fetch"])
def test_every_command_of_ingest_explains_itself(command: str) -> None:
    code, out, _ = call("ingest", command, "--help")
    assert code == 0
    assert out.startswith("usage: python -m ingest")


@pytest.mark.parametrize("command", ["serve", "ask", "eval", "verify"])
def test_every_command_of_service_explains_itself(command: str) -> None:
    code, out, _ = call("service", command, "--help")
    assert code == 0
    assert out.startswith("usage: python -m service")


@pytest.mark.parametrize(
    ("package", "arguments"),
    [
        ("ingest", []),
        ("ingest", ["unknown"]),
        ("ingest", ["build", "--catalogue", "a", "--documents", "b"]),
        ("service", []),
        ("service", ["ask"]),
        ("service", ["ask", "Quand ?", "--as-of", "hier"]),
        ("service", ["serve", "--port", "x"]),
    ],
)
def test_wrong_usage_exits_with_2_and_speaks_on_stderr_only(package: str, arguments: list[str]) -> None:
    code, out, err = call(package, *arguments)
    assert (code, out) == (2, "")
    assert "usage:" in err


@pytest.mark.parametrize(
    ("package", "arguments", "fault"),
    [
        ("ingest", ["build", "--catalogue", "absent.toml"], "catalogue_missing"),
        ("ingest", ["build", "--documents", "absent"], "documents_missing"),
        ("ingest", ["verify", "--bundles", "absent"], "bundle_missing"),
        ("ingest", ["fetch", "--source", "nobody"], "catalogue_invalid"),
        ("service", ["ask", "Quand ?", "--bundles", "absent"], "bundle_missing"),
        ("service", ["eval", "--bundles", "absent"], "bundle_missing"),
        ("service", ["serve", "--bundles", "absent"], "bundle_missing"),
    ],
)
def test_a_known_error_exits_with_2_its_code_and_a_hint_on_stderr(
    package: str, arguments: list[str], fault: str
) -> None:
    code, out, err = call(package, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"{fault}: ")
    assert err.count("\n") == 1
    assert "Traceback" not in err


@pytest.mark.parametrize("question", ["", "   ", "x" * 501])
def test_a_question_outside_the_limits_exits_with_2(bundles: Path, question: str) -> None:
    code, out, err = call("service", "ask", question, "--bundles", str(bundles))
    assert (code, out) == (2, "")
    assert err.startswith("question_")


def test_building_again_without_a_change_exits_with_4(bundles: Path, documents: Path) -> None:
    code, out, _ = call("ingest", "build", "--documents", str(documents), "--bundles", str(bundles))
    assert code == 4
    assert "nothing changed" in out


def test_build_prints_one_json_document_and_its_progress_on_stderr(tmp_path: Path, documents: Path) -> None:
    code, out, err = call("ingest", "build", "--documents", str(documents), "--bundles", str(tmp_path), "--json")
    assert code == 0
    report = document_of(out)
    assert report["bundle_id"].startswith("b-")
    assert [one["outcome"] for one in report["documents"]] == ["indexed"]
    assert "pecan.md" in err


def test_verify_and_list_print_one_json_document(bundles: Path) -> None:
    code, out, _ = call("ingest", "verify", "--bundles", str(bundles), "--json")
    assert (code, document_of(out)["verified"]) == (0, True)
    code, out, _ = call("ingest", "list", "--bundles", str(bundles), "--json")
    assert (code, [one["active"] for one in document_of(out)["bundles"]]) == (0, [True])


def test_list_of_nothing_is_a_list(tmp_path: Path) -> None:
    code, out, _ = call("ingest", "list", "--bundles", str(tmp_path), "--json")
    assert (code, document_of(out)) == (0, {"bundles": []})


def test_ask_prints_the_answer_with_its_quotes(bundles: Path) -> None:
    code, out, err = call("service", "ask", "Combien de temps dure la PECAN ?", "--bundles", str(bundles))
    assert (code, err) == (0, "")
    assert "« La PECAN dure un an, non renouvelable. »" in out


def test_ask_prints_one_json_document(bundles: Path) -> None:
    arguments = [
        "ask",
        "Combien de temps dure la PECAN ?",
        "--bundles",
        str(bundles),
        "--json",
        "--as-of",
        "2026-11-23",
    ]
    code, out, _ = call("service", *arguments)
    answer = document_of(out)
    assert (code, answer["outcome"]) == (0, "answered")
    assert answer["citations"][0]["quote"]["exact"] == "La PECAN dure un an, non renouvelable."


def test_eval_prints_one_json_document(bundles: Path, tmp_path: Path) -> None:
    line = {"id": "Q", "question": "Combien de temps dure la PECAN ?", "behavior": "answer", "as_of": "2026-11-23"}
    path = tmp_path / "q.jsonl"
    path.write_text(json.dumps({**line, "expected_facts": ["un an"]}), encoding="utf-8")
    code, out, _ = call("service", "eval", "--bundles", str(bundles), "--questions", str(path), "--json")
    assert (code, document_of(out)["questions"], document_of(out)["failed"]) == (0, 1, [])


def test_a_taken_port_is_said_before_anything_is_loaded(bundles: Path) -> None:
    import socket

    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = str(holder.getsockname()[1])
        code, _, err = call("service", "serve", "--bundles", str(bundles), "--port", port)
    assert (code, err.startswith("port_in_use: ")) == (2, True)
    assert port in err
