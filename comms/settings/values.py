"""What pydantic has read -> plain frozen values (decision 0003)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from comms.model.feed import FeedSettings
from comms.model.issue import Newsletter, QuietDays
from comms.model.settings import (
    MEDIA_FOLDER,
    SOCIAL,
    Bounces,
    Brand,
    ChannelSettings,
    DarkBrand,
    DkimKey,
    HostKind,
    Letterbox,
    MediaHost,
    Metrics,
    RelaySettings,
    Retention,
    Secret,
    Security,
    Sender,
    Settings,
    Signups,
    UnsubscribeBox,
    Web,
)
from comms.settings import schema
from comms.text.schedule import parse_weekday

_PORT = 25
_PORTS = {Security.TLS: 465}
"""Where a relay listens when nothing else is said (RFC 5321, 4.5.4.2; RFC 8314, 3.3)."""


def settings_of(parsed: schema.CommsYaml, lines: Mapping[str, int]) -> Settings:
    """Everything that comms.yaml and the environment say; `lines` where each dotted key stands."""
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
        brand=_brand(parsed.brand, parsed.workspace.name),
        channels={
            slug: _channel(slug, channel, parsed.workspace.base_url)
            for slug, channel in parsed.channels.items()
        },
        newsletters={slug: _newsletter(slug, one) for slug, one in parsed.newsletters.items()},
        eu_statement=parsed.eu_statement,
        parts=_parts(parsed),
        lines=lines,
        bounces=_bounces(parsed.bounces),
        dkim=tuple(DkimKey(selector, one.key_file) for selector, one in parsed.dkim.items()),
        receipts=parsed.officer.receipts,
        memory_keys=ring(parsed.memory.keys),
        web=_web(parsed.web),
        signups=_signups(parsed.subscribers.limits),
        retention=Retention(**parsed.subscribers.keep.model_dump()),
        unsubscribe_box=_unsubscribe_box(parsed.subscribers.mailbox),
        feeds={slug: _feed(slug, feed) for slug, feed in parsed.feeds.items()},
        private_hosts=frozenset(parsed.fetch.private_hosts),
        metrics=_metrics(parsed.metrics),
        json_log=parsed.log.format == "json",
    )


def ring(keys: SecretStr) -> tuple[Secret, ...]:
    """Several secrets in one value, with commas between."""
    return tuple(Secret(key.strip()) for key in keys.get_secret_value().split(",") if key.strip())


def _web(web: schema.Web | None) -> Web | None:
    if web is None:
        return None
    place = urlsplit(f"//{web.listen}")
    return Web(place.hostname or "", place.port or 0, tuple(web.proxies), ring(web.keys))


def _signups(limits: schema.SignupLimits) -> Signups:
    return Signups(tuple(limits.address), limits.network, limits.domain, limits.site)


def _unsubscribe_box(mailbox: schema.Mailbox | None) -> UnsubscribeBox | None:
    if mailbox is None:
        return None
    given = mailbox.model_dump(exclude={"password"})
    return UnsubscribeBox(**given, password=Secret(mailbox.password.get_secret_value()))


def _bounces(bounces: schema.Bounces) -> Bounces | None:
    key = Secret(bounces.key.get_secret_value())
    return Bounces(bounces.domain, key, _letterbox(bounces.mailbox)) if bounces.domain else None


def _letterbox(mailbox: schema.Letterbox | None) -> Letterbox | None:
    if mailbox is None:
        return None
    given = mailbox.model_dump(exclude={"password"})
    return Letterbox(**given, password=Secret(mailbox.password.get_secret_value()))


def _feed(slug: str, feed: schema.Feed) -> FeedSettings:
    return FeedSettings(
        slug,
        feed.title,
        feed.url,
        feed.every,
        feed.most,
        feed.focus,
        tuple(feed.audiences),
        tuple(feed.municipalities),
    )


def _metrics(metrics: schema.Metrics | None) -> Metrics | None:
    if metrics is None:
        return None
    place = urlsplit(f"//{metrics.listen}")
    return Metrics(place.hostname or "", place.port or 0)


def _brand(brand: schema.Brand, name: str) -> Brand:
    """The looks; a panel is as the letter's ground, the mast as its headings, when nothing else is said."""
    followed = {
        "wordmark": brand.wordmark or name,
        "panel": brand.panel or brand.ground,
        "mast": brand.mast or brand.heading,
        "dark": DarkBrand(**brand.dark.model_dump()),
    }
    return Brand(**(brand.model_dump() | followed))


def _channel(slug: str, channel: schema.Channel, base_url: str) -> ChannelSettings:
    return ChannelSettings(
        slug=slug,
        kind=channel.kind,
        network=network_named(channel),
        slots=tuple(channel.slots),
        quiet=_quiet(channel.quiet),
        max_lateness=channel.max_lateness,
        rates=tuple(channel.rate),
        domain_rates=tuple(channel.domain_rate),
        connections=channel.connections,
        host=channel.host,
        port=channel.port or _PORTS.get(channel.security, _PORT),
        security=channel.security,
        user=channel.user,
        password=Secret(channel.password.get_secret_value()),
        base_url=channel.base_url,
        token=Secret(channel.token.get_secret_value()),
        backups=tuple(_relay(name, relay) for name, relay in channel.backups.items()),
        account=channel.account,
        app_secret=Secret(channel.app_secret.get_secret_value()),
        token_until=channel.token_until,
        media_host=_media_host(channel.media_host, base_url) if channel.media_host else None,
        ahead=channel.ahead,
        distance=channel.distance,
        no_repeat=channel.no_repeat,
        max_length=channel.max_length,
    )


def _relay(name: str, relay: schema.Relay) -> RelaySettings:
    password = Secret(relay.password.get_secret_value())
    port = relay.port or _PORTS.get(relay.security, _PORT)
    return RelaySettings(name, relay.host, port, relay.security, relay.user, password)


def _media_host(host: schema.MediaHost, base_url: str) -> MediaHost:
    """The place for pictures; the folder that the office publishes itself is below its own address."""
    given = host.model_dump(exclude={"secret"})
    if host.kind is HostKind.WEB and not host.url and base_url:
        given["url"] = f"{base_url}/{MEDIA_FOLDER}"
    return MediaHost(**given, secret=Secret(host.secret.get_secret_value()))


def network_named(channel: schema.Channel) -> str:
    """The social network of a channel; nothing for e-mail."""
    return channel.network or (channel.kind.value if channel.kind in SOCIAL else "")


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
        is_open=newsletter.open,
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
