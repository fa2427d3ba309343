"""`python -m ingest`: build, verify, list and roll back bundles, fetch official documents, train the encoder.

Exit codes: 0 ok, 1 failure, 2 usage or a known error (code and hint on stderr), 4 nothing to do.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from corpus.errors import KnownError
from ingest import shelf_commands
from ingest.settings import IngestSettings, read_settings

if TYPE_CHECKING:
    from corpus.document import Source
    from ingest.build import BuildReport, DocumentReport

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
OK, FAILURE, KNOWN_ERROR, NOTHING_TO_DO = 0, 1, 2, 4


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    try:
        settings = read_settings()
        options = _parser(settings).parse_args(arguments)
        run: Callable[[argparse.Namespace, IngestSettings], int] = options.run
        return run(options, settings)
    except KnownError as fault:
        print(f"{fault.code}: {fault}", file=sys.stderr)
        return KNOWN_ERROR
    except KeyboardInterrupt:
        print("interrupted; the active bundle is untouched", file=sys.stderr)
        return FAILURE


def _parser(settings: IngestSettings) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ingest", description="Index documents for Sourcier.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    build = commands.add_parser("build", help="index a catalogue or a folder, verify the bundle, activate it")
    origin = build.add_mutually_exclusive_group()
    origin.add_argument("--catalogue", type=Path, default=settings.catalogue, help="default: %(default)s")
    origin.add_argument("--documents", type=Path, help="index every document of a folder, without a catalogue")
    build.add_argument(
        "--encoder", default=settings.encoder, help="a folder or a hub name; default: the one that ships"
    )
    _shared(build, settings)
    build.set_defaults(run=_build)

    _add_shelf_commands(commands, settings)

    fetch = commands.add_parser("fetch", help="download the official documents of the catalogue")
    fetch.add_argument("--catalogue", type=Path, default=settings.catalogue, help="default: %(default)s")
    fetch.add_argument("--source", action="append", metavar="ID", help="only this one; may be repeated")
    fetch.set_defaults(run=_fetch)

    train = commands.add_parser("train-encoder", help="train a static French-English encoder on your own text")
    from ingest import train_encoder  # arguments only; torch is imported when it runs

    train_encoder.add_arguments(train)
    train.set_defaults(run=lambda options, _: train_encoder.run(options))
    return parser


def _add_shelf_commands(commands: Commands, settings: IngestSettings) -> None:
    verify = commands.add_parser("verify", help="check the active bundle: checksums, counts, spans, vectors")
    _shared(verify, settings)
    verify.set_defaults(run=shelf_commands.verify)

    listing = commands.add_parser("list", help="list the bundles, the active one marked")
    _shared(listing, settings)
    listing.set_defaults(run=shelf_commands.listing)

    rollback = commands.add_parser("rollback", help="serve the bundle again that was active before")
    rollback.add_argument("--to", metavar="BUNDLE", help="the bundle of that id instead (see list)")
    _shared(rollback, settings)
    rollback.set_defaults(run=shelf_commands.rollback)

    prune = commands.add_parser("prune", help="remove old bundles; never the active one")
    prune.add_argument("--keep", type=_count, default=settings.keep_bundles, metavar="N", help="default: %(default)s")
    _shared(prune, settings)
    prune.set_defaults(run=shelf_commands.prune)

    withdraw = commands.add_parser("withdraw", help="stop citing a document at once, and leave it out of builds")
    withdraw.add_argument("document", metavar="ID", help="the document's id")
    withdraw.add_argument("--reason", required=True, help="shown to whoever asks for the document")
    _shared(withdraw, settings)
    withdraw.set_defaults(run=shelf_commands.withdraw)

    restore = commands.add_parser("restore", help="undo withdraw; the next build indexes the document again")
    restore.add_argument("document", metavar="ID", help="the document's id")
    _shared(restore, settings)
    restore.set_defaults(run=shelf_commands.restore)


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _shared(command: argparse.ArgumentParser, settings: IngestSettings) -> None:
    command.add_argument("--bundles", type=Path, default=settings.bundles_dir, help="default: %(default)s")
    command.add_argument("--json", action="store_true", help="one JSON document on stdout")


def _build(options: argparse.Namespace, settings: IngestSettings) -> int:
    from corpus.catalogue import load_catalogue
    from corpus.encoder import open_encoder
    from corpus.shelf import Shelf
    from ingest.build import build
    from ingest.jobs import jobs_of_catalogue, jobs_of_folder

    absent: list[Source] = []
    if options.documents:
        jobs = jobs_of_folder(options.documents)
    else:
        jobs, absent = jobs_of_catalogue(load_catalogue(options.catalogue))
    encoder = open_encoder(options.encoder or None)
    done = 0

    def tell(report: DocumentReport) -> None:
        nonlocal done
        done += 1
        print(f"[{done}/{len(jobs)}] {_line(report)}", file=sys.stderr, flush=True)

    report = build(
        jobs,
        encoder,
        Shelf(options.bundles),
        now=dt.datetime.now(dt.UTC),
        keep_bundles=settings.keep_bundles,
        tell=tell,
    )
    if options.json:
        _print_json({**asdict(report), "not_fetched": [source.id for source in absent]})
    else:
        _print_report(report)
        if absent:
            print(f"{len(absent)} official documents of the catalogue are not on disk (get them with: make corpus)")
    return NOTHING_TO_DO if report.unchanged else OK


def _print_report(report: BuildReport) -> None:
    counts = report.counts
    print(
        f"bundle {report.bundle_id}: {counts['documents']} documents, {counts['pages']} pages,"
        f" {counts['passages']} passages; {sum(report.seconds.values()):.1f} s; active"
    )
    if report.unchanged:
        print("nothing changed since the active bundle")
    if report.failed:
        print(f"{len(report.failed)} of {len(report.documents)} documents could not be indexed (see above)")


def _line(report: DocumentReport) -> str:
    if report.outcome == "failed":
        return f"{report.file}: FAILED ({report.code}) {report.message}"
    warnings = "".join(f"\n    warning: {warning}" for warning in report.warnings)
    return f"{report.file}: {report.pages} pages, {report.passages} passages{warnings}"


def _fetch(options: argparse.Namespace, settings: IngestSettings) -> int:
    from corpus.catalogue import load_catalogue
    from ingest.fetch import fetch_catalogue

    report = fetch_catalogue(load_catalogue(options.catalogue), options.source, tell=print)
    if report.fetched:
        print(f"{len(report.fetched)} documents fetched; index them with: make ingest")
        return OK
    print("nothing was fetched, nothing was changed", file=sys.stderr)
    return NOTHING_TO_DO if not report.failed else FAILURE


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=1, default=str))


if __name__ == "__main__":
    sys.exit(main())
