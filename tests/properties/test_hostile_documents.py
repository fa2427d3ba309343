"""Whatever is done to a file, it is read or refused by name; whatever is asked, it is answered or refused; nothing falls over.

SOURCIER_FUZZ says how many examples each law is tried on (60; `make hostile` takes 1,500, drawn anew each time).
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from corpus.bundle import Bundle, open_bundle
from corpus.catalogue import load_catalogue
from corpus.encoder import Encoder
from corpus.errors import BundleError, KnownError, ReadError
from ingest.reading import Limits
from ingest.reading_room import ReadingRoom
from ingest.split import SplitRule
from service.body import problem_of_error
from service.engine import AnswerEngine
from service.problems import PROBLEM_KINDS, ProblemError
from service.wire_request import AnswerRequest, question_of
from tests.makers import ROOT, TODAY, question
from tests.office_maker import docx, item, odt, paragraph
from tests.pdf_maker import LOREM, lines, pdf

EXAMPLES = int(os.environ.get("SOURCIER_FUZZ", "60"))
tried = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="SOURCIER_FUZZ" not in os.environ,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)
REFUSALS = {
    "broken_document", "empty_document", "encrypted_document", "scanned_document", "unsupported_document",
    "document_too_large", "document_time_limit", "document_memory_limit",
}  # fmt: skip
NUMBERS = (b"0", b"-1", b"1", b"2147483648", b"99999999999999999999", b"4294967295", b"1e999", b"NaN")
CHUNKS = (b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"<", b">", b"&", b"&#0;", b"]]>", b"endobj", b"stream\n", b"/Kids", b"%%EOF", b"[[[[",
          b"<!DOCTYPE", b"\xe2\x80\xae", b"---\n", b"```", b"|", b"../../", b"\r", b"\x1b[31m")  # fmt: skip
Change = tuple[str, float, float, bytes]
changes: st.SearchStrategy[list[Change]] = st.lists(
    st.tuples(
        st.sampled_from(["flip", "cut", "double", "insert", "number", "swap", "end"]),
        st.floats(0, 1, exclude_max=True),
        st.floats(0, 0.3),
        st.sampled_from(CHUNKS + NUMBERS) | st.binary(min_size=1, max_size=12),
    ),
    min_size=1,
    max_size=8,
)


def changed(data: bytes, wanted: list[Change]) -> bytes:
    """The bytes after some harm."""
    for deed, where, share, put in wanted:
        at, length = int(where * len(data)), max(1, int(share * len(data)))
        before, piece, after = data[:at], data[at : at + length], data[at + length :]
        data = {
            "flip": before + bytes(byte ^ put[n % len(put)] for n, byte in enumerate(piece[:16])) + piece[16:] + after,
            "cut": before + after,
            "double": before + piece * 2 + after,
            "insert": before + put + piece + after,
            "number": _number(data, at, put),
            "swap": after + piece + before,
            "end": before or data,
        }[deed]
    return data[:400_000]


def _number(data: bytes, at: int, put: bytes) -> bytes:
    """The first number behind a place, replaced."""
    start = next((n for n in range(at, len(data)) if 48 <= data[n] < 58), None)
    if start is None:
        return data
    end = next((n for n in range(start, len(data)) if not 48 <= data[n] < 58), len(data))
    return data[:start] + put + data[end:]


def page_of(words: list[str]) -> Callable[[object], None]:
    return lambda canvas: lines(canvas, words) and None  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A small sound file of each format, by its ending."""
    folder = tmp_path_factory.mktemp("sound")
    words = [LOREM, "1. Un premier point.", "La PECAN dure un an, non renouvelable.", "Le plafond est de 780 euros."]
    pdf(folder / "a.pdf", page_of(words), page_of(words[::-1]))
    table = "<w:tbl><w:tr><w:tc>" + paragraph("Un") + "</w:tc><w:tc>" + paragraph("780 €") + "</w:tc></w:tr></w:tbl>"
    docx(folder / "a.docx", paragraph("La PECAN", "Titre1") + paragraph(words[2]) + item("Un point", 1) + table)
    odt(folder / "a.odt", "<text:h text:outline-level='1'>La PECAN</text:h><text:p>Elle dure un an.</text:p>")
    html = "<html><head><title>T</title></head><body>"
    html += "<h1>La PECAN</h1><p>Elle dure un an.<sup>1</sup></p><table><tr><td>780</td></tr></table></body></html>"
    (folder / "a.html").write_text(html, encoding="utf-8")
    markdown = "---\ntitle: T\n---\n# La PECAN\n\nElle dure un an.[^1]\n\n- un\n- deux\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n[^1]: Note.\n"
    (folder / "a.md").write_text(markdown, encoding="utf-8")
    (folder / "a.txt").write_text("La PECAN\n\nElle dure un an.\n\n1. Un point.\n", encoding="utf-8")
    return {path.suffix: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def room() -> Iterator[ReadingRoom]:
    with ReadingRoom(SplitRule(), Limits(seconds=20, memory_bytes=1 << 30), readers=1) as made:
        yield made


def read_or_refuse(room: ReadingRoom, data: bytes, ending: str) -> None:
    """Read a file of these bytes; what is read holds together."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"any{ending}"
        path.write_bytes(data)
        try:
            found = room.read(path)
        except ReadError as refusal:
            assert refusal.code in REFUSALS, (refusal.code, refusal.message)
            return
    assert found.passages
    for passage in found.passages:
        text = found.pages[passage.page_index].text
        assert 0 <= passage.start < passage.end <= len(text)
        for sentence in passage.sentences:
            assert passage.start <= sentence.start < sentence.end <= passage.end
            assert text[sentence.start : sentence.end].strip()
    for page in found.pages:
        page.text.encode("utf-8")
        assert not set(page.text) & set("\x00\u200b\u202e\ufffe")


@pytest.mark.slow
@pytest.mark.parametrize("ending", [".pdf", ".docx", ".odt", ".html", ".md", ".txt"])
def test_a_file_that_was_harmed_is_read_or_refused_by_name(
    room: ReadingRoom, sound: dict[str, bytes], ending: str
) -> None:
    read_or_refuse(room, sound[ending], ending)

    @tried
    @given(changes)
    def law(wanted: list[Change]) -> None:
        read_or_refuse(room, changed(sound[ending], wanted), ending)

    law()


@pytest.mark.slow
@pytest.mark.parametrize("ending", [".docx", ".odt"])
def test_an_office_file_whose_parts_were_harmed_is_read_or_refused_by_name(
    room: ReadingRoom, sound: dict[str, bytes], ending: str
) -> None:
    with zipfile.ZipFile(io.BytesIO(sound[ending])) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}

    @tried
    @given(st.dictionaries(st.sampled_from(sorted(parts)), changes, min_size=1), st.booleans())
    def law(wanted: dict[str, list[Change]], twice: bool) -> None:
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
            for name, data in parts.items():
                made.writestr(name, changed(data, wanted.get(name, [])) if name in wanted else data)
            if twice:
                made.writestr("../../../outside.xml", b"<a/>")
        read_or_refuse(room, held.getvalue(), ending)

    law()


@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-32", "utf-7", "cp1252", "cp500", "utf-8-sig", "latin-1", "cp1256", "shift_jis"]
)
@pytest.mark.parametrize("ending", [".txt", ".md", ".html"])
def test_a_text_in_any_encoding_is_read_or_refused_by_name(room: ReadingRoom, encoding: str, ending: str) -> None:
    text = "La PECAN dure un an, non renouvelable. Son plafond est de 780 euros, « à l'été ».\n" * 3
    read_or_refuse(room, text.encode(encoding, "replace"), ending)
    read_or_refuse(room, text.encode(encoding, "replace")[:-1], ending)


@tried
@given(
    st.text(max_size=600)
    | changes.map(
        lambda wanted: changed((ROOT / "corpus/sources.toml").read_bytes()[:6000], wanted).decode("utf-8", "replace")
    )
)
@example("a = " + "[" * 5000)
@example('[[source]]\nid = "../../etc"\ntitle = "T"\nfile = "/etc/passwd"')
@example('[[source]]\nid = "a"\ntitle = "T"\nurl = "file:///etc/passwd"')
def test_a_catalogue_of_any_text_is_read_or_refused_by_name(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sources.toml"
        path.write_bytes(text.encode("utf-8", "replace"))
        with contextlib.suppress(KnownError):
            for source in load_catalogue(path).sources:
                assert source.id and "/" not in source.id and ".." not in source.id


@pytest.mark.slow
@tried
@given(st.data())
def test_a_bundle_of_which_a_file_was_harmed_is_refused_or_says_the_same(
    small_bundle: Bundle, data: st.DataObject
) -> None:
    names = sorted(
        path.relative_to(small_bundle.folder).as_posix() for path in small_bundle.folder.rglob("*") if path.is_file()
    )
    name = data.draw(st.sampled_from(["card.json", *names]))
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copytree(small_bundle.folder, Path(folder) / "b"))
        path = copy / name
        deed = data.draw(st.sampled_from(["change", "remove", "folder", "link"]))
        if deed == "change":
            path.write_bytes(changed(path.read_bytes(), data.draw(changes)))
        else:
            path.unlink()
            if deed == "folder":
                path.mkdir()
            elif deed == "link":
                path.symlink_to("/etc/hostname")
        try:
            found = open_bundle(copy)
        except BundleError as refusal:
            assert refusal.code in ("bundle_corrupt", "bundle_format", "bundle_missing")
            return
        assert [found.passage_at(row).text for row in range(len(found))] == [
            small_bundle.passage_at(row).text for row in range(len(small_bundle))
        ]
        assert found.documents == small_bundle.documents


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=30)
    | st.sampled_from(["fr", "2026-11-23", "extractive"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
fields = st.sampled_from([*AnswerRequest.model_fields, "publishers", "x"])
bodies = st.dictionaries(fields, json_values, max_size=6).map(lambda body: {"question": "Qui ?", **body})


@tried
@given(bodies)
def test_any_request_is_a_question_or_a_problem(small_bundle: Bundle, body: dict[str, object]) -> None:
    try:
        asked = AnswerRequest.model_validate_json(json.dumps(body, ensure_ascii=True), strict=True)
        made = question_of(asked, small_bundle, TODAY)
    except ValidationError as bad:
        first = bad.errors(include_url=False, include_input=False)[0]
        problem = problem_of_error(first["type"], first["loc"], first["msg"], first.get("ctx", {}))
        assert problem.code == "invalid_request"
    except ProblemError as problem:
        assert PROBLEM_KINDS[problem.code].status in (400, 422)
    else:
        assert 1 <= len(made.text) <= 500


@pytest.mark.slow
@tried
@given(st.text(min_size=1, max_size=300).filter(lambda text: bool(text.strip())))
@example("\u0301" * 300)
@example("a" * 300)
@example("PECAN " + "\u202e\u200b\U000e0041" * 20)
@example("((((((((((" * 30)
@example("'\"`;--" * 50)
def test_any_text_that_is_asked_gets_an_answer_that_quotes_what_is_there(
    small_bundle: Bundle, encoder: Encoder, text: str
) -> None:
    engine = AnswerEngine(small_bundle, encoder)
    for mixed in (text, f"Quel est le plafond de la PECAN ? {text}"[:500]):
        answer = engine.ask(question(mixed))
        for citation in answer.citations:
            page = small_bundle.page(citation.source.id, citation.passage.locator.page_index)
            assert page is not None
            assert page.text[citation.quote.start : citation.quote.end] == citation.quote.exact
