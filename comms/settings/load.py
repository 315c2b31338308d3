"""comms.yaml + environment -> `Settings`, with every fault of the file named at its line."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from comms.errors import ConfigError, Location, Problem, Severity, Text, say
from comms.model.issue import Newsletter, QuietDays
from comms.model.settings import Brand, ChannelKind, ChannelSettings, Secret, Security, Sender, Settings
from comms.settings import schema
from comms.text.schedule import parse_weekday
from comms.text.yaml import Node, parse_yaml

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

FILE = "comms.yaml"
_SECRET_KEYS = ("password", "token")
_HOME = frozenset({"localhost", "127.0.0.1", "::1"})


def load_settings(root: Path) -> tuple[Settings | None, list[Problem]]:
    """Read the workspace's settings; None and the problems when they cannot be used."""
    try:
        text = (root / FILE).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(
            say("Här finns ingen arbetsyta: {path} saknas. Skapa en med: comms init MAPP", path=FILE)
        ) from None
    except UnicodeDecodeError:
        return None, [
            _problem("K101", say("Filen är inte sparad som UTF-8."), say("Spara om den som UTF-8."))
        ]
    node, faults = parse_yaml(text)
    if node is None:
        return None, [
            Problem("K101", Severity.ERROR, f.message, f.hint, Location(FILE, f.line, f.column))
            for f in faults
        ]
    if not isinstance(node.value, dict):
        return None, [
            _problem("K101", say("Filen ska bestå av ”nyckel: värde”."), say("Utgå från comms init."))
        ]
    lines = dict(node.lines())
    problems = _secrets_in_file(node, lines)
    try:
        parsed = schema.CommsYaml(**_plain(node))
    except ValidationError as invalid:
        return None, problems + [_translated(error, lines) for error in invalid.errors()]
    problems += _contradictions(parsed, lines)
    return (None if problems else _settings(parsed, lines)), problems


def _plain(node: Node) -> dict[str, Any]:
    plain = node.plain()
    return (
        {key: value for key, value in plain.items() if value is not None} if isinstance(plain, dict) else {}
    )


def _problem(code: str, message: Text, hint: Text, line: int = 0) -> Problem:
    return Problem(code, Severity.ERROR, message, hint, Location(FILE, line, 1 if line else 0))


def _secrets_in_file(node: Node, lines: Mapping[str, int]) -> list[Problem]:
    """Secrets in a file that is committed are secrets no more."""
    del node
    found = [key for key in lines if key.rpartition(".")[2] in _SECRET_KEYS]
    return [
        _problem(
            "K104",
            say("”{key}” är en hemlighet och hör inte hemma i filen.", key=key),
            say("Ta bort raden och sätt miljövariabeln {name}.", name=_variable(key)),
            lines[key],
        )
        for key in found
    ]


def _variable(key: str) -> str:
    return "COMMS_" + key.upper().replace(".", "__")


def _translated(error: ErrorDetails, lines: Mapping[str, int]) -> Problem:
    """A pydantic error in our words, at the nearest line that the file has."""
    path = [str(part) for part in error["loc"] if part != "[key]"]
    dotted = ".".join(path)
    line = 0
    for end in range(len(path), 0, -1):
        line = lines.get(".".join(path[:end]), 0)
        if line:
            break
    code, message, hint = _sentences(error, dotted, path)
    if ".".join(path[: _named(path)]) not in lines and error["type"] != "missing":
        message = say("{message} (miljövariabeln {name})", message=message, name=_variable(dotted))
    return _problem(code, message, hint, line or 1)


def _named(path: Sequence[str]) -> int:
    """How much of a path names keys: positions in lists and pydantic's union tags are left out."""
    return next(
        (n for n, part in enumerate(path) if part.isdecimal() or part.startswith(("list[", "literal["))),
        len(path),
    )


