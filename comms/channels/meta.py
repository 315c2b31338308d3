"""What Facebook, Instagram and Threads share: what Meta's errors mean, and a proof that a call is the app's.

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

_WAIT = timedelta(hours=1)  # Meta counts calls in windows of an hour (docs/graph-api/overview/rate-limiting)
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


def proof(app_secret: Secret, token: Secret) -> str:
    """The value of `appsecret_proof`: who has the key also has the app's secret.

    Source: https://developers.facebook.com/docs/graph-api/guides/secure-requests
    """
    return hmac.new(app_secret.value.encode(), token.value.encode(), sha256).hexdigest()


def code(answer: Answer) -> int:
    """The code of an error, 0 when the answer has none."""
    return _number(answer, "code")


def graph_failure(web: Web, answer: Answer, *, publishing: bool) -> ChannelError:
    """What an answer of Meta's that is not a clear yes says; by its code where it is a clear no.

    `publishing`: it answers the call that publishes, so that only what certainly was not done is called so.
    """
    if not 400 <= answer.status < 500:  # noqa: PLR2004 - the class of status codes
        return web.refusal(answer, publishing=publishing)
    if publishing and _number(answer, "error_subcode") in _PUBLISHED_ANYWAY:
        return _unclear(web, answer)
    meaning = _MEANINGS.get(code(answer))
    if meaning is not None:
        return meaning(web, answer, publishing)
    if answer.get("error", "is_transient") is True:
        return _transient(web, answer, publishing)
    return web.refusal(answer, publishing=publishing)


def listed(
    web: Web, path: str, asked: Mapping[str, str | int]
) -> Iterator[Mapping[str, object] | CannotTell]:
    """What a list has, page by page; at last CannotTell when not all of it could be read.

    Raises TemporaryFailure or ChannelDown when it cannot be asked just now.
    """
    asked = dict(asked)
    for _ in range(_PAGES):
        answer = web.call("GET", path, params=asked)
        entries = answer.get("data")
        if not answer.is_yes or not isinstance(entries, list):
            yield _cannot_tell(web, answer)
            return
        yield from (entry for entry in entries if isinstance(entry, dict))
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


def _unclear(web: Web, answer: Answer) -> ChannelError:
    return OutcomeUnknown(
        say("{name} svarade otydligt när posten publicerades: {words}.", name=web.name, words=answer.words)
    )


def _key(web: Web, answer: Answer, _: bool) -> ChannelError:  # noqa: FBT001 - the shape of a meaning
    remedy = _REMEDIES.get(_number(answer, "error_subcode"), _NEW_KEY)
    return ChannelDown(
        say(
            "{name} godkänner inte vår nyckel: {words}. {remedy}",
            name=web.name,
            words=answer.words,
            remedy=remedy,
        )
    )


def _permission(web: Web, answer: Answer, _: bool) -> ChannelError:  # noqa: FBT001 - the shape of a meaning
    return ChannelDown(
        say(
            "Nyckeln får inte göra detta på {name}: {words}. Skapa en ny med de behörigheter som krävs.",
            name=web.name,
            words=answer.words,
        )
    )


def _wait(web: Web, answer: Answer, _: bool) -> ChannelError:  # noqa: FBT001 - the shape of a meaning
    return TemporaryFailure(
        say("{name} ber oss vänta: {words}.", name=web.name, words=answer.words),
        retry_after=wait_asked(answer.headers) or _WAIT,
    )


def _blocked(web: Web, answer: Answer, _: bool) -> ChannelError:  # noqa: FBT001 - the shape of a meaning
    return SenderRefused(
        say(
            "{name} har spärrat kontot: {words}. Logga in och se vad som krävs innan något mer publiceras.",
            name=web.name,
            words=answer.words,
        )
    )


def _never(web: Web, answer: Answer, _: bool) -> ChannelError:  # noqa: FBT001 - the shape of a meaning
    return PermanentFailure(say("{name} tog inte emot posten: {words}.", name=web.name, words=answer.words))


def _link(web: Web, answer: Answer, _: bool) -> ChannelError:  # noqa: FBT001 - the shape of a meaning
    return PermanentFailure(
        say(
            "{name} kunde inte läsa sidan bakom länken: {words}. Se till att alla kan öppna den.",
            name=web.name,
            words=answer.words,
        )
    )


def _twin(web: Web, answer: Answer, publishing: bool) -> ChannelError:  # noqa: FBT001 - the shape of a meaning
    # The earlier post may be ours, of an attempt whose answer was lost, or another with the same words.
    return _unclear(web, answer) if publishing else _never(web, answer, publishing)


def _transient(web: Web, answer: Answer, publishing: bool) -> ChannelError:  # noqa: FBT001 - as above
    if publishing:
        return _unclear(web, answer)
    return TemporaryFailure(
        say("{name} kunde inte svara just nu: {words}.", name=web.name, words=answer.words)
    )


_MEANINGS: Mapping[int, Callable[[Web, Answer, bool], ChannelError]] = {
    **dict.fromkeys(_KEY_CODES, _key),
    **dict.fromkeys((3, 10, *range(200, 300)), _permission),
    **dict.fromkeys((4, 17, 32, 341, 613, 80001, 80002), _wait),
    **dict.fromkeys((1, 2), _transient),
    100: _never,
    368: _blocked,
    506: _twin,
    1609005: _link,
}
