"""Refusals that need nothing but the request line and its headers."""

from collections.abc import Sequence

from litestar.types import Scope

from postal.http.problems import Refusal

_UNKNOWN_HOST = Refusal(
    status=400,
    code="request.host",
    vi="Tên máy chủ trong yêu cầu không được phục vụ ở đây.",
    en="The host named in the request is not served here.",
)
_NUL = Refusal(
    status=400,
    code="request.nul",
    vi="Địa chỉ có ký tự NUL (U+0000).",
    en="The address holds a NUL character (U+0000).",
)


class Hosts:
    """The names under which the system may be addressed; none configured means any."""

    def __init__(self, names: Sequence[str]) -> None:
        self._exact = frozenset(name.lower() for name in names if not name.startswith("*."))
        self._suffixes = tuple(name[1:].lower() for name in names if name.startswith("*."))

    def refusal(self, scope: Scope) -> Refusal | None:
        """Say why an HTTP request may not go on, if it may not."""
        if "\x00" in scope["path"] or b"%00" in scope.get("query_string", b""):
            return _NUL
        return None if self._serves(scope) else _UNKNOWN_HOST

    def _serves(self, scope: Scope) -> bool:
        if not self._exact and not self._suffixes:
            return True
        header = (
            next((value for name, value in scope["headers"] if name == b"host"), b"")
            .decode("latin-1")
            .lower()
        )
        name = header if header.endswith("]") else header.rsplit(":", 1)[0]
        return name in self._exact or name.endswith(self._suffixes or ("\x00",))
