"""comms.yaml + environment -> `Settings`, with every fault of the file named at its line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from comms.errors import ConfigError, Location, Problem, Text, say
from comms.model.settings import (
    SOCIAL,
    ChannelKind,
    HostKind,
    Security,
    Settings,
)
from comms.settings import schema
from comms.settings.environment import overrides
from comms.settings.faults import FILE, SECRET_KEYS, Places, problem, translated
from comms.settings.values import network_named, ring, settings_of
from comms.text.encoding import Oddity, decode
from comms.text.networks import NETWORKS
from comms.text.yaml import Node, parse_yaml

_SHORTEST_RING_KEY = 32
"""Characters of a key to the public pages: what nobody guesses, and nobody ever takes out again."""

_SHORTEST_KEY = 16
"""Characters of a key by which bounces are known: what no one guesses."""

_NEEDS: Mapping[ChannelKind, Mapping[str, Text]] = {
    ChannelKind.MASTODON: {"base_url": say("Ange serverns adress, till exempel https://social.example.")},
    ChannelKind.BLUESKY: {"account": say("Ange kontots namn, till exempel leader7sam.bsky.social.")},
    ChannelKind.FACEBOOK: {"account": say("Ange sidans id, ett tal som står under Om sidan.")},
    ChannelKind.INSTAGRAM: {
        "account": say("Ange kontots id, ett tal."),
        "media_host": say("Säg var bilderna läggs, till exempel media_host: {kind: web}."),
    },
    ChannelKind.THREADS: {
        "account": say("Ange kontots id, ett tal."),
        "media_host": say("Säg var bilderna läggs, till exempel media_host: {kind: web}."),
    },
    ChannelKind.LINKEDIN: {"account": say("Ange sidans id, talet i adressen till sidan.")},
}
"""What each network's channel cannot do without, and what to write."""

_HOST_NEEDS: Mapping[HostKind, tuple[str, ...]] = {
    HostKind.WEB: (),
    HostKind.S3: ("url", "endpoint", "bucket", "region", "user"),
    HostKind.SFTP: ("url", "host", "user", "host_key"),
}

_AHEAD = frozenset({ChannelKind.FACEBOOK, ChannelKind.MANUAL})
"""Channels that can be handed a post before readers shall see it."""

_LONGEST_AHEAD = timedelta(days=28)
"""Facebook's own schedule reaches 29 days ahead (sources disagree on more)."""

_LONGEST_MEMORY = timedelta(days=30)
"""Tickets are kept for so long: a limit of an address cannot count those that were before."""

_HOME = frozenset({"localhost", "127.0.0.1", "::1"})
_PASSWORD_IN_ADDRESS = re.compile(r"://[^/@\s]*:[^/@\s]+@")


def load_settings(root: Path) -> tuple[Settings | None, list[Problem]]:
    """Read the workspace's settings; None and the problems when they cannot be used.

    Raises `ConfigError` when there is no file, or a secret outside it cannot be trusted or read.
    """
    try:
        content = (root / FILE).read_bytes()
    except FileNotFoundError:
        raise ConfigError(
            say("Här finns ingen arbetsyta: {path} saknas. Skapa en med: comms init MAPP", path=FILE)
        ) from None
    node, problems = _read(content)
    if node is None:
        return None, problems
    places = Places.of(node)
    problems += _secrets_in_file(places, node)
    try:
        parsed = schema.CommsYaml(**_plain(node))
    except ValidationError as invalid:
        return None, problems + translated(invalid.errors(), places, overrides())
    problems += _contradictions(parsed, places)
    return (None if problems else settings_of(parsed, dict(node.lines()))), problems


def _read(content: bytes) -> tuple[Node | None, list[Problem]]:
    """The file as YAML. What can be mended in the text is, in silence: nobody needs to do anything."""
    text, oddities = decode(content)
    stopping = {Oddity.ENCODING, Oddity.CONTROL}
    problems = [
        problem("K101", one.message, one.hint, Location(FILE, one.line, one.column))
        for one in oddities
        if one.oddity in stopping
    ]
    if text is None:
        return None, problems
    node, faults = parse_yaml(text)
    problems += [
        problem("K101", fault.message, fault.hint, Location(FILE, fault.line, fault.column))
        for fault in faults
    ]
    if node is not None and not isinstance(node.value, dict):
        message = say("Filen ska bestå av ”nyckel: värde”.")
        return None, [*problems, problem("K101", message, say("Utgå från comms init."), Location(FILE, 1, 1))]
    return node, problems