def _sentences(error: ErrorDetails, dotted: str, path: Sequence[str]) -> tuple[str, Text, Text]:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "comms":
        return "K103", context["message"], context["hint"]
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(path[-1], _keys(path), n=1)
        hint = say("Menade du ”{near}”?", near=near[0]) if near else say("Ta bort raden.")
        return "K102", say("Nyckeln ”{key}” finns inte.", key=dotted), hint
    if kind == "missing":
        return "K102", say("Nyckeln ”{key}” saknas.", key=dotted), say("Lägg till den.")
    if kind in {"literal_error", "enum"}:
        message = say("”{value}” går inte i ”{key}”.", value=error["input"], key=dotted)
        return "K103", message, say("Välj bland: {known}.", known=context["expected"].replace(" or ", ", "))
    message = say("Värdet i ”{key}” är fel: {value}.", key=dotted, value=_shown(error["input"]))
    return "K103", message, _EXPECTED.get(kind.partition("_")[0], say("Se docs/settings.md."))


_EXPECTED = {
    "int": say("Skriv ett helt tal."),
    "bool": say("Skriv true eller false."),
    "list": say("Skriv en lista: [a, b]."),
    "string": say("Skriv en text."),
    "model": say("Skriv ”nyckel: värde” på indragna rader."),
    "dict": say("Skriv ”nyckel: värde” på indragna rader."),
    "greater": say("Skriv ett större tal."),
    "less": say("Skriv ett mindre tal."),
    "too": say("Ange minst ett värde."),
}


def _shown(value: object) -> str:
    return str(value)[:60]


def _keys(path: Sequence[str]) -> list[str]:
    """Which keys were possible where an unknown one stood."""
    models: dict[str, type[BaseModel]] = {
        "workspace": schema.Workspace,
        "officer": schema.Officer,
        "sender": schema.Sender,
        "brand": schema.Brand,
        "channels": schema.Channel,
        "newsletters": schema.Newsletter,
    }
    if len(path) == 1:
        return list(schema.CommsYaml.model_fields)
    if "quiet" in path[:-1]:
        return list(schema.Quiet.model_fields)
    return list(models[path[0]].model_fields) if path[0] in models else []


def _contradictions(parsed: schema.CommsYaml, lines: Mapping[str, int]) -> list[Problem]:
    """What no single field can tell."""
    problems = []
    for slug, newsletter in parsed.newsletters.items():
        key = f"newsletters.{slug}.channel"
        line = lines.get(key, lines.get(f"newsletters.{slug}", 0))
        channel = parsed.channels.get(newsletter.channel)
        if channel is None or channel.network:
            message = say(
                "Nyhetsbrevet ”{slug}” har ingen kanal för e-post: ”{channel}”.",
                slug=slug,
                channel=newsletter.channel,
            )
            mail = [name for name, one in parsed.channels.items() if not one.network]
            hint = say("Välj bland: {known}.", known=", ".join(mail) or "–")
            problems.append(_problem("K105", message, hint, line))
    for slug, channel in parsed.channels.items():
        line = lines.get(f"channels.{slug}", 0)
        problems += [
            _problem("K105", message, hint, line) for message, hint in _channel_faults(slug, channel)
        ]
    return problems


def _channel_faults(slug: str, channel: schema.Channel) -> list[tuple[Text, Text]]:
    faults = []
    if channel.kind is ChannelKind.SMTP and not channel.host:
        faults.append((say("Kanalen ”{slug}” saknar host.", slug=slug), say("Ange e-postserverns namn.")))
    if channel.kind is ChannelKind.SMTP and channel.network:
        faults.append(
            (
                say("Kanalen ”{slug}” är både e-post och {network}.", slug=slug, network=channel.network),
                say("Ta bort network."),
            )
        )
    if channel.kind is ChannelKind.SMTP and channel.security is Security.NONE and channel.host not in _HOME:
        faults.append(
            (
                say("Kanalen ”{slug}” skulle sända okrypterat till {host}.", slug=slug, host=channel.host),
                say("Välj security: starttls eller tls."),
            )
        )
    if channel.kind is ChannelKind.MASTODON and (
        not channel.base_url or channel.network not in {"", "mastodon"}
    ):
        faults.append(
            (
                say("Kanalen ”{slug}” saknar base_url.", slug=slug),
                say("Ange serverns adress, till exempel https://social.example."),
            )
        )
    return faults


