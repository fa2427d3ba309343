"""`python -m service`: serve over HTTP, ask one question, evaluate a questions file, verify a kept answer.

Exit codes: 0 ok, 1 failure, 2 usage or a known error (code and hint on stderr), 3 a gate failed.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import json
import math
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import KnownError
from service import operator_commands
from service.settings import ServiceSettings, read_settings

if TYPE_CHECKING:
    from fastapi import FastAPI

    from service.answer import Answer

OK, FAILURE, KNOWN_ERROR, GATE_FAILED = 0, 1, 2, 3
MAX_CONNECTIONS = 16384
SHUTDOWN_MARGIN_S = 5
"""Answers under way may end when the service is told to stop; a client that dawdles, or follows a job, is not waited for longer."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    try:
        try:
            settings = read_settings()
        except KnownError as fault:
            if given[:1] == ["doctor"]:
                return operator_commands.doctor_without_settings(given, fault)
            raise
        options = _parser(settings).parse_args(arguments)
        run: Callable[[argparse.Namespace, ServiceSettings], int] = options.run
        return run(options, settings)
    except KnownError as fault:
        print(f"{fault.code}: {fault}", file=sys.stderr)
        return KNOWN_ERROR
    except KeyboardInterrupt:
        return OK
    except BrokenPipeError:  # what was printed is no longer read, as in `... | head -1`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK


def application() -> FastAPI:
    """The application of the environment's settings; what each worker process calls.

    Raises: KnownError where the active bundle cannot be served.
    """
    from service.app import create_app
    from service.opening import open_active
    from service.threads import one_thread_a_question, switch_often
    from service.writer import writer_of

    one_thread_a_question()
    switch_often()
    settings = read_settings()
    writer = writer_of(settings)
    engine = open_active(settings).warm()
    return create_app(settings, engine, follow=True, writer=writer.warm() if writer else None)


def _parser(settings: ServiceSettings) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m service", description="Answer questions with cited passages.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", help="serve the API, the pages and the widget")
    serve.add_argument("--host", default=settings.host, help="default: %(default)s")
    serve.add_argument("--port", type=int, default=settings.port, help="default: %(default)s")
    serve.add_argument("--workers", type=int, default=settings.workers, help="processes; default: %(default)s")
    _bundles(serve, settings)
    serve.set_defaults(run=_serve)

    ask = commands.add_parser("ask", help="ask one question and print the answer with its quotes")
    ask.add_argument("question")
    ask.add_argument(
        "--as-of",
        type=dt.date.fromisoformat,
        default=dt.date.today(),
        metavar="DATE",
        help="YYYY-MM-DD; default: today",
    )
    ask.add_argument("--lang", choices=["fr", "en"], help="default: the question's language")
    ask.add_argument(
        "--mode", choices=["extractive", "generative"], default=settings.mode_default, help="default: %(default)s"
    )
    ask.add_argument("--json", action="store_true", help="one JSON document on stdout")
    _bundles(ask, settings)
    ask.set_defaults(run=_ask)

    evaluate = commands.add_parser("eval", help="judge the answers to a questions file (JSON Lines)")
    evaluate.add_argument(
        "--questions", type=Path, default=Path("tests/data/questions-dev.jsonl"), help="default: %(default)s"
    )
    evaluate.add_argument("--failures", action="store_true", help="print each answer that did not pass")
    evaluate.add_argument("--json", action="store_true", help="one JSON document on stdout")
    _bundles(evaluate, settings)
    evaluate.set_defaults(run=_evaluate)
    _add_verify(commands, settings)
    _add_upkeep(commands, settings)
    return parser


def _add_upkeep(commands: Any, settings: ServiceSettings) -> None:
    doctor = commands.add_parser("doctor", help="look for what is missing, broken or unsafe here")
    operator_commands.add_doctor(doctor, settings)
    purge = commands.add_parser("purge", help="remove readers' reports and operators' acts that are old")
    operator_commands.add_purge(purge, settings)


def _add_verify(commands: Any, settings: ServiceSettings) -> None:
    check = commands.add_parser("verify", help="compare a kept answer with the bundles: digests, offsets, quotes")
    check.add_argument("answer", metavar="ANSWER.json", help="JSON of an answer; - for stdin")
    check.add_argument("--lang", choices=["fr", "en"], help="language of the report; default: the answer's")
    check.add_argument("--json", action="store_true", help="one JSON document on stdout")
    _bundles(check, settings)
    check.set_defaults(run=_verify)


def _bundles(command: argparse.ArgumentParser, settings: ServiceSettings) -> None:
    command.add_argument("--bundles", type=Path, default=settings.bundles_dir, help="default: %(default)s")


