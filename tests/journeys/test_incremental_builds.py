"""Documents change, and the bundle follows: what is unchanged is kept, and the result is as if all had been done anew."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.bundle import Bundle, open_bundle
from corpus.catalogue import load_catalogue
from corpus.encoder import Encoder
from corpus.shelf import Shelf
from ingest.build import BuildReport, Options, build
from ingest.jobs import jobs_of_catalogue, jobs_of_folder
from ingest.split import SplitRule
from tests.makers import ROOT, call

NOW = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)


class Press:
    """A folder of documents and a shelf that follows it."""

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        self.documents = folder / "documents"
        self.documents.mkdir()
        self.shelf = Shelf(folder / "bundles")
        self.encoder = encoder

    def write(self, **texts: str) -> None:
        for name, text in texts.items():
            (self.documents / f"{name}.md").write_text(text, encoding="utf-8")

    def build(self, **options: Any) -> BuildReport:
        self.days = getattr(self, "days", -1) + 1
        return build(
            jobs_of_folder(self.documents),
            self.encoder,
            self.shelf,
            now=NOW + dt.timedelta(days=self.days),
            keep_bundles=9,
            options=Options(**options),
        )

    def bundle(self) -> Bundle:
        return open_bundle(self.shelf.active_folder())

    def full_id(self, folder: Path) -> str:
        """The id that a full build of the same documents gives elsewhere."""
        made = build(jobs_of_folder(self.documents), self.encoder, Shelf(folder), now=NOW, keep_bundles=1)
        return made.bundle_id


@pytest.fixture
def press(tmp_path: Path, encoder: Encoder) -> Press:
    made = Press(tmp_path, encoder)
    made.write(
        pecan="# La PECAN\n\n## Durée\n\nLa PECAN dure un an.\n\n## Prix\n\nLe plafond est de 780 € par an.\n",
        hds="# Le HDS\n\nL’hébergement de données de santé (HDS) couvre six activités.\n",
        eeds="# L’EEDS\n\nL’espace européen des données de santé (EEDS) entre en application en 2029.\n",
    )
    return made


def ids(bundle: Bundle) -> dict[str, int]:
    return {bundle.passage_at(row).id: row for row in range(len(bundle))}


def test_a_change_reads_one_document_and_embeds_one_passage(press: Press, tmp_path: Path) -> None:
    assert press.build().changes["added"] == 3
    before = press.bundle()
    press.write(pecan=(press.documents / "pecan.md").read_text(encoding="utf-8").replace("un an", "deux ans"))
    report = press.build()
    assert {kind: n for kind, n in report.changes.items() if n} == {"changed": 1, "kept": 2}
    assert report.encoded_passages == 1
    after = press.bundle()
    kept = ids(before).keys() & ids(after).keys()
    assert len(kept) == len(before) - 1
    for identifier in kept:
        rows = np.array([ids(before)[identifier]]), np.array([ids(after)[identifier]])
        assert (before.vectors.vectors_of(rows[0]) == after.vectors.vectors_of(rows[1])).all()
    assert report.bundle_id == press.full_id(tmp_path / "elsewhere")


def test_every_kind_of_change_gives_the_bundle_that_a_full_build_gives(press: Press, tmp_path: Path) -> None:
    press.build()
    steps = [
        lambda: press.write(aaa="# Un ajout\n\nLe triage relève du haut risque.\n"),
        (press.documents / "hds.md").unlink,
        lambda: press.write(pecan="# La PECAN\n\nTout est autre.\n", zzz="Une fin. Le HDS couvre six activités.\n"),
        lambda: press.write(hds="# Le HDS\n\nLe HDS couvre six activités.\n"),
        lambda: press.write(eeds="# Autre titre\n\nL’espace européen des données de santé (EEDS) entre en 2029.\n"),
        lambda: (press.documents / "vide.md").write_bytes(b""),
        lambda: [path.unlink() for path in press.documents.glob("[a-p]*.md")],
    ]
    for number, step in enumerate(steps):
        step()
        assert press.build().bundle_id == press.full_id(tmp_path / f"elsewhere-{number}"), number


def test_nothing_new_reads_nothing_and_writes_nothing(press: Press) -> None:
    press.build()
    before = sorted(press.shelf.folder.rglob("*"))
    report = press.build()
    assert report.unchanged
    assert report.changes["kept"] == 3
    assert sorted(press.shelf.folder.rglob("*")) == before


def test_other_rules_or_a_damaged_bundle_have_everything_read_again(press: Press) -> None:
    press.build()
    assert press.build(rule=SplitRule(target_chars=20)).changes["changed"] == 3
    text = press.shelf.active_folder() / "text.bin"
    text.write_bytes(text.read_bytes()[:-1] + b"?")
    report = press.build(rule=SplitRule(target_chars=20))
    assert report.changes["added"] == 3
    assert "text.bin" in report.remark
    press.bundle()


def test_another_encoder_has_every_passage_embedded_and_no_document_read(press: Press, encoder: Encoder) -> None:
    class Other:
        card = type(encoder.card)(**{**encoder.card.to_json(), "name": "other", "revision": "1"})
        encode_passages = staticmethod(encoder.encode_passages)
        encode_questions = staticmethod(encoder.encode_questions)

    press.build()
    press.encoder = Other()
    report = press.build()
    assert report.changes["kept"] == 3
    assert report.encoded_passages == report.counts["passages"] == 4
    assert press.bundle().card.encoder.name == "other"


def test_the_catalogue_can_say_something_else_of_a_text_that_stays(tmp_path: Path, encoder: Encoder) -> None:
    (tmp_path / "a.md").write_text("# A\n\nLa PECAN dure un an.\n", encoding="utf-8")
    shelf, entry = Shelf(tmp_path / "bundles"), '[[source]]\nid = "a"\ntitle = "{}"\nfile = "a.md"\n{}\n'
    found = []
    for title, more in (("Titre", ""), ("Titre", 'status = "superseded"'), ("Autre titre", 'status = "superseded"')):
        (tmp_path / "sources.toml").write_text(entry.format(title, more), encoding="utf-8")
        jobs, _ = jobs_of_catalogue(load_catalogue(tmp_path / "sources.toml"))
        report = build(jobs, encoder, shelf, now=NOW, keep_bundles=9)
        full = build(jobs, encoder, Shelf(tmp_path / f"full-{len(found)}"), now=NOW, keep_bundles=9)
        assert report.bundle_id == full.bundle_id
        found.append((report.changes["described"], report.encoded_passages))
    assert found == [(0, 1), (1, 0), (1, 1)]
    (change,) = open_bundle(shelf.active_folder()).changes[0].changed
    assert (change.fields, change.added) == (("title",), ())


def test_a_bundle_tells_what_it_changed_sentence_by_sentence_and_what_those_before_it_did(press: Press) -> None:
    press.build()
    press.write(
        pecan="# La PECAN\n\n## Durée\n\nLa PECAN dure deux ans.\n\n## Prix\n\nLe plafond est de 780 € par an.\n"
    )
    press.write(nouveau="# Nouveau\n\nUne nouvelle règle.\n")
    (press.documents / "hds.md").unlink()
    press.build()
    newest, first = press.bundle().changes
    assert newest.previous_id == first.bundle_id
    assert [one.document_id for one in newest.entered] == ["nouveau"]
    (changed,) = newest.changed
    assert (changed.document_id, changed.added, changed.removed) == (
        "pecan",
        ("La PECAN dure deux ans.",),
        ("La PECAN dure un an.",),
    )
    assert [(one.document_id, one.reason) for one in newest.left] == [("hds", "no longer among the documents to index")]
    assert {one.document_id for one in first.entered} == {"pecan", "hds", "eeds"}
    assert first.previous_id is None


def test_going_back_to_old_documents_gives_the_old_bundle_and_tells_of_the_way_back(press: Press) -> None:
    old = (press.documents / "hds.md").read_text(encoding="utf-8")
    first = press.build().bundle_id
    press.write(hds="# Le HDS\n\nAutre chose.\n")
    second = press.build().bundle_id
    press.write(hds=old)
    assert press.build().bundle_id == first
    assert press.bundle().changes[0].previous_id == second
    assert press.shelf.previous_id() == second


def test_a_withdrawn_document_is_left_out_of_builds_until_it_is_restored(press: Press) -> None:
    press.build()
    press.shelf.withdrawals().withdraw("hds", "Remplacé.", NOW)
    report = press.build()
    assert (report.changes["withdrawn"], report.changes["kept"], report.gone) == (1, 2, {"hds": "withdrawn: Remplacé."})
    assert press.bundle().document("hds") is None
    assert press.build().unchanged
    press.shelf.withdrawals().restore("hds")
    assert press.build().changes["added"] == 1


def test_a_document_that_became_unreadable_is_told_and_leaves(press: Press) -> None:
    press.build()
    (press.documents / "hds.md").write_bytes(b"\x00\x01" * 900)
    report = press.build()
    assert (report.changes["failed"], report.changes["kept"]) == (1, 2)
    assert press.bundle().changes[0].left[0].reason.startswith("unsupported_document: hds.md")


def test_the_starter_corpus_in_any_order_of_change_is_the_same_bundle(
    starter_build: tuple[Path, BuildReport], encoder: Encoder, tmp_path: Path
) -> None:
    shutil.copytree(ROOT / "corpus" / "documents", tmp_path / "documents")
    shutil.copy(ROOT / "corpus" / "sources.toml", tmp_path / "sources.toml")
    shelf = Shelf(tmp_path / "bundles")
    jobs, _ = jobs_of_catalogue(load_catalogue(tmp_path / "sources.toml"))
    edited = next(job.path for job in jobs[20:] if job.path.suffix == ".md")
    text = edited.read_text(encoding="utf-8")
    edited.write_text(f"{text}\nUne phrase de plus.\n", encoding="utf-8")
    build([*jobs[20:], *jobs[:10]], encoder, shelf, now=NOW, keep_bundles=2)
    edited.write_text(text, encoding="utf-8")
    report = build(jobs, encoder, shelf, now=NOW, keep_bundles=2)
    assert report.bundle_id == starter_build[1].bundle_id
    assert report.changes["changed"] == 1


def test_a_plan_says_what_a_build_would_do_and_does_nothing(press: Press) -> None:
    folders = ("--documents", str(press.documents), "--bundles", str(press.shelf.folder))
    assert call("ingest", "plan", *folders).stdout.endswith("3 added\n")
    assert press.shelf.active_id() is None
    press.build()
    assert call("ingest", "build", "--dry-run", *folders).returncode == 4
    press.write(pecan="Autre chose.\n", neuf="Une règle.\n")
    (press.documents / "eeds.md").unlink()
    done = call("ingest", "plan", "--json", *folders)
    told = json.loads(done.stdout)
    assert done.returncode == 0
    assert {one["document_id"]: one["deed"] for one in told["documents"]} == {
        "hds": "kept",
        "neuf": "added",
        "pecan": "changed",
    }
    assert [one["document_id"] for one in told["gone"]] == ["eeds"]
    assert told["active"] == press.shelf.active_id()
    assert len(press.shelf.cards()) == 1


def test_the_commands_roll_back_withdraw_restore_and_prune(press: Press) -> None:
    bundles = ("--bundles", str(press.shelf.folder))
    first = press.build().bundle_id
    press.write(hds="# Le HDS\n\nAutre chose.\n")
    second = press.build().bundle_id
    assert first in call("ingest", "rollback", *bundles).stdout
    assert press.shelf.active_id() == first
    assert call("ingest", "rollback", *bundles).stderr.startswith("no_previous_bundle")
    assert call("ingest", "rollback", "--to", second, *bundles).returncode == 0
    assert call("ingest", "rollback", "--to", "b-none", *bundles).stderr.startswith("bundle_missing")
    assert "Remplacé." in call("ingest", "withdraw", "hds", "--reason", "Remplacé.", *bundles).stdout
    assert call("ingest", "withdraw", "personne", "--reason", "R.", *bundles).stderr.startswith("document_unknown")
    assert set(press.shelf.withdrawals().current()) == {"hds"}
    assert call("ingest", "restore", "hds", *bundles).returncode == 0
    assert call("ingest", "restore", "hds", *bundles).returncode == 4
    assert first in call("ingest", "prune", "--keep", "1", *bundles).stdout
    assert [card.id for card in press.shelf.cards()] == [second]


def test_progress_for_programs_is_one_json_document_a_line(press: Press) -> None:
    done = call(
        "ingest", "build", "--documents", str(press.documents), "--bundles", str(press.shelf.folder),
        "--progress", "json", "--json",
    )  # fmt: skip
    events = [json.loads(line) for line in done.stderr.splitlines()]
    assert [one["stage"] for one in events if one["event"] == "stage"] == [
        "plan", "read", "embed", "write", "verify", "activate", "prune",
    ]  # fmt: skip
    documents = [one for one in events if one["event"] == "document"]
    assert [(one["done"], one["total"]) for one in documents] == [(1, 3), (2, 3), (3, 3)]
    assert events[-1] == {"event": "end", "bundle_id": json.loads(done.stdout)["bundle_id"], "unchanged": False}
