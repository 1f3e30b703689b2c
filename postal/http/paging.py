"""Pages of a list, by opaque cursor.

A handler takes `limit: PageLimit = DEFAULT_LIMIT, cursor: str | None = None`, reads `decode_cursor(cursor, tuple[str])`
(None for the first page), asks its repository for `limit + 1` rows after it, and answers
`paged(request, rows, limit, key=lambda row: (row.code,))`.
"""

import base64
import binascii
from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import parse_qsl, urlencode

import msgspec
from litestar import Request, Response
from litestar.params import QueryParameter

from postal.errors import BadInput
from postal.http.moments import find_far

T = TypeVar("T")
K = TypeVar("K")

DEFAULT_LIMIT = 50
LARGEST_LIMIT = 200
LONGEST_CURSOR = 1_000

PageLimit = Annotated[int, QueryParameter(ge=1, le=LARGEST_LIMIT, description="How many at most")]
"""The `limit` query parameter."""
PageCursor = Annotated[
    str | None,
    QueryParameter(min_length=1, max_length=LONGEST_CURSOR, description="`next_cursor` of the page before"),
]
"""The `cursor` query parameter."""


class Page(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """Some items of a list; `next_cursor` is null on the last page."""

    items: Sequence[T]
    next_cursor: str | None = None


def encode_cursor(key: Any) -> str:
    """Write the sort key of the last item shown as an opaque cursor."""
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def decode_cursor(cursor: str | None, expected: type[K], *, name: str = "cursor") -> K | None:
    """Read a cursor, the parameter `name`, back into its key; raises BadInput for anything that we did not make."""
    if cursor is None:
        return None
    try:
        if len(cursor) > LONGEST_CURSOR or not cursor.isascii():
            raise ValueError
        padded = cursor + "=" * (-len(cursor) % 4)
        key = msgspec.json.decode(base64.b64decode(padded, altchars=b"-_", validate=True), type=expected)
        if b"\\u0000" in msgspec.json.encode(key) or find_far(key) is not None:
            raise ValueError
        if _beyond(msgspec.to_builtins(key)):
            raise ValueError
    except (ValueError, binascii.Error, msgspec.DecodeError) as error:
        raise BadInput(
            "request.cursor",
            vi="Con trỏ trang không hợp lệ; hãy đọc lại từ trang đầu.",
            en="The cursor is not one of ours; start again from the first page.",
            pointer=f"/query/{name}",
        ) from error
    return key


def _beyond(value: Any) -> bool:
    """Say whether there is a whole number that no column holds."""
    if isinstance(value, int):
        return not -(2**63) <= value < 2**63
    if isinstance(value, dict):
        value = value.values()
    return not isinstance(value, str) and isinstance(value, Iterable) and any(map(_beyond, value))


def paged(
    request: Request[Any, Any, Any], rows: Sequence[T], limit: int, *, key: Callable[[T], Any]
) -> Response[Page[T]]:
    """Answer with a page made of `limit + 1` rows or fewer: the surplus row only says that there is more."""
    shown = rows[:limit]
    following = encode_cursor(key(shown[-1])) if len(rows) > limit else None
    headers = link_to_next(request, following) if following else {}
    return Response(Page(items=shown, next_cursor=following), headers=headers)


def link_to_next(
    request: Request[Any, Any, Any], cursor: str, *, parameter: str = "cursor"
) -> dict[str, str]:
    """Give the header that leads to the next page: the same request with this cursor."""
    query = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    kept = [(name, value) for name, value in query if name != parameter]
    return {"Link": f'<{request.scope["path"]}?{urlencode([*kept, (parameter, cursor)])}>; rel="next"'}
