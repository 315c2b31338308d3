"""What Facebook, Instagram and Threads share: what Meta's errors mean, lists, a proof for calls.

Codes and subcodes: https://developers.facebook.com/docs/graph-api/guides/error-handling (2026-11-26).
The key goes in the header Authorization and the proof in a form or the query, never a key in an address.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from hashlib import sha256

from comms.channels.web import Answer, Web, wait_asked
from comms.errors import (
    ChannelDown,
    ChannelError,
    OutcomeUnknown,
    PermanentFailure,
    SenderRefused,
    TemporaryFailure,
    Text,
    say,
)
from comms.model.ledger import CannotTell
from comms.model.settings import Secret

_PAGES = 5  # of a list, so that a look ends
_KEY_CODES = frozenset({102, 190})
_PUBLISHED_ANYWAY = frozenset({2207051})
"""Subcodes that Instagram has answered although the post was there (postiz-app, pull request 1681)."""

_REMEDIES: Mapping[int, Text] = {
    458: say("Appen har tagits bort från kontot: anslut den igen och skapa en ny nyckel."),
    459: say("Logga in på facebook.com och gå igenom säkerhetskontrollen."),
    460: say("Lösenordet har bytts: skapa en ny nyckel."),
    463: say("Nyckeln har gått ut: skapa en ny nyckel."),
    464: say("Kontot är inte bekräftat: logga in på facebook.com och bekräfta det."),
    467: say("Nyckeln gäller inte längre: skapa en ny nyckel."),
    492: say(
        "Den som skapade nyckeln har inte längre någon roll på sidan: ge rollen tillbaka eller byt nyckel."
    ),
}
_NEW_KEY = say("Skapa en ny nyckel.")

_Meaning = tuple[type[ChannelError], Text, timedelta | None]
"""A failure, its sentence, and how long to wait when the answer does not say."""

_UNCLEAR: _Meaning = (
    OutcomeUnknown,
    say("{name} svarade otydligt när posten publicerades: {words}."),
    None,
)
_TRANSIENT: _Meaning = (TemporaryFailure, say("{name} kunde inte svara just nu: {words}."), None)
# Meta counts calls in windows of an hour (docs/graph-api/overview/rate-limiting).
_LATER: _Meaning = (TemporaryFailure, say("{name} ber oss vänta: {words}."), timedelta(hours=1))
_KEY: _Meaning = (ChannelDown, say("{name} godkänner inte vår nyckel: {words}. {remedy}"), None)
_RIGHTS: _Meaning = (
    ChannelDown,
    say("Nyckeln får inte göra detta på {name}: {words}. Skapa en ny med de behörigheter som krävs."),
    None,
)
_BLOCKED: _Meaning = (
    SenderRefused,
    say("{name} har spärrat kontot: {words}. Logga in och se vad som krävs innan något mer publiceras."),
    None,
)
_NEVER: _Meaning = (PermanentFailure, say("{name} tog inte emot posten: {words}."), None)
_LINK: _Meaning = (
    PermanentFailure,
    say("{name} kunde inte läsa sidan bakom länken: {words}. Se till att alla kan öppna den."),
    None,
)

_TWIN = 506
"""The earlier post may be ours, of an attempt whose answer was lost, or another with the same words."""

_MEANINGS: Mapping[int, _Meaning] = {
    **dict.fromkeys(_KEY_CODES, _KEY),
    **dict.fromkeys((3, 10, *range(200, 300)), _RIGHTS),
    **dict.fromkeys((4, 17, 32, 341, 613, 80001, 80002), _LATER),
    **dict.fromkeys((1, 2), _TRANSIENT),
    100: _NEVER,
    368: _BLOCKED,
    _TWIN: _NEVER,
    1609005: _LINK,
}


def proof(app_secret: Secret, token: Secret) -> str:
    """The value of `appsecret_proof`: who has the key also has the app's secret.

    Source: https://developers.facebook.com/docs/graph-api/guides/secure-requests
    """
    return hmac.new(app_secret.value.encode(), token.value.encode(), sha256).hexdigest()


def bearer(key: Secret) -> Mapping[str, str]:
    """The header that a key goes in."""
    return {"Authorization": f"Bearer {key.value}"}


def proved(web: Web, app_secret: Secret, token: Secret) -> Mapping[str, str]:
    """The field that proves a call to be the app's, masked from now on; none without the app's secret."""
    if not app_secret:
        return {}
    value = proof(app_secret, token)
    if web.mask(value) == value:
        web.hide(Secret(value))
    return {"appsecret_proof": value}


def code(answer: Answer) -> int:
    """The code of an error, 0 when the answer has none."""
    return _number(answer, "code")


def graph_failure(web: Web, answer: Answer, *, publishing: bool) -> ChannelError:
    """What an answer of Meta's that is not a clear yes says; by its code where it is a clear no.

    `publishing`: it answers the call that publishes, so that only what certainly was not done is called so.
    """
    if not 400 <= answer.status < 500:  # noqa: PLR2004 - the class of status codes
        return web.refusal(answer, publishing=publishing)
    number, subcode = code(answer), _number(answer, "error_subcode")
    meaning = _MEANINGS.get(number, _TRANSIENT if answer.get("error", "is_transient") is True else None)
    if publishing and (subcode in _PUBLISHED_ANYWAY or number == _TWIN or meaning is _TRANSIENT):
        meaning = _UNCLEAR
    if meaning is None:
        return web.refusal(answer, publishing=publishing)
    failure, sentence, wait = meaning
    remedy = _REMEDIES.get(subcode, _NEW_KEY)
    told = Text(sentence.template, (("name", web.name), ("words", answer.words), ("remedy", remedy)))
    if failure is TemporaryFailure:
        return TemporaryFailure(told, retry_after=wait_asked(answer.headers) or wait)
    return failure(told)


def entries(
    web: Web, ask: Callable[[Mapping[str, str | int]], Answer], asked: Mapping[str, str | int]
) -> Iterator[Mapping[str, object] | CannotTell]:
    """What a list has, page by page; at last CannotTell when not all of it could be read.

    `ask` asks for one page. Raises TemporaryFailure or ChannelDown when it cannot be asked just now.
    """
    asked = dict(asked)
    for _ in range(_PAGES):
        answer = ask(asked)
        page = answer.get("data")
        if not answer.is_yes or not isinstance(page, list):
            yield _cannot_tell(web, answer)
            return
        yield from (entry for entry in page if isinstance(entry, dict))
        if not answer.get("paging", "next"):
            return
        # The address in `next` has the key in it, so the cursor is used instead.
        asked["after"] = answer.text("paging", "cursors", "after")
    yield CannotTell(say("{name} visar inte så långt tillbaka. Titta på sidan.", name=web.name))


def _cannot_tell(web: Web, answer: Answer) -> CannotTell:
    failure = graph_failure(web, answer, publishing=False)
    if isinstance(failure, TemporaryFailure) or code(answer) in _KEY_CODES:
        raise failure
    return CannotTell(failure.message)


def _number(answer: Answer, name: str) -> int:
    found = answer.get("error", name)
    return found if isinstance(found, int) else 0