def _settings(parsed: schema.CommsYaml, lines: Mapping[str, int]) -> Settings:
    return Settings(
        name=parsed.workspace.name,
        language=parsed.workspace.language,
        timezone=parsed.workspace.timezone,
        base_url=parsed.workspace.base_url,
        database_url=parsed.workspace.database_url,
        out=parsed.workspace.out,
        officer=parsed.officer.email,
        sender=Sender(
            parsed.sender.name,
            parsed.sender.email,
            parsed.sender.reply_to or parsed.sender.email,
            parsed.sender.postal_address,
        ),
        brand=Brand(
            **(parsed.brand.model_dump() | {"wordmark": parsed.brand.wordmark or parsed.workspace.name})
        ),
        channels={slug: _channel(slug, channel) for slug, channel in parsed.channels.items()},
        newsletters={slug: _newsletter(slug, one) for slug, one in parsed.newsletters.items()},
        eu_statement=parsed.eu_statement,
        parts=_parts(parsed),
        lines=lines,
    )


def _channel(slug: str, channel: schema.Channel) -> ChannelSettings:
    network = channel.network or ("mastodon" if channel.kind is ChannelKind.MASTODON else "")
    return ChannelSettings(
        slug=slug,
        kind=channel.kind,
        network=network,
        slots=tuple(channel.slots),
        quiet=_quiet(channel.quiet),
        max_lateness=channel.max_lateness,
        rate=channel.rate,
        host=channel.host,
        port=channel.port,
        security=channel.security,
        user=channel.user,
        password=Secret(channel.password.get_secret_value()),
        base_url=channel.base_url,
        token=Secret(channel.token.get_secret_value()),
    )


def _newsletter(slug: str, newsletter: schema.Newsletter) -> Newsletter:
    places = newsletter.municipalities
    return Newsletter(
        slug=slug,
        title=newsletter.title,
        tagline=newsletter.tagline,
        schedule=newsletter.schedule,
        audiences=tuple(newsletter.audiences),
        municipalities=("*",) if places == "all" else () if places == "none" else tuple(places),
        whole_area=newsletter.whole_area or places == "none",
        template=newsletter.template,
        channel=newsletter.channel,
        max_items=newsletter.max_items,
        max_age_days=newsletter.max_age_days,
        quiet=_quiet(newsletter.quiet),
    )


def _quiet(quiet: schema.Quiet) -> QuietDays:
    weekdays = [parse_weekday(day) for day in quiet.days]
    dates = [
        day
        for day, weekday in zip(quiet.days, weekdays, strict=True)
        if weekday is None and day != "holidays"
    ]
    return QuietDays(
        holidays="holidays" in quiet.days,
        dates=tuple(date.fromisoformat(day) for day in dates),
        weekdays=tuple(weekday for weekday in weekdays if weekday is not None),
        on_quiet=quiet.then,
    )


def _parts(parsed: schema.CommsYaml) -> dict[str, str]:
    """Hash each section that letters and posts depend on (docs/decisions/0009)."""
    workspace = parsed.workspace.model_dump(mode="json", include={"name", "language", "timezone", "base_url"})
    sections: dict[str, Any] = {
        "workspace": workspace,
        "sender": schema.without_secrets(parsed.sender),
        "brand": schema.without_secrets(parsed.brand),
        "eu_statement": parsed.eu_statement,
    }
    sections |= {
        f"newsletters.{slug}": schema.without_secrets(one) for slug, one in parsed.newsletters.items()
    }
    sections |= {f"channels.{slug}": schema.without_secrets(one) for slug, one in parsed.channels.items()}
    return {name: _hash(section) for name, section in sections.items()}


def _hash(section: object) -> str:
    return hashlib.sha256(
        json.dumps(section, sort_keys=True, ensure_ascii=False, default=str).encode()
    ).hexdigest()
