"""A statement and its quotes in, the words out by which it says more than they do: duty for leave, done for planned, all for some."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.document import Status
from service.check_cue_words import (
    ADOPTED,
    BANNED,
    DONE,
    DONE_ENGLISH,
    DRAFT_NOW,
    ONLY,
    PLANNED,
    REPLACED_BY,
    RESTRICTS,
    UNIVERSAL,
    UNIVERSAL_HELD,
    Cue,
)
from service.check_cues import clauses_of, cues_of, denials_of, places_of
from service.check_lexicon import root
from service.check_text import Text

_NEEDS = {
    Status.SUPERSEDED: frozenset({Cue.PAST}),
    Status.HISTORICAL: frozenset({Cue.PAST}),
    Status.ANNOUNCED: frozenset({Cue.PLAN, Cue.DOUBT, Cue.UNSURE}),
    Status.DRAFT: frozenset({Cue.DRAFT, Cue.DOUBT}),
    Status.UNVERIFIED: frozenset({Cue.UNSURE}),
}


def harder(said: Text, held: Sequence[Text]) -> str | None:
    """The words that make a duty, a leave, a ban, an advice or a certainty of what the quotes do not say is one."""
    mine, theirs = _firm_cues(said), frozenset[Cue]().union(*(_firm_cues(text) for text in held))
    if any(_BUT.search(text.low) and Cue.DUTY in cues_of(text) for text in held):
        theirs |= {Cue.DUTY}  # "n'impose pas un consentement, mais une information": it does impose
    loose = frozenset[Cue]().union(*(cues_of(text) for text in held))
    strong = theirs & {Cue.DUTY, Cue.BAN}
    affirms = not any(clause.denies for clause in clauses_of(said))
    undone = {cue for cue in (Cue.DUTY, Cue.LEAVE) if cue in loose - theirs}
    rules = (
        (Cue.DUTY, affirms and Cue.DUTY in undone),
        (Cue.LEAVE, affirms and Cue.LEAVE in undone),
        (
            Cue.DUTY,
            not theirs & {Cue.DUTY, Cue.BAN, Cue.WISH}
            and not (loose & {Cue.PLAN, Cue.PAST} and _only_shall(said))
            and not _CONDITION.search(said.low)
            and not _only_named(said),
        ),
        (Cue.BAN, Cue.BAN not in theirs and (BANNED.search(said.low) is not None or not _deny(held))),
        (Cue.LEAVE, bool(strong) and not loose & {Cue.LEAVE, Cue.OPTION, Cue.DOUBT} and not _only_enables(said)),
        (Cue.OPTION, Cue.OPTION not in loose and not _denied_duty(held)),
        (Cue.ADVICE, Cue.ADVICE not in loose and bool(strong)),
        (Cue.SURE, Cue.SURE not in loose or bool(loose & {Cue.UNSURE})),
        (Cue.DOUBT, not loose & {Cue.DOUBT, Cue.LEAVE, Cue.UNSURE, Cue.PLAN}),
    )
    if word := _turned(said, held):
        return word
    for cue, forbidden in rules:
        if cue in mine and forbidden:
            start, end = places_of(cue, said)[0]
            return said.low[start:end]
    return _hardened(said, held)


def standing_lost(said: Text, held: Sequence[Text], statuses: Sequence[Status]) -> str | None:
    """The standing that the statement hides: what no longer holds, is only planned, drafted or not verified, said as a fact."""
    if statuses and len(statuses) == len(held) and all(status in _NEEDS for status in statuses):
        told = any(_NEEDS[status] & cues_of(said) for status in statuses)
        if not told and not (Status.SUPERSEDED in statuses and _of_what_replaced(said, held)):
            return statuses[0].value
    return _adopted_draft(said, held) or _done_of_planned(said, held)


def widened(said: Text, held: Sequence[Text]) -> str | None:
    """The word of all, always or only that no quote has; or the exception that the statement leaves out."""
    found = UNIVERSAL.search(said.low)
    if found and found.group() in _STILL and any(_REMAINS.search(text.low) for text in held):
        found = None
    whole = found is not None and "ensemble" in found.group() and any("ensemble" in text.low for text in held)
    denied = (
        found is not None
        and _NONE.match(found.group())
        and any(c.denies and c.start <= found.start() < c.end for c in clauses_of(said))
    )
    if denied and any(clause.denies for text in held for clause in clauses_of(text)):
        found = None if found and (found.start() or found.group().startswith("aucun")) else found
    if found and not whole and not any(_holds_universal(said, text) for text in held):
        return found.group()
    only = ONLY.search(said.low)
    if only and not any(RESTRICTS.search(text.low) for text in held):
        return only.group()
    return None


def _holds_universal(said: Text, held: Text) -> bool:
    """Whether a quote says all or always, and does not deny it where the statement affirms."""
    mine = any(clause.denies for clause in clauses_of(said))
    return any(
        mine or not clause.denies for clause in clauses_of(held) for found in UNIVERSAL_HELD.finditer(clause.low)
    )


def _firm_cues(text: Text) -> frozenset[Cue]:
    """The cues of a text that are not denied; a denied duty or leave is none, a denied ban is none."""
    denials = denials_of(text)
    firm = set(cues_of(text))
    for cue in (Cue.DUTY, Cue.LEAVE, Cue.BAN, Cue.SURE):
        places = places_of(cue, text)
        if (
            places
            and cue is not Cue.BAN
            and all(any(d.start < at < d.end and not d.partly for d in denials) for at, _ in places)
        ):
            firm.discard(cue)
    return frozenset(firm)


def _only_named(said: Text) -> bool:
    """Whether a statement only speaks of obligations ("les obligations de l'annexe III"), and lays none on anybody."""
    return all(
        said.low[start:end] in ("obligation", "obligations") and not _TO_DO.match(said.low, end)
        for start, end in places_of(Cue.DUTY, said)
    )


def _only_enables(said: Text) -> bool:
    """Whether a statement only has "permet de", which says what something serves for and gives nobody leave."""
    return all(
        said.low[start:end].startswith("permet") and said.low[end : end + 4] in (" de ", " d'")
        for start, end in places_of(Cue.LEAVE, said)
    )


def _only_shall(said: Text) -> bool:
    """Whether the only duty of a statement is "doit" or "devait", which also says what is planned."""
    return all(said.low[start:end].startswith(("doi", "dev")) for start, end in places_of(Cue.DUTY, said))


def _governed(cue: Cue, texts: Sequence[Text]) -> set[str]:
    """The roots of the two words that each cue of a kind is about."""
    found: set[str] = set()
    for text in texts:
        for _, end in places_of(cue, text):
            following = [word for word in text.between(end, len(text.low)) if not word.stop][:2]
            found |= {root(word.stem) for word in following}
    return found


def _turned(said: Text, held: Sequence[Text]) -> str | None:
    """A verb that one side may do and the other must do."""
    for mine, theirs in ((Cue.DUTY, Cue.LEAVE), (Cue.LEAVE, Cue.DUTY)):
        turned = _governed(mine, [said]) & _governed(theirs, held)
        turned -= _governed(mine, held) | _governed(theirs, [said])
        if turned and not (denials_of(said) and _deny(held)):  # "ne peut pas" and "ne doit pas" forbid alike
            return min(turned)
    return None


def _deny(held: Sequence[Text]) -> bool:
    return any(clause.denies for text in held for clause in clauses_of(text))


def _denied_duty(held: Sequence[Text]) -> bool:
    return any(Cue.DUTY in cues_of(t) - _firm_cues(t) for t in held)


def _hardened(said: Text, held: Sequence[Text]) -> str | None:
    """What the quotes only have under "pourrait" or call possible, and the statement says without either."""
    if any(clause.denies for clause in clauses_of(said)) or any(places_of(cue, said) for cue in _SOFT_SAID):
        possible = set[str]()
    else:
        possible = _possible_only(held)
    for word in said.words:
        if not word.stop and root(word.stem) in possible:
            return word.form
    soft = {Cue.DOUBT, Cue.LEAVE}
    for text in held:
        for cue in soft:
            for _, end in places_of(cue, text):
                following = [word for word in text.between(end, len(text.low)) if not word.stop][:2]
                for clause in clauses_of(said):
                    if clause.denies or any(
                        clause.start <= s < clause.end for c in _SOFT for s, _ in places_of(c, said)
                    ):
                        continue
                    both = [w for w in clause.words if root(w.stem) in {root(f.stem) for f in following[:1]}]
                    if both and cue is Cue.DOUBT:
                        return both[0].form
    return None


def _possible_only(held: Sequence[Text]) -> set[str]:
    """The roots of the words that stand only in clauses which say that something is possible."""
    inside: set[str] = set()
    outside: set[str] = set()
    for text in held:
        for clause in clauses_of(text):
            possible = _POSSIBLE.search(clause.low)
            words = [word for word in clause.words if not word.stop and len(word.low) > 3]
            near = [w for w in words if possible and w.end <= clause.start + possible.start()][-POSSIBLE_WORDS:]
            inside.update(root(word.stem) for word in near)
            outside.update(root(word.stem) for word in words if word not in near)
    return inside - outside


def _adopted_draft(said: Text, held: Sequence[Text]) -> str | None:
    """The words that adopt what the quotes call a draft, where nothing in the statement does."""
    adopted = ADOPTED.search(said.low) if any(DRAFT_NOW.search(text.low) for text in held) else None
    if adopted is None or cues_of(said) & {Cue.DRAFT, Cue.UNSURE}:
        return None
    return None if any(clause.denies for clause in clauses_of(said)) else adopted.group()


def _done_of_planned(said: Text, held: Sequence[Text]) -> str | None:
    """A verb that the statement has as done and the quotes only as something to be done."""
    planned: set[str] = set()
    for text in held:
        for found in PLANNED.finditer(text.low):
            planned |= {root(word.stem) for word in text.between(*found.span()) if not word.stop}
    done_in_quotes = {
        root(word.stem) for text in held for f in DONE.finditer(text.low) for word in text.between(f.start(1), f.end(1))
    }
    denying = [clause for clause in clauses_of(said) if clause.denies]
    done: list[re.Match[str]] = list(DONE.finditer(said.low))
    if said.lang == "en":
        done.extend(DONE_ENGLISH.finditer(said.low))
    for found in done:
        if said.lang == "en" and found.group().startswith("a "):
            continue  # "includes a part" is no "a parti"
        if found.start() in said.at or any(clause.start <= found.start() < clause.end for clause in denying):
            continue
        for word in said.between(found.start(1), found.end(1)):
            if root(word.stem) in planned - done_in_quotes:
                return found.group()
    return None


def _of_what_replaced(said: Text, held: Sequence[Text]) -> bool:
    """Whether the statement is about what took the place of the superseded words: its words stand after "remplacé par"."""
    for text in held:
        cut = REPLACED_BY.search(text.low)
        if cut is None:
            continue
        first = {word.stem for word in text.between(0, cut.start()) if not word.stop}
        last = {word.stem for word in text.between(cut.end(), len(text.low)) if not word.stop}
        mine = {word.stem for word in said.words if not word.stop}
        if mine & (last - first) and not mine & (first - last):
            return True
    return False


_TO_DO = re.compile(r" (?:d'|de |to )[a-z]+(?:er|ir|re)\b| to [a-z]+\b")
_CONDITION = re.compile(r"^(?:pour|afin d\w?'?|to|in order to|for) [^,]{3,80}, ")
_BUT = re.compile(r"\b(?:mais|but) (?:un|une|le|la|les|des|du|a|an|the) ")
_STILL = ("toujours", "always")
_REMAINS = re.compile(r"\b(?:encore|demeur\w+|rest(?:e|ent|ait)|remain\w*|still|continu\w+)\b")
_NONE = re.compile("aucun|tout")
POSSIBLE_WORDS = 2
_POSSIBLE = re.compile(
    r"\b(?:est|sont|etait|serait|is|are) (?:seulement |only |encore )?(?:possible|envisage|a l'etude|under discussion)"
)
_SOFT_SAID = (Cue.DOUBT, Cue.LEAVE, Cue.UNSURE)
_SOFT = (Cue.DOUBT, Cue.LEAVE, Cue.ADVICE, Cue.UNSURE, Cue.DRAFT)
