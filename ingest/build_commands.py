"""The commands that make a bundle: options in, a bundle or a plan out, told in words or as JSON, and an exit code."""

# ruff: noqa: T201 - a command speaks on stdout
from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ingest.publish_command import follow
from ingest.settings import IngestSettings

if TYPE_CHECKING:
    from corpus.document import Source
    from ingest.build import Options
    from ingest.job import Job
    from ingest.plan import Plan
    from ingest.report import BuildReport

OK, NOTHING_TO_DO = 0, 4


def build(options: argparse.Namespace, settings: IngestSettings) -> int:
    """Index what the options name; with `--dry-run` only say what would be done."""
    if options.dry_run:
        return plan(options, settings)
    from corpus.encoder import open_encoder
    from corpus.shelf import Shelf
    from ingest import build as builder
    from ingest.progress import progress_in

    jobs, absent = jobs_of(options, settings)
    progress = progress_in(options.progress, len(jobs), sys.stderr)
    report = builder.build(
        jobs,
        open_encoder(options.encoder or None),
        Shelf(options.bundles),
        now=dt.datetime.now(dt.UTC),
        keep_bundles=settings.keep_bundles,
        options=build_options(options, settings, stage=progress.stage),
        tell=progress.document,
    )
    progress.end(report)
    keep_origin(options)
    if options.json:
        print_json({**asdict(report), "not_fetched": [source.id for source in absent]})
    else:
        print_report(report)
        if absent:
            print(f"{len(absent)} official documents of the catalogue are not on disk (get them with: make corpus)")
    follow(options.bundles, settings)
    return NOTHING_TO_DO if report.unchanged else OK


def plan(options: argparse.Namespace, settings: IngestSettings) -> int:
    """Say what a build would do, and why, without reading a document."""
    from corpus.encoder import open_encoder
    from corpus.shelf import Shelf
    from ingest.build import plan_build

    jobs, absent = jobs_of(options, settings)
    shelf = Shelf(options.bundles)
    made = plan_build(jobs, open_encoder(options.encoder or None), shelf, build_options(options, settings))
    if options.json:
        print_json({**_plan_json(made), "active": shelf.active_id(), "not_fetched": [source.id for source in absent]})
    else:
        _print_plan(made)
    counts = made.counts()
    active = shelf.active_id() is not None
    idle = active and counts["kept"] + counts["withdrawn"] == len(jobs) and not counts["gone"] and not made.remark
    return NOTHING_TO_DO if idle else OK


def jobs_of(options: argparse.Namespace, settings: IngestSettings) -> tuple[list[Job], list[Source]]:
    """The documents that the options name, and the sources of the catalogue that have no file yet.

    Beside a catalogue, what was dropped into the inbox is indexed too; beside a folder, what was pushed to its shelf.
    """
    from corpus.catalogue import load_catalogue
    from corpus.origin import inbox_of_folder
    from ingest.jobs import jobs_of_catalogue, jobs_of_folder, with_inbox

    if options.documents:
        return with_inbox(jobs_of_folder(options.documents), inbox_of_folder(options.bundles)), []
    jobs, absent = jobs_of_catalogue(load_catalogue(options.catalogue))
    return with_inbox(jobs, settings.inbox_dir), absent


def keep_origin(options: argparse.Namespace) -> None:
    """Write down beside the bundles what they are made from, for who indexes anew over HTTP; say so where that is new."""
    from corpus.origin import Origin, read_origin, write_origin

    origin = Origin(documents=options.documents) if options.documents else Origin(catalogue=options.catalogue)
    before = read_origin(options.bundles)
    write_origin(options.bundles, origin)
    if before is not None and before != read_origin(options.bundles):
        print(f"note: the bundle before was made from {before.documents or before.catalogue}", file=sys.stderr)


def build_options(options: argparse.Namespace, settings: IngestSettings, **more: Any) -> Options:
    """The builder's options that the command line and settings give.

    Raises: `questions_invalid`.
    """
    from ingest.build import Options
    from ingest.gate import read_gate
    from ingest.reading import Limits

    limits = Limits(seconds=settings.document_timeout_s, memory_bytes=settings.document_memory_mib << 20)
    gate = read_gate(options.questions, options.tolerance) if options.questions else None
    return Options(limits=limits, readers=settings.readers, full=options.full, gate=gate, **more)


def print_report(report: BuildReport) -> None:
    """Say in a few lines what a build did."""
    counts = report.counts
    print(
        f"bundle {report.bundle_id}: {counts['documents']} documents, {counts['pages']} pages,"
        f" {counts['passages']} passages; {sum(report.seconds.values()):.1f} s; active"
    )
    if report.unchanged:
        print("nothing changed since the active bundle")
    elif report.previous_id:
        told = ", ".join(f"{count} {kind}" for kind, count in report.changes.items() if count)
        print(
            f"{told}; {report.encoded_passages} passages embedded, {counts['passages'] - report.encoded_passages} kept"
        )
    if report.remark:
        print(report.remark)
    if report.recall:
        before = f" (before: {100 * report.recall.before:.1f} %)" if report.recall.before is not None else ""
        print(f"recall on {report.recall.questions} questions: {100 * report.recall.after:.1f} %{before}")
    for document_id, reason in report.gone.items():
        print(f"{document_id} left: {reason}")
    if report.failed:
        print(f"{len(report.failed)} of {len(report.documents)} documents could not be indexed (see above)")


def print_json(value: Any) -> None:
    """The one JSON document on stdout."""
    print(json.dumps(value, ensure_ascii=False, indent=1, default=str))


def _plan_json(made: Plan) -> dict[str, Any]:
    documents = [
        {"document_id": one.job.source.id, "file": one.job.name, "deed": one.deed.value, "reason": one.reason}
        for one in made.documents
    ]
    return {
        "counts": made.counts(),
        "documents": documents,
        "gone": [asdict(one) for one in made.gone],
        "remark": made.remark,
    }


def _print_plan(made: Plan) -> None:
    for one in made.documents:
        if one.deed.value != "kept":
            print(f"{one.deed.value:10} {one.job.source.id}: {one.reason}")
    for gone in made.gone:
        print(f"{'gone':10} {gone.document_id}: {gone.reason}")
    if made.remark:
        print(made.remark)
    print(", ".join(f"{count} {kind}" for kind, count in made.counts().items() if count) or "no documents")
