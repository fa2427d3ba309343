"""What holds on the asked date, from the sentence's own first words, then from its document."""

from __future__ import annotations

import datetime as dt

import pytest

from corpus.document import Source, Status
from service.time_frame import Standing, dates_of, standing

BRIEFING = Source("note", "Note")
DAY = dt.date(2026, 11, 23)


def status(text: str, source: Source = BRIEFING, as_of: dt.date = DAY) -> Status:
    return standing(text, source, as_of).status


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dépassé depuis le 27 juillet 2026 : les échéances d'origine.", Status.SUPERSEDED),
        ("Dépassé depuis le 1er juillet 2025 : l'appel d'offres.", Status.SUPERSEDED),
        ("Outdated since 27 July 2026: the original calendar.", Status.SUPERSEDED),
        ("Dépassé depuis juillet 2025 : le calendrier.", Status.SUPERSEDED),
        ("Annoncé : un plan de 119 millions d'euros.", Status.ANNOUNCED),
        ("Announced: a plan.", Status.ANNOUNCED),
        ("Proposition : le texte COM(2025) 837 modifierait le RGPD.", Status.DRAFT),
        ("Proposal: the text would amend the GDPR.", Status.DRAFT),
        ("Non vérifié : le titulaire actuel.", Status.UNVERIFIED),
        ("Not verified: the current minister.", Status.UNVERIFIED),
        ("La PECAN dure un an.", Status.IN_FORCE),
        ("Proposition de la Commission : le texte.", Status.IN_FORCE),
        ("Le calendrier est dépassé depuis le 27 juillet 2026 : il a changé.", Status.IN_FORCE),
        ("", Status.IN_FORCE),
    ],
)
def test_a_sentence_carries_its_standing_in_its_first_words(text: str, expected: Status) -> None:
    assert status(text) is expected


def test_a_statement_is_superseded_from_its_date_on_and_in_force_before() -> None:
    text = "Dépassé depuis le 27 juillet 2026 : le haut risque s'applique le 2 août 2026."
    assert standing(text, BRIEFING, dt.date(2026, 7, 26)) == Standing(Status.IN_FORCE)
    for day in (dt.date(2026, 7, 27), DAY):
        assert standing(text, BRIEFING, day) == Standing(Status.SUPERSEDED, dt.date(2026, 7, 27))


def test_only_the_date_of_the_standing_counts_not_those_that_follow() -> None:
    text = "Dépassé depuis le 12 novembre 2025 : le ministre du 1er juillet 2030 n'est plus en fonction."
    assert standing(text, BRIEFING, DAY).since == dt.date(2025, 11, 12)


def test_a_document_that_is_no_longer_valid_supersedes_its_sentences() -> None:
    law = Source("law", "Loi", valid_from=dt.date(2024, 8, 1), valid_to=dt.date(2026, 7, 26))
    assert status("Un article.", law, dt.date(2024, 7, 31)) is Status.ANNOUNCED
    assert status("Un article.", law, dt.date(2024, 8, 1)) is Status.IN_FORCE
    assert status("Un article.", law) is Status.SUPERSEDED


@pytest.mark.parametrize("own", list(Status))
def test_a_document_s_status_holds_for_its_plain_sentences(own: Status) -> None:
    assert status("Une phrase.", Source("d", "D", status=own)) is own


def test_what_is_superseded_or_historical_does_not_hold() -> None:
    assert {s for s in Status if not Standing(s).holds} == {Status.SUPERSEDED, Status.HISTORICAL}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("le 1er juillet 2025", dt.date(2025, 7, 1)),
        ("le 16 août 2026", dt.date(2026, 8, 16)),
        ("on 2 August 2026", dt.date(2026, 8, 2)),
        ("July 24, 2026", dt.date(2026, 7, 24)),
        ("January 1st, 2026", dt.date(2026, 1, 1)),
        ("le 03/02/2025", dt.date(2025, 2, 3)),
        ("le 2\u00a0décembre\u00a02027", dt.date(2027, 12, 2)),
    ],
)
def test_full_dates_are_read_in_both_languages(text: str, day: dt.date) -> None:
    assert dates_of(text) == [day]


@pytest.mark.parametrize("text", ["le 31 février 2025", "en juillet 2025", "13/13/2025", "2025", "le 2 août"])
def test_what_is_no_full_or_possible_date_is_passed_over(text: str) -> None:
    assert dates_of(text) == []
