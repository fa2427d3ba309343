"""Which language to speak: a request goes in; `fr` or `en` comes out."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request

from service.answer import Language

LANGUAGES: Mapping[str, Language] = {"fr": "fr", "en": "en"}


def language_of(request: Request) -> Language:
    """`?lang=` if it is a language of ours, else the best of Accept-Language, else French."""
    asked = request.query_params.get("lang", "")
    if asked in LANGUAGES:
        return LANGUAGES[asked]
    return preferred_language(request.headers.get("accept-language", ""))


def preferred_language(accept_language: str) -> Language:
    """The better liked of French and English in an Accept-Language header (RFC 9110 12.5.4); French where it names neither."""
    best: Language = "fr"
    best_quality = 0.0
    for part in accept_language[:500].split(","):
        tag, _, parameters = part.strip().partition(";")
        primary = tag.strip().lower().partition("-")[0]
        quality = quality_of(parameters)
        if primary == "fr" and quality > best_quality:
            best, best_quality = "fr", quality
        elif primary == "en" and quality > best_quality:
            best, best_quality = "en", quality
    return best


def quality_of(parameters: str) -> float:
    """The `q` of a part of an Accept header (RFC 9110 12.4.2), within 0..1; 1 where it has none, 0 where it cannot be read."""
    name, _, value = parameters.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0