def _serve(options: argparse.Namespace, settings: ServiceSettings) -> int:
    import uvicorn

    from service.connections import PatientProtocol
    from service.opening import check_active
    from service.server import PatientServer
    from service.workers import Workers
    from service.writer import warnings_of

    check_active(settings, options.bundles)
    _check_port(options.host, options.port)
    os.environ["SOURCIER_BUNDLES_DIR"] = str(options.bundles)
    os.environ["SOURCIER_WORKERS"] = str(options.workers)
    for warning in warnings_of(read_settings()):  # what the workers will read
        print(f"warning: {warning}", file=sys.stderr, flush=True)
    _allow_connections()
    host = f"[{options.host}]" if ":" in options.host else options.host
    print(f"Sourcier: http://{host}:{options.port}  (Ctrl+C to stop)", flush=True)
    config = uvicorn.Config(
        "service.__main__:application",
        factory=True,
        host=options.host,
        port=options.port,
        workers=options.workers,
        log_level="warning",
        access_log=False,
        server_header=False,
        log_config=None,
        http=PatientProtocol,
        ws="none",
        timeout_graceful_shutdown=math.ceil(settings.answer_timeout_s) + SHUTDOWN_MARGIN_S,
    )
    if options.workers > 1:
        return Workers(config).run()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(OK))  # until there is something to end with care
    signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))  # alone, it cannot be renewed: it ends
    server = PatientServer(config)
    server.run()
    return OK if server.started else FAILURE


def _allow_connections() -> None:
    """Let this process and its workers hold as many connections as the system grants; the usual 1,024 are soon taken."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < (wanted := MAX_CONNECTIONS if hard == resource.RLIM_INFINITY else min(hard, MAX_CONNECTIONS)):
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _check_port(host: str, port: int) -> None:
    """Say that a port is taken before anything is loaded, rather than after.

    Raises: `port_in_use`, `host_unknown`.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as bad:
        raise KnownError("host_unknown", f"the address {host} cannot be used: {bad}", "Give one with --host.") from bad
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as bad:
            hint = "Set another one: SOURCIER_PORT=8001 make run (or --port 8001)."
            raise KnownError("port_in_use", f"port {port} of {host} cannot be used: {bad.strerror}", hint) from bad


def _ask(options: argparse.Namespace, settings: ServiceSettings) -> int:
    from service.answer import Question
    from service.opening import open_active
    from service.problems import ProblemError
    from service.wire import answer_out
    from service.wire_request import trimmed_question
    from service.writer import writer_of

    try:
        text = trimmed_question(options.question)
    except ProblemError as problem:
        raise KnownError(problem.code, problem.detail.fr, problem.detail.en) from problem
    engine = open_active(settings, options.bundles)
    question = Question(text, options.as_of, options.lang, options.mode)
    answer = engine.ask(question, writer_of(settings) if options.mode == "generative" else None)
    if options.json:
        sent = answer_out(
            answer,
            engine.bundle,
            answer_id="ans_cli",
            request_id="cli",
            as_of=options.as_of,
            include=["passages", "timings"],
        )
        _print_json(sent.model_dump(mode="json", exclude_none=True))
        return OK
    _print_answer(answer)
    return OK


def _print_answer(answer: Answer) -> None:
    from service.answer_text import AI_GENERATED

    print(answer.text)
    if answer.ai_generated:
        print(f"  ! {AI_GENERATED.in_(answer.lang)} ({answer.model}, {answer.prompt_version})")
    for notice in answer.notices:
        print(f"  ! {notice.text}")
    for citation in answer.citations:
        label = citation.passage.locator.page_label
        page = f", p. {label}" if label else ""
        section = " > ".join(citation.passage.locator.section)
        print(
            f"\n[{citation.n}] {citation.source.title} ({citation.source.publisher},"
            f" {citation.source.published_on or '?'}{page})\n    {section}\n    « {citation.quote.exact} »"
        )
    for evidence in answer.nearest:
        print(f"\n  ~ {evidence.source.title}: {evidence.passage.text[:200]}...")


def _evaluate(options: argparse.Namespace, settings: ServiceSettings) -> int:
    from corpus.last_runs import Evaluation, note_evaluation
    from service.evaluate import evaluate, report_text
    from service.judge import load_questions
    from service.opening import open_active
    from service.threads import one_thread_a_question

    one_thread_a_question()
    report = evaluate(open_active(settings, options.bundles).warm(), load_questions(options.questions))
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    with contextlib.suppress(OSError):  # a folder that others own: the report is what was asked for
        note_evaluation(options.bundles, options.questions.stem, Evaluation(now, report.scores))
    if options.json:
        _print_json(report.to_json())
    else:
        print(report_text(report, failures=options.failures))
    return OK


def _verify(options: argparse.Namespace, settings: ServiceSettings) -> int:
    from service.verify_command import run

    report, code = run(options)
    print(report)
    return code


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    sys.exit(main())
