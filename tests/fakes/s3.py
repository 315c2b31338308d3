"""An S3 bucket on loopback that checks each signature by AWS's own description, and shows its files to all.

The signature is computed here from the request as it came:
https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from urllib.parse import urlsplit

from tests.fakes.network import Network, Published, Reply, Request, Routes

KEY_ID = "AKIA-EXEMPEL"
SECRET = "hemligt/till+hinken"
BUCKET = "bilder"
REGION = "eu-north-1"


class Bucket(Network):
    """The bucket. `open_to_all` is what its policy says."""

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__()
        self.files: dict[str, tuple[str, bytes]] = {}
        self.open_to_all = True

    def routes(self) -> Routes:
        """Files are put there, and shown."""
        return {("PUT", f"/{BUCKET}/(.+)"): self._put, ("GET", f"/{BUCKET}/(.+)"): self._show}

    def refusal(self, request: Request) -> Reply | None:
        """Who puts must have signed; who gets need not."""
        if request.method != "PUT" or request.headers.get("Authorization") == signature(request, SECRET):
            return None
        return 403, {"Content-Type": "application/xml"}, b"<Error><Code>SignatureDoesNotMatch</Code></Error>"

    def posts(self) -> list[Published]:
        """A bucket has none."""
        return []

    def _put(self, request: Request) -> Reply:
        if request.headers["x-amz-content-sha256"] != sha256(request.body).hexdigest():
            return 400, {}, b"<Error><Code>XAmzContentSHA256Mismatch</Code></Error>"
        self.files[request.found[0]] = (request.headers["Content-Type"], request.body)
        return 200, {"ETag": '"1"'}, None

    def _show(self, request: Request) -> Reply:
        if not self.open_to_all:
            return 403, {}, b"<Error><Code>AccessDenied</Code></Error>"
        media_type, content = self.files.get(request.found[0], ("", b""))
        return (200, {"Content-Type": media_type}, content) if media_type else (404, {}, b"")


def signature(request: Request, secret: str) -> str:
    """The header Authorization that a request ought to have."""
    given = request.headers.get("Authorization", "")
    parts = dict(part.strip().split("=", 1) for part in given.partition(" ")[2].split(",") if "=" in part)
    signed = parts.get("SignedHeaders", "").split(";")
    scope = f"{request.headers.get('x-amz-date', '')[:8]}/{REGION}/s3/aws4_request"
    headers = "".join(f"{name}:{' '.join(request.headers.get(name, '').split())}\n" for name in signed)
    asked = urlsplit(request.target)
    canonical = "\n".join(
        [
            request.method,
            asked.path,
            asked.query,
            headers,
            ";".join(signed),
            request.headers.get("x-amz-content-sha256", ""),
        ]
    )
    to_sign = "\n".join(
        [
            "AWS4-HMAC-SHA256",
            request.headers.get("x-amz-date", ""),
            scope,
            sha256(canonical.encode()).hexdigest(),
        ]
    )
    key = f"AWS4{secret}".encode()
    for word in scope.split("/"):
        key = hmac.digest(key, word.encode(), "sha256")
    proof = hmac.digest(key, to_sign.encode(), "sha256").hex()
    names = ";".join(signed)
    return f"AWS4-HMAC-SHA256 Credential={KEY_ID}/{scope}, SignedHeaders={names}, Signature={proof}"