def _plain(node: Node) -> dict[str, Any]:
    """The file's values; a section without content counts as missing."""
    plain = node.plain()
    return (
        {key: value for key, value in plain.items() if value is not None} if isinstance(plain, dict) else {}
    )


def _secrets_in_file(places: Places, node: Node) -> list[Problem]:
    """Secrets in a file that is committed are secrets no more."""
    found = {
        path: say("”{key}” är en hemlighet och hör inte hemma i filen.", key=".".join(path))
        for path in places.keys
        if path[-1] in SECRET_KEYS or path in {("bounces", "key"), ("memory", "keys"), ("web", "keys")}
    }
    workspace = _plain(node).get("workspace")
    address = workspace.get("database_url") if isinstance(workspace, dict) else None
    if isinstance(address, str) and _PASSWORD_IN_ADDRESS.search(address):
        message = say("Lösenordet i ”workspace.database_url” hör inte hemma i filen.")
        found["workspace", "database_url"] = message
    return [
        problem(
            "K104",
            message,
            say("Ta bort raden och sätt miljövariabeln {name}.", name=_variable(path)),
            places.key(path),
        )
        for path, message in found.items()
    ]


def _variable(path: tuple[str, ...]) -> str:
    return "COMMS_" + "__".join(path).upper()


def _contradictions(parsed: schema.CommsYaml, places: Places) -> Iterator[Problem]:
    """What no single field can tell."""
    mail = ", ".join(name for name, one in parsed.channels.items() if not network_named(one))
    for slug, newsletter in parsed.newsletters.items():
        channel = parsed.channels.get(newsletter.channel)
        if channel is None or network_named(channel):
            message = say(
                "Nyhetsbrevet ”{slug}” har ingen kanal för e-post: ”{channel}”.",
                slug=slug,
                channel=newsletter.channel,
            )
            hint = say("Välj bland: {known}.", known=mail or "–")
            yield problem("K105", message, hint, places.value(("newsletters", slug, "channel")))
    for message, hint in _bounce_faults(parsed.bounces):
        yield problem("K105", message, hint, places.key(("bounces", "domain")))
    for path, message, hint in _reader_faults(parsed):
        yield problem("K105", message, hint, places.key(path))
    for slug, channel in parsed.channels.items():
        for key, message, hint in _channel_faults(slug, channel):
            yield problem("K105", message, hint, places.value(("channels", slug, *key.split("."))))


def _bounce_faults(bounces: schema.Bounces) -> Iterator[tuple[Text, Text]]:
    """Domain and key go together: without the key nobody could tell a real bounce from a made-up one."""
    key, variable = bounces.key.get_secret_value(), _variable(("bounces", "key"))
    if bounces.domain and not key:
        message = say("”bounces” har en domän men ingen nyckel.")
        yield message, say("Sätt miljövariabeln {name}, eller ta bort bounces.", name=variable)
    elif key and not bounces.domain:
        message = say("Nyckeln till studsar är satt, men ”bounces” har ingen domän.")
        yield message, say("Skriv bounces: {{domain: …}}, eller ta bort {name}.", name=variable)
    elif key and len(key) < _SHORTEST_KEY:
        message = say("Nyckeln till studsar är för kort.")
        yield (
            message,
            say("Sätt {name} till minst {least} slumpade tecken.", name=variable, least=_SHORTEST_KEY),
        )


