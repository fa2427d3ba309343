"""The files of docs/examples/deployment, as systemd, Caddy and a real nginx read them, in front of two real replicas."""

from __future__ import annotations

import datetime as dt
import http.client
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from service.settings import ServiceSettings
from service.stream import HEADERS as STREAM_HEADERS
from tests.makers import ROOT
from tests.server_maker import Server, free_port, serving

FILES = ROOT / "docs" / "examples" / "deployment"
NAME = "assistant.exemple.fr"
QUESTION = "Quel est le plafond de la PECAN ?"
PATIENCE_S = 60
ASKED = json.dumps({"question": QUESTION})
JSON = {"Content-Type": "application/json", "Host": NAME}


def needs(program: str, package: str) -> str:
    found = shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin")
    if found is None:
        pytest.skip(f"{program} is not installed (Debian: {package})")
    return found


@pytest.mark.parametrize("name", ["sourcier@.service", "sourcier-reindex.service", "sourcier-reindex.timer"])
def test_systemd_takes_the_units(name: str, tmp_path: Path) -> None:
    program = needs("systemd-analyze", "systemd")
    for unit in FILES.glob("sourcier*.*"):
        if unit.suffix in (".service", ".timer"):
            text = unit.read_text(encoding="utf-8").replace("/opt/sourcier/.venv/bin/python", sys.executable)
            text = text.replace("WorkingDirectory=/opt/sourcier", f"WorkingDirectory={tmp_path}")
            (tmp_path / unit.name.replace("@.", "@8000.")).write_text(text, encoding="utf-8")
    told = subprocess.run(
        [program, "verify", str(tmp_path / name.replace("@.", "@8000."))],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    ours = [line for line in told.stderr.splitlines() if "sourcier" in line]
    assert (told.returncode, ours) == (0, []), told.stderr


def test_the_service_is_shut_in() -> None:
    """What matters most stands in both units, and there is time to end before systemd kills."""
    for name in ("sourcier@.service", "sourcier-reindex.service"):
        text = (FILES / name).read_text(encoding="utf-8")
        for line in (
            "User=sourcier",
            "ProtectSystem=strict",
            "NoNewPrivileges=yes",
            "ProtectHome=yes",
            "PrivateTmp=yes",
        ):
            assert f"\n{line}\n" in text
        assert re.search(r"\nMemoryMax=\d", text)
    limit = re.search(r"\nTimeoutStopSec=(\d+)\n", (FILES / "sourcier@.service").read_text(encoding="utf-8"))
    assert limit
    assert int(limit[1]) > ServiceSettings().answer_timeout_s + 5 + 11


def test_every_variable_of_the_environment_file_is_a_setting() -> None:
    known = set(re.findall(r"`(SOURCIER_\w+)`", (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")))
    lines = (FILES / "sourcier.env").read_text(encoding="utf-8").splitlines()
    named = {line.partition("=")[0] for line in lines if line and not line.startswith("#")}
    assert named - known == {"FORWARDED_ALLOW_IPS"}


def test_what_the_containerfile_copies_is_there() -> None:
    text = (FILES / "Containerfile").read_text(encoding="utf-8")
    copied = [word for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.MULTILINE) for word in line.split()[:-1]]
    assert copied
    assert [name for name in copied if not (ROOT / name).exists()] == []
    assert "\nUSER 10001\n" in text
    assert re.search(r"^HEALTHCHECK .*\n.*/readyz", text, re.MULTILINE)


def test_caddy_takes_its_file(tmp_path: Path) -> None:
    program = needs("caddy", "caddy")
    env = {**os.environ, "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "HOME": str(tmp_path)}
    command = [program, "validate", "--adapter", "caddyfile", "--config", str(FILES / "Caddyfile")]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=env)
    assert told.returncode == 0, told.stderr


@dataclass(frozen=True)
class Proxy:
    """A running nginx: its port, and the certificate that it shows."""

    port: int
    certificate: Path

    def connection(self) -> http.client.HTTPSConnection:
        context = ssl.create_default_context(cafile=str(self.certificate))
        context.check_hostname = False
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=PATIENCE_S, context=context)

    def ask(self, body: str = ASKED, path: str = "/v1/answers") -> tuple[int, bytes]:
        connection = self.connection()
        connection.request("POST", path, body, JSON)
        response = connection.getresponse()
        found = response.status, response.read()
        connection.close()
        return found


@contextmanager
def nginx(folder: Path, first: int, second: int) -> Iterator[Proxy]:
    """A real nginx with our file, whose ports, name of certificate and log are of this test."""
    program, port, plain = needs("nginx", "nginx-light"), free_port(), free_port()
    certificate, key = self_signed(folder)
    text = (FILES / "nginx.conf").read_text(encoding="utf-8")
    for ours, here in (
        ("127.0.0.1:8000", f"127.0.0.1:{first}"),
        ("127.0.0.1:8001", f"127.0.0.1:{second}"),
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("listen 80", f"listen 127.0.0.1:{plain}"),
        (f"/etc/letsencrypt/live/{NAME}/fullchain.pem", str(certificate)),
        (f"/etc/letsencrypt/live/{NAME}/privkey.pem", str(key)),
        ("/var/log/nginx/sourcier.log", str(folder / "errors.log")),
    ):
        assert ours in text
        text = text.replace(ours, here)
    temporary = " ".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user} daemon off; pid {folder}/pid; error_log {folder}/start.log;\nevents {{}}\nhttp {{ {temporary}\n{text} }}",
        encoding="utf-8",
    )
    command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "start.log")]
    tested = subprocess.run([*command, "-t"], capture_output=True, text=True, timeout=60, check=False)
    assert tested.returncode == 0, tested.stderr
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for_port(port)
        yield Proxy(port, certificate)
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def wait_for_port(port: int) -> None:
    end_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < end_s:
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        time.sleep(0.05)
    pytest.fail("nginx does not listen")


