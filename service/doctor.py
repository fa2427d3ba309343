"""The state of an installation: settings go in; findings, each ok, a warning or a failure with what to do about it, come out."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from corpus.bundle import Bundle
from corpus.encoder import open_encoder
from corpus.errors import KnownError, StoreError
from corpus.shelf import Shelf
from service.doctor_settings import unsafe_settings
from service.finding import Finding, State
from service.opening import check_active
from service.settings import ServiceSettings
from service.store_texts import STORE_FAULTS
from service.texts import Wording

OLDEST_PYTHON = (3, 11)
DISTRIBUTION = "sourcier"
ROOM_FACTOR = 3
MIN_ROOM_BYTES = 200_000_000
OCR_LANGUAGES = frozenset({"fra", "eng"})
_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^;\s]+)$")
Check = Callable[[ServiceSettings], Iterator[Finding]]


def examine(settings: ServiceSettings) -> list[Finding]:
    """Everything that was looked at, in the order in which a fault would keep the service from working."""
    checks: tuple[Check, ...] = (_python, _packages, _bundle, _disk, _permissions, _port, _tesseract, unsafe_settings)
    return [finding for check in checks for finding in check(settings)]


def unusable_settings(fault: KnownError) -> Finding:
    """The finding of variables that cannot be read."""
    return Finding("settings", "failure", Wording(fault.message, fault.message), _both(fault.hint))


def _python(_: ServiceSettings) -> Iterator[Finding]:
    version = platform.python_version()
    state: State = "ok" if sys.version_info[:2] >= OLDEST_PYTHON else "failure"
    advice = Wording("", "") if state == "ok" else Wording("Installez Python 3.11.", "Install Python 3.11.")
    yield Finding("python", state, _both(f"Python {version}"), advice)


def _packages(_: ServiceSettings) -> Iterator[Finding]:
    """Whether what the distribution pins is installed, and in that version."""
    advice = Wording("Relancez : make install", "Run again: make install")
    try:
        pins = [pin for text in importlib.metadata.requires(DISTRIBUTION) or () if (pin := _PIN.match(text))]
    except importlib.metadata.PackageNotFoundError:
        found = Wording("la distribution n'est pas installée", "the distribution is not installed")
        yield Finding("packages", "failure", found, advice)
        return
    missing, other = [], []
    for pin in pins:
        try:
            installed = importlib.metadata.version(pin[1])
        except importlib.metadata.PackageNotFoundError:
            missing.append(pin[1])
            continue
        if installed.partition("+")[0] != pin[2]:
            other.append(f"{pin[1]} {installed} ≠ {pin[2]}")
    if missing:
        named = ", ".join(missing)
        yield Finding("packages", "failure", Wording(f"manquent : {named}", f"missing: {named}"), advice)
    elif other:
        named = ", ".join(other)
        found = Wording(f"autres versions que celles éprouvées : {named}", f"other versions than those tested: {named}")
        yield Finding("packages", "warning", found, advice)
    else:
        count = len(pins)
        yield Finding("packages", "ok", Wording(f"{count} paquets à leur version", f"{count} packages as pinned"))


def _bundle(settings: ServiceSettings) -> Iterator[Finding]:
    """The active bundle, every file checked, and the encoder that made it; from the database where one is named."""
    try:
        shelf, bundle_id = check_active(settings)
        bundle = shelf.open(bundle_id)
    except StoreError as fault:
        found, advice = STORE_FAULTS.get(fault.code, (_both(fault.message), _both(fault.hint)))
        told = Wording(f"{fault.code} : {found.fr} ({fault.message})", f"{fault.code}: {found.en} ({fault.message})")
        yield Finding("bundle", "failure", told, advice)
        return
    except KnownError as fault:
        yield Finding("bundle", "failure", _both(f"{fault.code} : {fault.message}"), _both(fault.hint))
        return
    counts = len(bundle.documents), len(bundle)
    found = Wording(
        f"{bundle.card.id}, {counts[0]} documents, {counts[1]} passages, intact",
        f"{bundle.card.id}, {counts[0]} documents, {counts[1]} passages, intact",
    )
    yield Finding("bundle", "ok", found)
    yield _encoder(settings, bundle)


def _encoder(settings: ServiceSettings, bundle: Bundle) -> Finding:
    wanted = bundle.card.encoder
    try:
        card = open_encoder(settings.encoder or None).card
    except KnownError as fault:
        return Finding("encoder", "failure", _both(f"{fault.code} : {fault.message}"), _both(fault.hint))
    if card != wanted:
        found = Wording(
            f"le lot a été fait avec {wanted.name}, le service a {card.name}",
            f"the bundle was made with {wanted.name}, the service has {card.name}",
        )
        advice = Wording(
            "Réglez SOURCIER_ENCODER, ou relancez : python -m ingest build",
            "Set SOURCIER_ENCODER, or run: python -m ingest build",
        )
        return Finding("encoder", "failure", found, advice)
    return Finding("encoder", "ok", _both(f"{card.name} ({card.revision[:12]})"))


def _disk(settings: ServiceSettings) -> Iterator[Finding]:
    """Room for the next bundles beside the active one."""
    folder = _existing(settings.bundles_dir)
    free = shutil.disk_usage(folder).free
    try:
        active = Shelf(settings.bundles_dir).active_folder()
        size = sum(path.stat().st_size for path in active.rglob("*") if path.is_file())
    except (KnownError, OSError):
        size = 0
    found = Wording(
        f"{free // 10**6} Mo libres, l'index en prend {size // 10**6}", f"{free // 10**6} MB free, {size // 10**6} used"
    )
    advice = Wording(
        "Faites de la place : python -m ingest prune --keep 1", "Make room: python -m ingest prune --keep 1"
    )
    if free < size:
        yield Finding("disk", "failure", found, advice)
    elif free < max(ROOM_FACTOR * size, MIN_ROOM_BYTES):
        yield Finding("disk", "warning", found, advice)
    else:
        yield Finding("disk", "ok", found)


def _permissions(settings: ServiceSettings) -> Iterator[Finding]:
    """Whether what must be written can be, and whether we may do more than we need."""
    needed = [] if settings.store.get_secret_value() else [(settings.bundles_dir, "SOURCIER_BUNDLES_DIR")]
    if settings.feedback_file:
        needed.append((Path(settings.feedback_file), "SOURCIER_FEEDBACK_FILE"))
    if settings.admin_token.get_secret_value():
        needed.append((Path(settings.documents_dir or settings.inbox_dir), "SOURCIER_INBOX_DIR"))
    closed = [f"{path} ({name})" for path, name in needed if not os.access(_existing(path), os.W_OK)]
    if closed:
        named = ", ".join(closed)
        found = Wording(f"écriture impossible : {named}", f"cannot be written: {named}")
        yield Finding("permissions", "failure", found, Wording("Corrigez les droits.", "Correct the rights."))
    elif hasattr(os, "geteuid") and os.geteuid() == 0:
        found = Wording("le service tourne avec tous les droits (root)", "the service runs with all rights (root)")
        advice = Wording("Lancez-le sous un utilisateur à lui.", "Run it as a user of its own.")
        yield Finding("permissions", "warning", found, advice)
    else:
        yield Finding("permissions", "ok", Wording("dossiers accessibles en écriture", "folders can be written"))


def _port(settings: ServiceSettings) -> Iterator[Finding]:
    where = f"{settings.host}:{settings.port}"
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[
            0
        ]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as bad:
        found = Wording(f"{where} : {bad.strerror or bad}", f"{where}: {bad.strerror or bad}")
        advice = Wording(
            "Si le service ne tourne pas déjà, choisissez un autre port : SOURCIER_PORT",
            "Unless the service runs already, choose another port: SOURCIER_PORT",
        )
        yield Finding("port", "warning", found, advice)
        return
    yield Finding("port", "ok", Wording(f"{where} est libre", f"{where} is free"))


def _tesseract(_: ServiceSettings) -> Iterator[Finding]:
    program = shutil.which("tesseract")
    advice = Wording(
        "Pour lire les pages numérisées : apt-get install tesseract-ocr tesseract-ocr-fra",
        "To read scanned pages: apt-get install tesseract-ocr tesseract-ocr-fra",
    )
    if program is None:
        found = Wording("tesseract n'est pas installé", "tesseract is not installed")
        yield Finding("tesseract", "warning", found, advice)
        return
    try:
        told = subprocess.run([program, "--list-langs"], capture_output=True, text=True, timeout=20, check=False)  # noqa: S603
        languages = set(told.stdout.split())
    except (OSError, subprocess.TimeoutExpired):
        languages = set()
    lacking = ", ".join(sorted(OCR_LANGUAGES - languages))
    if lacking:
        yield Finding("tesseract", "warning", Wording(f"langues absentes : {lacking}", f"missing: {lacking}"), advice)
    else:
        yield Finding("tesseract", "ok", Wording("français et anglais", "French and English"))


def _existing(path: Path) -> Path:
    """The path, or the nearest folder above it that is there."""
    path = path.absolute()
    return path if path.exists() else _existing(path.parent)


def _both(text: str) -> Wording:
    """Words that are the same in both languages: names, figures, and what the kernel says."""
    return Wording(text, text)
