"""Who may administer: a token or a session goes in; an operator, or a refusal, comes out. Compared in constant time."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass

from service.problems import ProblemError
from service.rate_limit import RateLimit
from service.texts import Wording

SESSION_S = 8 * 3600
TRIES_PER_MINUTE = 20


@dataclass(frozen=True, slots=True)
class Operator:
    """Who acts, as the audit log names them: a digest that tells one token from another and gives none away."""

    name: str


class AdminGate:
    """Knows the token by its digest alone. Sessions are signed with a key made from it, so every worker knows them, and another
    token ends them all.
    """

    def __init__(self, token: str, clock: Callable[[], float] = time.time) -> None:
        self._digest = hashlib.sha256(token.encode()).digest()
        self._key = hmac.digest(token.encode(), b"sourcier admin session", hashlib.sha256)
        self._operator = Operator("token " + self._digest.hex()[:8])
        self._tries = RateLimit(TRIES_PER_MINUTE)
        self._clock = clock

    def by_header(self, authorization: str, address: str) -> Operator:
        """The operator of an Authorization header.

        Raises: `unauthorized`; `rate_limited` after too many wrong tokens.
        """
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise unauthorized()
        return self.by_token(token.strip(), address)

    def by_token(self, token: str, address: str) -> Operator:
        """The operator of a token.

        Raises: `unauthorized`; `rate_limited` after too many wrong tokens.
        """
        if hmac.compare_digest(hashlib.sha256(token.encode("utf-8", "replace")).digest(), self._digest):
            return self._operator
        wait_s = self._tries.wait_s(address)
        if wait_s:
            raise too_many_tries(wait_s)
        raise unauthorized()

    def new_session(self) -> str:
        """A session, good for eight hours: its end and its signature."""
        end = str(int(self._clock()) + SESSION_S)
        return f"{end}.{self._signed(end)}"

    def by_session(self, session: str) -> Operator | None:
        """The operator of a session that is ours and has not ended, or None."""
        end, _, signature = session.partition(".")
        ours = hmac.compare_digest(signature.encode(), self._signed(end).encode())
        return self._operator if ours and end.isdecimal() and int(end[:20]) > self._clock() else None

    def form_key(self, session: str) -> str:
        """What a form of this session carries, and no page of another site can know."""
        return self._signed("form " + session)

    def is_form_key(self, session: str, key: str) -> bool:
        """Whether a form was made for this session."""
        return hmac.compare_digest(key.encode(), self.form_key(session).encode())

    def _signed(self, text: str) -> str:
        return hmac.digest(self._key, text.encode(), hashlib.sha256).hex()


def unauthorized() -> ProblemError:
    """The problem of a token that is missing or not ours."""
    detail = Wording(
        "Le jeton d'administration manque ou n'est pas le bon.", "The token is missing or not the right one."
    )
    return ProblemError("unauthorized", detail, headers={"WWW-Authenticate": 'Bearer realm="sourcier"'})


def too_many_tries(wait_s: float) -> ProblemError:
    """The problem of a client that tried too many tokens."""
    seconds = str(int(wait_s) + 1)
    detail = Wording(f"Trop d'essais ; réessayez dans {seconds} s.", f"Too many tries; try again in {seconds} s.")
    return ProblemError("rate_limited", detail, headers={"Retry-After": seconds})
