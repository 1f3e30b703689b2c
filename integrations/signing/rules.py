"""Signatures of calls, ours and those of others, as the Standard Webhooks specification 1.0.0 has them. Pure."""

import base64
import binascii
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

PREFIX = "whsec_"
SECRET_BYTES = 32
TOLERANCE = timedelta(minutes=5)
MOST_SIGNATURES = 16
_STAMP = re.compile(r"[0-9]{1,12}")
_SHORTEST, _LONGEST = 24, 64


class Fault(StrEnum):
    """Why a call does not count as its sender's."""

    INCOMPLETE = "incomplete"
    TOO_OLD = "too_old"
    TOO_NEW = "too_new"
    WRONG = "wrong"


def secret_of(random: bytes) -> str:
    """Write 24 to 64 random bytes as a secret is shown and kept."""
    if not _SHORTEST <= len(random) <= _LONGEST:
        raise ValueError("a secret has 24 to 64 bytes")
    return PREFIX + base64.b64encode(random).decode()


def signed(secrets: Sequence[str], identifier: str, at: datetime, body: bytes) -> dict[str, str]:
    """Give the headers of a call: its id, which is the same at each try, the instant of this try, the signatures.

    Each secret signs, so that during a rotation a receiver may know either of them.
    """
    stamp = str(int(at.timestamp()))
    said = _said(identifier, stamp, body)
    return {
        "webhook-id": identifier,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{_signature(secret, said)}" for secret in secrets),
        "content-type": "application/json",
    }


def verified(
    secrets: Sequence[str],
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
    tolerance: timedelta = TOLERANCE,
) -> bool:
    """Say whether a call was signed with one of these secrets about now."""
    return fault_of(secrets, headers, body, now, tolerance) is None


def fault_of(
    secrets: Sequence[str],
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
    tolerance: timedelta = TOLERANCE,
) -> Fault | None:
    """Say why a call is not its sender's, None where it is.

    The clock is judged last: who cannot sign learns nothing of ours. Every secret is compared with every signature, in
    constant time each, so that the time taken tells nothing either.
    """
    named = {name.lower(): value for name, value in headers.items()}
    identifier, stamp, given = (named.get(f"webhook-{part}", "") for part in ("id", "timestamp", "signature"))
    if not identifier or not given or not _STAMP.fullmatch(stamp):
        return Fault.INCOMPLETE
    said = _said(identifier, stamp, body)
    offered = [each.removeprefix("v1,").encode() for each in given.split() if each.startswith("v1,")]
    right = False
    for secret in secrets:
        own = _signature(secret, said).encode()
        for each in offered[:MOST_SIGNATURES]:
            right |= hmac.compare_digest(own, each)
    if not right:
        return Fault.WRONG
    apart = now.timestamp() - int(stamp)
    if abs(apart) <= tolerance.total_seconds():
        return None
    return Fault.TOO_OLD if apart > 0 else Fault.TOO_NEW


def _said(identifier: str, stamp: str, body: bytes) -> bytes:
    return b".".join((identifier.encode(), stamp.encode(), body))


def _signature(secret: str, said: bytes) -> str:
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("a secret is base64") from error
    return base64.b64encode(hmac.digest(key, said, "sha256")).decode()
