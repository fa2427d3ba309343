"""What README.md, README.fr.md and the guides show can be typed: commands, files, fields and code are all there."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.app import create_app
from service.engine import AnswerEngine
from service.evaluate import evaluate
from service.judge import load_questions
from service.settings import ServiceSettings
from service.wire_request import AnswerRequest
from tests.http_maker import client_of
from tests.makers import ROOT, call

READMES = ("README.md", "README.fr.md")
PAGES = (
    *READMES,
    "docs/own-documents.md",
    "docs/langchain.md",
    "docs/operating-service.md",
    "docs/python-client.md",
    "docs/search-box.md",
)
FENCE = re.compile(r"^```(?P<info>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
ANSWERABLE = ("answer fr", "answer en", "correct_premise fr")
SILENT = ("abstain fr", "abstain en")
ASSIGNMENT = re.compile(r"[A-Z_]+=.*")


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def fences(page: str, info: str) -> list[str]:
    return [match["body"] for match in FENCE.finditer(text_of(page)) if match["info"].strip() == info]


def commands(page: str) -> Iterator[list[str]]:
    """Every command of a page, in words: indented lines and spans of code that begin with a program of ours."""
    text = FENCE.sub("", text_of(page)).replace("\\\n", " ")
    shown = re.findall(r"^ {4}(\S.*)$", text, re.MULTILINE) + re.findall(r"`([^`\n]+)`", text)
    for line in shown:
        if re.match(r"(?:[A-Z_]+=\S+ )*(?:make|curl|(?:\.venv/bin/)?python) ", line):
            yield shlex.split(line, comments=True)


def documented_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):.*?## ", text_of("Makefile"), re.MULTILINE))


def settings_known() -> set[str]:
    text = text_of("docs/settings.md") + text_of("Makefile")
    return set(re.findall(r"SOURCIER_[A-Z_]+", text)) | {"TORCH_INDEX", "PYTHON", "Q"}


def schema_keys(schema: dict[str, Any], components: dict[str, Any], shown: Any, path: str = "") -> list[str]:
    """The keys of `shown` that the schema does not have, as paths."""
    options = [schema, *schema.get("anyOf", [])]
    options = [components[one["$ref"].rsplit("/", 1)[1]] if "$ref" in one else one for one in options]
    if isinstance(shown, list):
        items = next(one["items"] for one in options if "items" in one)
        return [bad for item in shown for bad in schema_keys(items, components, item, f"{path}[]")]
    if not isinstance(shown, dict):
        return []
    known: dict[str, Any] = {name: one for option in options for name, one in option.get("properties", {}).items()}
    bad = [f"{path}.{key}" for key in shown if key not in known]
    inside = (schema_keys(known[k], components, v, f"{path}.{k}") for k, v in shown.items() if k in known)
    return bad + [name for names in inside for name in names]


def shortened(whole: Any, shape: Any) -> Any:
    """The parts of `whole` that `shape` also has, in its order."""
    if isinstance(shape, dict) and isinstance(whole, dict):
        return {key: shortened(whole.get(key), shape[key]) for key in shape}
    if isinstance(shape, list) and isinstance(whole, list) and shape and len(whole) == len(shape):
        return [shortened(one, shown) for one, shown in zip(whole, shape, strict=True)]
    return whole


@pytest.mark.parametrize("page", PAGES)
def test_every_command_shown_exists(page: str) -> None:
    unknown = []
    for words in commands(page):
        given = [word for word in words if ASSIGNMENT.fullmatch(word)]
        rest = [word for word in words if word not in given]
        unknown += [name for word in given if (name := word.partition("=")[0]) not in settings_known()]
        if rest[0] == "make":
            unknown += [f"make {target}" for target in rest[1:] if target not in documented_targets()]
        elif rest[0].endswith("python") and rest[1] == "-m":
            options = [word for word in rest[4:] if word.startswith("--")]
            told = call(rest[2], rest[3], "--help").stdout
            unknown += [f"{rest[2]} {rest[3]} {one}" for one in options if one not in told]
            assert told, words
    assert unknown == []


@pytest.mark.parametrize("page", PAGES)
def test_every_variable_named_is_a_setting(page: str) -> None:
    named = set(re.findall(r"SOURCIER_[A-Z_]+", text_of(page)))
    assert named <= settings_known()


def test_the_two_commands_come_first() -> None:
    for page in READMES:
        found = [" ".join(words) for words in commands(page)]
        assert found[:2] == ["make run", "make test"]


@pytest.mark.parametrize("page", PAGES)
def test_every_link_to_a_file_leads_somewhere(page: str) -> None:
    targets = re.findall(r"\]\((?!https?://)([^)#]+)[^)]*\)", text_of(page))
    here = (ROOT / page).parent
    assert [target for target in targets if not (here / target).exists()] == []
    assert page not in READMES or "docs/images/page.png" in targets


@pytest.mark.parametrize("page", READMES)
def test_every_file_of_the_tree_exists(page: str) -> None:
    (tree,) = [body for body in fences(page, "text") if body.startswith("corpus/")]
    missing, folder = [], ROOT
    for line in tree.splitlines():
        inside = line.startswith("  ")
        names = [
            word
            for word in re.split(r" {2,}", line.strip())[0].split()
            if re.search(r"[./*]|^(Makefile|LICENSE)$", word)
        ]
        if not inside:
            folder = ROOT / names[0] if names[0].endswith("/") else ROOT
        missing += [name for name in names if not list((folder if inside else ROOT).glob(name.rstrip("/")))]
    assert missing == []


@pytest.mark.parametrize("page", READMES)
def test_every_file_named_in_the_text_exists(page: str) -> None:
    named = re.findall(r"`((?:corpus|ingest|service|tests|docs)/[\w./-]+)`", text_of(page))
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("page", READMES)
def test_the_tree_leaves_no_top_level_entry_out(page: str) -> None:
    try:
        listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("needs git, to tell what belongs to the repository")
    top = {name.partition("/")[0] for name in listed.stdout.splitlines()} - {".gitignore"}
    (tree,) = [body for body in fences(page, "text") if body.startswith("corpus/")]
    named = {word.partition("/")[0] for line in tree.splitlines() if line[0] != " " for word in line.split()}
    assert top <= named


def test_the_curl_example_sends_what_the_api_takes_and_shows_what_it_gives(starter_engine: AnswerEngine) -> None:
    sent = next(words for words in commands("README.md") if words[0] == "curl")
    body = json.loads(sent[sent.index("-d") + 1])
    AnswerRequest.model_validate_json(json.dumps(body))
    (shown,) = (json.loads(one) for one in fences("README.md", "json"))
    given = client_of(starter_engine).post("/v1/answers", json=body).json()
    assert shortened(given, shown) == shown, "paste what the service gives now"
    quote = shown["citations"][0]["quote"]
    page = client_of(starter_engine).get(shown["citations"][0]["links"]["page_text"]).json()
    assert page["text"][quote["start"] : quote["end"]] == quote["exact"]


def test_the_fields_of_the_shown_answer_are_described() -> None:
    with TestClient(create_app(ServiceSettings(), None)) as client:
        described = client.get("/openapi.json").json()
    components = described["components"]["schemas"]
    assert "/v1/answers" in described["paths"]
    for page in READMES:
        for one in fences(page, "json"):
            assert schema_keys(components["AnswerOut"], components, json.loads(one)) == []


def test_the_command_line_gives_what_the_readme_shows(starter: Path) -> None:
    for page in READMES:
        (question,) = [words[2].removeprefix("Q=") for words in commands(page) if words[:2] == ["make", "ask"]]
        shown = fences(page, "text")[0].strip()
        given = call("service", "ask", question, "--as-of", "2026-11-23", "--bundles", str(starter)).stdout
        assert given.strip() == shown


def test_the_readme_claims_no_more_than_is_measured(starter_engine: AnswerEngine) -> None:
    report = evaluate(starter_engine, load_questions(ROOT / "tests" / "data" / "questions-dev.jsonl"))
    by = {kind: report.by("behavior").get(kind, (0, 0)) for kind in ANSWERABLE + SILENT}
    measured = [[sum(by[kind][n] for kind in kinds) for n in (0, 1)] for kinds in (ANSWERABLE, SILENT)]
    for page in READMES:
        claimed = re.findall(r"\| (\d+) (?:of|sur) (\d+) \|", text_of(page))
        assert [int(total) for _, total in claimed] == [total for _, total in measured]
        assert all(int(passed) <= reached for (passed, _), (reached, _) in zip(claimed, measured, strict=True)), (
            measured
        )
    assert report.verbatim_share == 1.0


def test_the_readme_counts_the_documents_and_the_questions_right(starter_engine: AnswerEngine) -> None:
    questions = len(load_questions(ROOT / "tests" / "data" / "questions-dev.jsonl"))
    for page in READMES:
        assert f" {len(starter_engine.bundle.documents)} notes " in text_of(page)
        assert f" {questions} questions " in text_of(page)


def test_the_french_page_shows_the_same_examples() -> None:
    for info in ("json", "html"):
        assert fences("README.fr.md", info) == fences("README.md", info)
    english, french = ([" ".join(words) for words in commands(page)] for page in READMES)
    assert set(english) == set(french)


def test_the_embed_snippet_is_served(starter_engine: AnswerEngine) -> None:
    (snippet,) = fences("README.md", "html")
    script, element = snippet.strip().splitlines()
    origin = re.findall(r'endpoint="([^"]+)"', element)[0]
    client = client_of(starter_engine)
    for address in (*re.findall(r'src="([^"]+)"', script), *re.findall(r'href="([^"]+)"', element)):
        assert client.get(address.removeprefix(origin)).status_code == 200


def test_the_code_of_the_langchain_guide_runs(
    starter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the order of the page, in a folder where `bundles` is the starter corpus."""
    (tmp_path / "bundles").symlink_to(starter)
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "langchain_guide"}
    blocks = fences("docs/langchain.md", "python")
    assert len(blocks) > 5
    for block in blocks:
        exec(compile(block, "docs/langchain.md", "exec"), names)
    printed = capsys.readouterr().out
    assert "780\u00a0€" in names["answer"] and "780\u00a0€" in printed
    assert names["holding"]


def test_what_the_guide_needs_a_model_for_is_at_least_there() -> None:
    (block,) = fences("docs/langchain.md", "python needs=model")
    names: dict[str, Any] = {}
    exec("\n".join(line for line in block.splitlines() if line.startswith(("import", "from"))), names)
    assert callable(names["init_chat_model"])
