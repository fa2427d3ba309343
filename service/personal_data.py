"""Personal data in a question: a text goes in; the kind that it holds, or None, comes out. Narrow patterns, with their checksums."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum

from service.problems import ProblemError
from service.texts import Wording

_GAP = r"[ .\-\u00a0\u2009-\u2011\u202f]?"
_EMAIL = re.compile(r"[\w.%+-]{1,64}@(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}\b", re.IGNORECASE)
_PHONE = re.compile(
    rf"(?<![\w.,/+-])(?:(?:\+|00)(?:33|262|590|594|596){_GAP}(?:\(0\){_GAP})?|0)[1-79](?:{_GAP}\d\d){{4}}(?![\d,]|[.-]\d)"
)
"""French numbers; those in 08 are services for the public and belong to nobody."""
_NIR = re.compile(
    rf"(?<![\w-])([1-478]{_GAP}\d\d{_GAP}\d\d{_GAP}(?:\d\d|2[AB]){_GAP}\d{{3}}{_GAP}\d{{3}}){_GAP}(\d\d)(?!\d)",
    re.IGNORECASE,
)
_IBAN = re.compile(rf"(?<!\w)[A-Z]{{2}}\d\d(?:{_GAP}[A-Z0-9]){{11,30}}", re.IGNORECASE)
_CARD = re.compile(rf"(?<![\w-])(?:\d{_GAP}){{14,15}}\d(?!\d)")
_CARD_ISSUERS = re.compile(r"4\d{15}|5[1-5]\d{14}|2[2-7]\d{14}|6(?:011|5\d\d)\d{12}|3[47]\d{13}")
_IBAN_CHARS: Mapping[str, int] = {
    "AD": 24, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24, "FI": 18,
    "FR": 27, "GB": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IS": 26, "IT": 27, "LI": 21, "LT": 20, "LU": 20, "LV": 21,
    "MA": 28, "MC": 27, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27,
    "TN": 24, "TR": 26,
}  # fmt: skip


class PersonalData(StrEnum):
    """What sort of personal data a text holds."""

    EMAIL = "email"
    PHONE = "phone"
    NIR = "nir"
    IBAN = "iban"
    CARD = "card"


_NAMES: Mapping[PersonalData, Wording] = {
    PersonalData.EMAIL: Wording("une adresse électronique", "an e-mail address"),
    PersonalData.PHONE: Wording("un numéro de téléphone", "a telephone number"),
    PersonalData.NIR: Wording("un numéro de sécurité sociale", "a French social security number"),
    PersonalData.IBAN: Wording("un numéro de compte bancaire", "a bank account number"),
    PersonalData.CARD: Wording("un numéro de carte bancaire", "a payment card number"),
}


def personal_data_in(text: str) -> PersonalData | None:
    """The first kind that the text holds, the most sensitive first, or None."""
    return next((kind for kind, holds in _CHECKS.items() if holds(text)), None)


def refuse_personal_data(text: str, field: str) -> None:
    """Let a text without personal data pass.

    Raises: `personal_data_detected` naming the kind and the field, never the data.
    """
    kind = personal_data_in(text)
    if kind is None:
        return
    name = _NAMES[kind]
    detail = Wording(
        f"Le texte contient {name.fr}. Rien n'a été recherché ni conservé.",
        f"The text holds {name.en}. Nothing was searched or kept.",
    )
    raise ProblemError("personal_data_detected", detail, field=field)


def _holds_nir(text: str) -> bool:
    return any(_nir_key(_plain(found[1])) == int(found[2]) for found in _NIR.finditer(text))


def _nir_key(thirteen: str) -> int:
    """The key of a NIR: 97 less the remainder of its thirteen signs by 97; Corsica's 2A and 2B count as 19 and 18."""
    return 97 - int(thirteen.replace("2A", "19").replace("2B", "18")) % 97


def _holds_iban(text: str) -> bool:
    for found in _IBAN.finditer(text):
        signs = _plain(found[0])
        length = _IBAN_CHARS.get(signs[:2], 0)
        if length and len(signs) >= length and _iban_rest(signs[:length]) == 1:
            return True
    return False


def _iban_rest(signs: str) -> int:
    """The remainder by 97 (ISO 13616): 1 for a number that can exist."""
    return int("".join(str(int(sign, 36)) for sign in signs[4:] + signs[:4])) % 97


def _holds_card(text: str) -> bool:
    return any(_CARD_ISSUERS.fullmatch(digits := _plain(found[0])) and _luhn(digits) for found in _CARD.finditer(text))


def _luhn(digits: str) -> bool:
    doubled = [int(digit) * (1 + n % 2) for n, digit in enumerate(reversed(digits))]
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0


def _plain(text: str) -> str:
    return "".join(sign for sign in text.upper() if sign.isascii() and sign.isalnum())


_CHECKS: Mapping[PersonalData, Callable[[str], bool]] = {
    PersonalData.NIR: _holds_nir,
    PersonalData.IBAN: _holds_iban,
    PersonalData.CARD: _holds_card,
    PersonalData.EMAIL: lambda text: _EMAIL.search(text) is not None,
    PersonalData.PHONE: lambda text: _PHONE.search(text) is not None,
}
