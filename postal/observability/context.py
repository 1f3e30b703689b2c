"""The request id that is carried through everything done for one request."""

import re
from contextvars import ContextVar
from secrets import token_hex

_WELL_FORMED = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._\-]{7,63}$")
_current: ContextVar[str] = ContextVar("postal_request_id", default="")


def request_id() -> str:
    """Give the id of the request being answered, or an empty string outside of one."""
    return _current.get()


def begin_request(offered: str) -> str:
    """Adopt the caller's id if it is well-formed, else make one; from here on the id is the current one."""
    chosen = offered if _WELL_FORMED.match(offered) else token_hex(16)
    _current.set(chosen)
    return chosen