def _reader_faults(parsed: schema.CommsYaml) -> Iterator[tuple[tuple[str, ...], Text, Text]]:
    """What public pages and the mailbox of unsubscriptions cannot do without."""
    if parsed.web is not None and not parsed.workspace.base_url:
        message = say("De publika sidorna har ingen adress.")
        yield ("web",), message, say("Skriv workspace.base_url, adressen som besökarna ser.")
    for key in ring(parsed.web.keys) if parsed.web else ():
        if len(key.value) < _SHORTEST_RING_KEY:
            variable = _variable(("web", "keys"))
            message = say("En nyckel till de publika sidorna är för kort.")
            hint = say("Sätt {name} till det som comms doctor --new-key ger.", name=variable)
            yield ("web",), message, hint
    if any(rate.period > _LONGEST_MEMORY for rate in parsed.subscribers.limits.address):
        message = say("Gränsen för en adress räknar över längre tid än anmälningar sparas.")
        hint = say("Skriv en tid på högst {days} dagar, till exempel 3/30d.", days=_LONGEST_MEMORY.days)
        yield ("subscribers", "limits", "address"), message, hint
    boxes: dict[tuple[str, ...], schema.Letterbox | None] = {
        ("subscribers", "mailbox"): parsed.subscribers.mailbox,
        ("bounces", "mailbox"): parsed.bounces.mailbox,
    }
    for path, box in boxes.items():
        if box is not None and bool(box.maildir) == bool(box.host):
            message = say("Brevlådan ”{key}” ska ha antingen maildir eller host.", key=".".join(path))
            yield path, message, say("Skriv maildir: MAPP, eller host, user och folder.")
    if parsed.bounces.mailbox is not None and not parsed.bounces.domain:
        message = say("Brevlådan för studsar är satt, men ”bounces” har ingen domän.")
        hint = say("Skriv bounces: {{domain: …}}, domänen som brevlådan tar emot allt till.")
        yield ("bounces", "mailbox"), message, hint


def _channel_faults(slug: str, channel: schema.Channel) -> Iterator[tuple[str, Text, Text]]:
    """Each fault with the key that shows it best."""
    if channel.kind is ChannelKind.SMTP:
        if not channel.host:
            yield "kind", say("Kanalen ”{slug}” saknar host.", slug=slug), say("Ange e-postserverns namn.")
        ways: dict[str, schema.Channel | schema.Relay] = {"security": channel}
        ways |= {f"backups.{name}.security": relay for name, relay in channel.backups.items()}
        for key, relay in ways.items():
            if relay.host and relay.security is Security.NONE and relay.host not in _HOME:
                message = say(
                    "Kanalen ”{slug}” skulle sända okrypterat till {host}.", slug=slug, host=relay.host
                )
                yield key, message, say("Välj security: starttls eller tls.")
        if channel.network:
            message = say(
                "Kanalen ”{slug}” är både e-post och {network}.", slug=slug, network=channel.network
            )
            yield "network", message, say("Ta bort network.")
    if channel.ahead and channel.kind not in _AHEAD:
        message = say("Kanalen ”{slug}” kan inte lämna något före sin tid.", slug=slug)
        yield "ahead", message, say("Ta bort ahead: det går för facebook och manual.")
    if channel.ahead > _LONGEST_AHEAD:
        message = say("Det är för långt i förväg för kanalen ”{slug}”.", slug=slug)
        yield "ahead", message, say("Skriv högst {days}d.", days=_LONGEST_AHEAD.days)
    network = NETWORKS.get(network_named(channel))
    if network and network.slug != "mastodon" and channel.max_length > network.max_length:
        message = say(
            "{name} tar högst {limit} tecken på alla konton.", name=network.name, limit=network.max_length
        )
        yield "max_length", message, say("Ta bort raden, eller skriv ett mindre tal.")
    if channel.kind in SOCIAL:
        yield from _social_faults(slug, channel)


def _social_faults(slug: str, channel: schema.Channel) -> Iterator[tuple[str, Text, Text]]:
    for key, hint in _NEEDS[channel.kind].items():
        if not getattr(channel, key):
            yield "kind", say("Kanalen ”{slug}” saknar {key}.", slug=slug, key=key), hint
    if channel.network not in {"", channel.kind.value}:
        message = say(
            "Kanalen ”{slug}” är både {kind} och {network}.",
            slug=slug,
            kind=channel.kind.value,
            network=channel.network,
        )
        yield "network", message, say("Ta bort network, eller välj kind: file.")
    host = channel.media_host
    for key in _HOST_NEEDS[host.kind] if host else ():
        if not getattr(host, key):
            yield (
                "media_host",
                say("media_host i kanalen ”{slug}” saknar {key}.", slug=slug, key=key),
                say("Nycklarna står i docs/kanaler.md, under Bilder på webben."),
            )
