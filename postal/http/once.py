"""A form that is sent twice has one effect: by a token in it, kept as an idempotency key with where it led.

Pages have no header for it; each form that changes something carries a hidden `token`, made with the page.
"""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from uuid import UUID

from postal.db import shared_unit_of_work
from postal.errors import Unprocessable
from postal.http import idempotency_keys
from postal.http.idempotency_keys import StoredAnswer
from postal.identifiers import new_id

SEE_OTHER = 303
PREFIX = "form:"


def token_of(now: datetime, typed: str = "") -> str:
    """Make the token of a form; one that comes back with a refusal keeps its own."""
    try:
        return str(UUID(typed))
    except ValueError:
        return str(new_id(now))


async def once(
    token: str,
    form: Mapping[str, object],
    work: Callable[[], Awaitable[str]],
    *,
    owner: str,
    now: datetime,
    fallback: str,
) -> str:
    """Do the work of a form and give where it leads; the second time only that.

    A double click waits for the first one: a browser shows the answer to the second. What was refused is not kept, so
    it may be mended and sent again. `fallback` is where to go when the kept address named somebody who was erased.
    """
    key = PREFIX + token_of(now, token)
    digest = hashlib.sha256(
        repr(sorted((name, str(value)) for name, value in form.items())).encode()
    ).digest()
    async with shared_unit_of_work():
        await idempotency_keys.wait(owner, key)
        if (stored := await idempotency_keys.find(owner, key)) is not None:
            if stored.fingerprint and stored.fingerprint != digest:
                raise _used()
            return stored.body.decode() or fallback
        where = await work()
        await idempotency_keys.keep(
            owner,
            key,
            StoredAnswer(
                fingerprint=digest, status=SEE_OTHER, headers=[], body=where.encode(), created_at=now
            ),
        )
    return where


def _used() -> Unprocessable:
    return Unprocessable(
        "request.form_used",
        vi="Biểu mẫu này đã được gửi với nội dung khác. Hãy tải lại trang rồi làm lại nếu cần.",
        en="This form was sent already with other contents. Load the page again, and repeat it if need be.",
    )
