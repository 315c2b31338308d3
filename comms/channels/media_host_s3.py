"""Pictures in an S3 bucket: one signed PUT each (AWS Signature Version 4, path-style addresses).

Works with everything that speaks S3. No ACL is sent: buckets made since April 2023 refuse one
(https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html), so that a policy of the
bucket says that all may read.
"""

from __future__ import annotations

from urllib.parse import quote, urlsplit

import requests
from requests_aws4auth import AWS4Auth  # type: ignore[import-untyped]  # it ships no types

from comms.channels.shelf import Lay
from comms.channels.web import Answer, Timeouts, Web, safe_address, usable_key
from comms.errors import ChannelDown, ChannelError, say
from comms.model.settings import MediaHost

_SIGNED = ("Authorization", "x-amz-date", "x-amz-content-sha256", "Content-Type")


def lay_by_s3(settings: MediaHost, timeouts: Timeouts) -> Lay:
    """What lays files in the bucket, below `folder` if there is one. Raises ConfigError."""
    name = urlsplit(settings.endpoint).hostname or settings.endpoint
    address = safe_address("media_host", settings.endpoint)
    secret = usable_key("media_host", name, settings.secret)
    web = Web(name, address, secrets=[secret], timeouts=timeouts)

    def lay(name: str, content: bytes, media_type: str) -> None:
        path = "/".join(part for part in (settings.bucket, settings.folder.strip("/"), name) if part)
        url = f"{web.address}/{quote(path)}"
        request = requests.Request("PUT", url, data=content, headers={"Content-Type": media_type})
        # Made for each file: one that is shared may change its key while another thread signs.
        sign = AWS4Auth(settings.user, secret.value, settings.region, "s3")
        signed = sign(request.prepare()).headers
        answer = web.call("PUT", url, data=content, headers={key: signed[key] for key in _SIGNED})
        if not answer.is_yes:
            raise _failure(web, settings, answer)

    return lay


def _failure(web: Web, settings: MediaHost, answer: Answer) -> ChannelError:
    if answer.status in {requests.codes.unauthorized, requests.codes.forbidden}:
        return ChannelDown(
            say(
                "{name} tar inte emot bilder med vår nyckel ({words}). Se över user, secret och region i "
                "media_host, och att datorns klocka går rätt.",
                name=web.name,
                words=answer.words,
            )
        )
    if 300 <= answer.status < 500 and answer.status != requests.codes.too_many_requests:  # noqa: PLR2004 - RFC 9110, 15
        return ChannelDown(
            say(
                "{name} tar inte emot bilder i {bucket} ({words}). Se över endpoint, bucket och region i "
                "media_host.",
                name=web.name,
                bucket=settings.bucket,
                words=answer.words,
            )
        )
    return web.refusal(answer, publishing=False)
