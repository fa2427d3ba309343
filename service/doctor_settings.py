"""Settings that are unsafe: settings go in; a finding for each that exposes its operator or its readers comes out."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from urllib.parse import urlsplit

from service.finding import Finding
from service.network_place import host_elsewhere
from service.settings import ServiceSettings
from service.texts import Wording

GOOD_TOKEN_CHARS = 24
GOOD_TOKEN_SIGNS = 10
DRAWN = "openssl rand -base64 32"


def unsafe_settings(settings: ServiceSettings) -> Iterator[Finding]:
    """What is unsafe, or one finding that nothing is."""
    found = [*_token(settings), *_origins(settings), *_limit(settings), *_generator(settings)]
    yield from found or [Finding("settings", "ok", Wording("rien d'imprudent", "nothing unsafe"))]


def _token(settings: ServiceSettings) -> Iterator[Finding]:
    token = settings.admin_token.get_secret_value()
    if not token:
        return
    if len(token) < GOOD_TOKEN_CHARS or len(set(token)) < GOOD_TOKEN_SIGNS:
        found = Wording(
            "le jeton d'administration est facile à deviner (SOURCIER_ADMIN_TOKEN)",
            "the administration token is easy to guess (SOURCIER_ADMIN_TOKEN)",
        )
        advice = Wording(f"Prenez-en un tiré au sort : {DRAWN}", f"Take one drawn at random: {DRAWN}")
        yield Finding("settings", "failure" if is_public(settings.host) else "warning", found, advice)


def _origins(settings: ServiceSettings) -> Iterator[Finding]:
    plain = [one for one in settings.cors_origins if one.startswith("http://") and host_elsewhere(one)]
    if plain:
        named = ", ".join(plain)
        found = Wording(
            f"des pages sans chiffrement peuvent appeler l'API : {named}", f"pages over plain http may call: {named}"
        )
        advice = Wording("N'admettez que des adresses en https.", "Let in addresses with https alone.")
        yield Finding("settings", "warning", found, advice)


def _limit(settings: ServiceSettings) -> Iterator[Finding]:
    if is_public(settings.host):
        found = Wording(
            f"le service écoute sans chiffrement sur {settings.host}",
            f"the service listens without TLS on {settings.host}",
        )
        advice = Wording(
            "Laissez-le sur 127.0.0.1, derrière un mandataire en https (docs/operating-service.md).",
            "Leave it on 127.0.0.1, behind a proxy with https (docs/operating-service.md).",
        )
        yield Finding("settings", "warning", found, advice)
        if settings.rate_per_minute == 0:
            found = Wording(
                "aucune limite de débit (SOURCIER_RATE_PER_MINUTE=0) sur une adresse publique",
                "no rate limit (SOURCIER_RATE_PER_MINUTE=0) on a public address",
            )
            advice = Wording("Réglez-la, par exemple à 30.", "Set it, to 30 for instance.")
            yield Finding("settings", "failure", found, advice)


def _generator(settings: ServiceSettings) -> Iterator[Finding]:
    host = host_elsewhere(settings.chat_base_url) if settings.chat_base_url else settings.chat_model.partition(":")[0]
    if not settings.chat_model or not host:
        return
    found = Wording(
        f"les questions sont transmises à {host} pour rédiger les réponses",
        f"questions are sent to {host}, which words the answers",
    )
    advice = Wording(
        "Dites-le dans la notice d'information et passez un contrat de sous-traitance (docs/privacy.md).",
        "Say so in the notice, and have a processor contract (docs/privacy.md).",
    )
    yield Finding("settings", "warning", found, advice)
    if urlsplit(settings.chat_base_url).scheme == "http" and is_public(urlsplit(settings.chat_base_url).hostname or ""):
        found = Wording(f"elles y vont sans chiffrement : {host}", f"they go there without TLS: {host}")
        yield Finding("settings", "failure", found, Wording("Employez https.", "Use https."))


def is_public(host: str) -> bool:
    """Whether others than this machine and its own network may reach an address to listen on; a name counts as public."""
    if host in ("localhost", ""):
        return host == ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return True
    return address.is_unspecified or not (address.is_loopback or address.is_private)
