"""`python -m ingest`: build, verify, list and roll back bundles, fetch official documents, train the encoder.

Exit codes: 0 ok, 1 failure, 2 usage or a known error (code and hint on stderr), 3 a gate failed, 4 nothing to do.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from corpus.errors import KnownError
from ingest import build_commands, fetch_command, publish_command, shelf_commands, watch_command
from ingest.gate import GateError
from ingest.progress import FORMS
from ingest.settings import IngestSettings, read_settings

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
OK, FAILURE, KNOWN_ERROR, GATE_FAILED, NOTHING_TO_DO = 0, 1, 2, 3, 4


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    try:
        settings = read_settings()
        options = _parser(settings).parse_args(arguments)
        run: Callable[[argparse.Namespace, IngestSettings], int] = options.run
        return run(options, settings)
    except KnownError as fault:
        print(f"{fault.code}: {fault}", file=sys.stderr)
        return GATE_FAILED if isinstance(fault, GateError) else KNOWN_ERROR
    except KeyboardInterrupt:
        print("interrupted; the active bundle is untouched", file=sys.stderr)
        return FAILURE


def _parser(settings: IngestSettings) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ingest", description="Index documents for Sourcier.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    build = commands.add_parser("build", help="index a catalogue or a folder, verify the bundle, activate it")
    _add_origin(build, settings)
    build.add_argument("--dry-run", action="store_true", help="only say what would be done, as plan does")
    build.add_argument(
        "--progress", choices=FORMS, default="auto", help="how to tell it on stderr; default: %(default)s"
    )
    build.set_defaults(run=build_commands.build)

    plan = commands.add_parser("plan", help="say what a build would add, change, keep and drop, and why")
    _add_origin(plan, settings)
    plan.set_defaults(run=build_commands.plan)

    _add_shelf_commands(commands, settings)

    fetch = commands.add_parser("fetch", help="download the official documents of the catalogue")
    fetch.add_argument("--catalogue", type=Path, default=settings.catalogue, help="default: %(default)s")
    fetch.add_argument("--source", action="append", metavar="ID", help="only this one; may be repeated")
    fetch.add_argument("--json", action="store_true", help="one JSON document on stdout")
    fetch.set_defaults(run=fetch_command.run)

    _add_watch(commands, settings)

    train = commands.add_parser("train-encoder", help="train a static French-English encoder on your own text")
    from ingest import train_encoder  # arguments only; torch is imported when it runs

    train_encoder.add_arguments(train)
    train.set_defaults(run=lambda options, _: train_encoder.run(options))
    return parser


def _add_origin(command: argparse.ArgumentParser, settings: IngestSettings) -> None:
    """What a build or its plan is about."""
    origin = command.add_mutually_exclusive_group()
    origin.add_argument("--catalogue", type=Path, default=settings.catalogue, help="default: %(default)s")
    origin.add_argument("--documents", type=Path, help="index every document of a folder, without a catalogue")
    command.add_argument(
        "--encoder", default=settings.encoder, help="a folder or a hub name; default: the one that ships"
    )
    command.add_argument("--full", action="store_true", help="take nothing from the active bundle")
    command.add_argument(
        "--questions",
        type=Path,
        default=settings.gate_questions or None,
        metavar="FILE",
        help="do not activate a bundle that finds less of what these questions (JSON Lines) expect: exit code 3",
    )
    command.add_argument(
        "--tolerance",
        type=_share,
        default=settings.gate_tolerance,
        metavar="SHARE",
        help="by how much recall on them may fall; default: %(default)s",
    )
    _shared(command, settings)


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

    publish = commands.add_parser("publish", help="copy the active bundle to a PostgreSQL, and have it answer there")
    publish_command.add_arguments(publish)
    _shared(publish, settings)
    publish.set_defaults(run=publish_command.run)

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


def _add_watch(commands: Commands, settings: IngestSettings) -> None:
    watching = commands.add_parser(
        "watch", help="index the catalogue and a drop folder whenever something settled there"
    )
    _add_origin(watching, settings)
    watching.add_argument(
        "--interval-s", type=_seconds, default=0.5, metavar="N", help="between looks; default: %(default)s"
    )
    watching.add_argument(
        "--fetch-every-h",
        type=_hours,
        default=0.0,
        metavar="N",
        help="also fetch the sources and feeds of the catalogue every N hours (12 is polite); default: never",
    )
    watching.add_argument("--once", action="store_true", help="index what is there now, and end")
    watching.set_defaults(run=watch_command.run)


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _share(text: str) -> float:
    number = float(text)
    if not 0 <= number <= 1:
        raise ValueError(text)
    return number


def _seconds(text: str) -> float:
    number = float(text)
    if not 0 < number <= 86_400:
        raise ValueError(text)
    return number


def _hours(text: str) -> float:
    number = float(text)
    if not 0 <= number <= 8760:
        raise ValueError(text)
    return number


def _shared(command: argparse.ArgumentParser, settings: IngestSettings) -> None:
    command.add_argument("--bundles", type=Path, default=settings.bundles_dir, help="default: %(default)s")
    command.add_argument("--json", action="store_true", help="one JSON document on stdout")


if __name__ == "__main__":
    sys.exit(main())