def self_signed(folder: Path) -> tuple[Path, Path]:
    """A certificate for a day, and its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(now - dt.timedelta(hours=1))
    made = made.not_valid_after(now + dt.timedelta(days=1))
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    signed = made.sign(key, hashes.SHA256())
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    paths[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    return paths


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "stopped"])
def test_a_replica_ends_and_every_question_is_answered(starter: Path, tmp_path: Path, number: signal.Signals) -> None:
    needs("nginx", "nginx-light")
    heard: Counter[str] = Counter()
    ended = threading.Event()

    def ask(proxy: Proxy) -> None:
        while not ended.is_set():
            try:
                status, body = proxy.ask()
                heard[json.loads(body)["outcome"] if status == 200 else f"{status} {body[:200]!r}"] += 1
            except (OSError, http.client.HTTPException, ValueError) as fault:
                heard[repr(fault)] += 1

    def after(count: int) -> None:
        end_s, wanted = time.monotonic() + PATIENCE_S, heard["answered"] + count
        while heard["answered"] < wanted and time.monotonic() < end_s:
            time.sleep(0.02)
        assert set(heard) == {"answered"}

    limits = {"RATE_PER_MINUTE": "0", "CACHED_ANSWERS": "0", "ANSWER_TIMEOUT_S": "50"}
    with ExitStack() as running:
        replicas = [running.enter_context(replica(starter, tmp_path / name, limits)) for name in ("first", "second")]
        proxy = running.enter_context(nginx(tmp_path, replicas[0].port, replicas[1].port))
        check_doors(proxy)
        threads = [threading.Thread(target=ask, args=(proxy,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        try:
            after(12)
            replicas[0].process.send_signal(number)
            assert replicas[0].process.wait(PATIENCE_S) == (0 if number == signal.SIGTERM else -number)
            after(30)
        finally:
            ended.set()
            for thread in threads:
                thread.join(PATIENCE_S)
    assert set(heard) == {"answered"}


@contextmanager
def replica(starter: Path, log: Path, limits: dict[str, str]) -> Iterator[Server]:
    """A replica that the test may kill."""
    running = serving(starter, log, **limits)
    server = running.__enter__()
    try:
        yield server
    finally:
        killed = server.process.poll() == -signal.SIGKILL
        with suppress(AssertionError) if killed else nullcontext():
            running.__exit__(None, None, None)


def check_doors(proxy: Proxy) -> None:
    """Streams end whole, large bodies are refused, the operator's side is for this network, and answers bear our headers."""
    status, body = proxy.ask(json.dumps({"question": QUESTION, "stream": True}))
    assert status == 200
    assert body.decode().rstrip().rpartition("\n\n")[2].startswith("event: answer.completed\n")
    assert proxy.ask(json.dumps({"question": "x" * 70_000}))[0] == 413
    connection = proxy.connection()
    connection.request("GET", "/v1/corpus", headers={"Host": NAME})
    response = connection.getresponse()
    assert (response.status, json.load(response)["bundle"] is not None) == (200, True)
    assert "Strict-Transport-Security" in response.headers
    assert response.headers["X-Request-ID"].startswith("req_")


class OneByOne(BaseHTTPRequestHandler):
    """Sends an event with the headers of ours, and the next one only once it is told that the first was read."""

    protocol_version = "HTTP/1.1"
    read = threading.Event()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        for name, value in {**STREAM_HEADERS, "Content-Type": "text/event-stream"}.items():
            self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b"event: first\ndata: {}\n\n")
        self.wfile.write(b"event: second\ndata: {}\n\n" if self.read.wait(PATIENCE_S) else b"")

    def log_message(self, format: str, *args: object) -> None:
        pass


def test_an_event_passes_the_proxy_before_the_next_one_is_made(tmp_path: Path) -> None:
    needs("nginx", "nginx-light")
    upstream = ThreadingHTTPServer(("127.0.0.1", 0), OneByOne)
    threading.Thread(target=upstream.serve_forever, daemon=True).start()
    port = int(upstream.server_address[1])
    try:
        with nginx(tmp_path, port, port) as proxy:
            connection = proxy.connection()
            connection.request("POST", "/v1/answers", ASKED, JSON)
            response = connection.getresponse()
            assert response.readline() == b"event: first\n"
            OneByOne.read.set()
            assert response.read().endswith(b"event: second\ndata: {}\n\n")
            connection.close()
    finally:
        OneByOne.read.set()
        upstream.shutdown()
