"""Signatures of calls, as the Standard Webhooks specification 1.0.0 has them."""

import base64
import hmac
from datetime import datetime

PREFIX = "whsec_"


def signed(secret: str, identifier: str, at: datetime, body: bytes) -> dict[str, str]:
    """Give the headers of a call: its id, which is the same at each try, the instant of this try, the signature."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    stamp = str(int(at.timestamp()))
    said = b".".join((identifier.encode(), stamp.encode(), body))
    signature = base64.b64encode(hmac.digest(key, said, "sha256")).decode()
    return {
        "webhook-id": identifier,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{signature}",
        "content-type": "application/json",
    }
