"""The request class: JSON bodies are decoded strictly and straight into the handler's type."""

import json
import re
import unicodedata
from typing import Any

import msgspec
from litestar import Request
from litestar.connection.base import empty_receive, empty_send
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.types import Receive, Scope, Send
from litestar.types.empty import Empty

from postal.errors import BadInput, UnsupportedMedia
from postal.http.moments import far, find_far
from postal.http.pointers import field_pointer, find_nul

_SCHEMA_FREE = (Any, Empty)
# Nesting deeper than the interpreter's stack is an attack or an accident, and no document of ours.
_LONE = re.compile(rb"\\u[dD][89a-fA-F]")  # half of a character, or a whole one in two halves
ITEMS = "items_read_one_by_one"
"""In `opt`: body Struct to (field, item Struct), where a list is typed loosely so that one bad item spoils no other."""
RAW_BODY = "raw_body"
"""In `opt`: the media types of a body that the handler reads as bytes."""
RAW_ANSWER = "raw_answer"
"""In `opt`: the media types of an answer that is bytes."""
TOO_LARGE = "too_large"
"""In `opt`: makes the refusal of a body over the route's limit."""
NOT_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class PostalRequest(Request[Any, Any, Any]):
    """Litestar would decode JSON without a type and then convert leniently ("5" for 5); this one does neither."""

    def __init__(self, scope: Scope, receive: Receive = empty_receive, send: Send = empty_send) -> None:
        super().__init__(scope, receive, send)

    async def body(self) -> bytes:
        """Give the whole body; form data with an encoded NUL is refused, since PostgreSQL text cannot hold it."""
        try:
            body = await super().body()
        except RequestEntityTooLarge:
            if (refusal := self.scope["route_handler"].opt.get(TOO_LARGE)) is None:
                raise
            raise refusal() from None
        if b"%00" in body and self.content_type[0] == "application/x-www-form-urlencoded":
            raise nul_refused(None)
        return body

    async def json(self) -> Any:
        """Decode the body into the type of the handler's `data`, or as plain values where it has none."""
        if self._json is Empty:
            body = await self.body()
            if body:
                refuse_other_media(self)
            self._json = decode(body or b"null", self._expected_type(), apart=self._read_apart())
        return self._json

    def _read_apart(self) -> str | None:
        """Name the list of the body whose items are read one by one, if the route has one."""
        lists = getattr(self.scope.get("route_handler"), "opt", {}).get(ITEMS, {})
        return next((name for name, _ in lists.values()), None)

    def _expected_type(self) -> Any:
        handler = self.scope.get("route_handler")
        signature = getattr(handler, "parsed_fn_signature", None)
        field = signature.parameters.get("data") if signature else None
        return Any if field is None or field.annotation in _SCHEMA_FREE else field.raw


def refuse_other_media(request: Request[Any, Any, Any]) -> None:
    """Refuse a body that says it is no JSON; one that says nothing is taken for JSON."""
    media = request.content_type[0].lower()
    if media and media != "application/json" and not media.endswith("+json"):
        raise UnsupportedMedia(
            "request.media_type",
            vi="Địa chỉ này chỉ đọc JSON; hãy gửi Content-Type: application/json.",
            en="This address reads JSON only; send Content-Type: application/json.",
            pointer="/header/Content-Type",
        )


def decode(body: bytes, expected: Any, *, apart: str | None = None) -> Any:
    """Decode JSON strictly; text comes out composed (NFC), however it was sent.

    Raises BadInput with a JSON pointer: malformed JSON, a wrong type, an unknown field, a naive time, or a NUL
    character anywhere in the text; Unprocessable: an instant that cannot be meant. The items of the list `apart` are
    read one by one later, so unusable text in one of them refuses nothing here.
    """
    if apart is not None and _LONE.search(body):
        body = _mended(body)
    if b"\\u0000" in body:
        _refuse_nul(body, apart)
    if not body.isascii() or b"\\u" in body:
        body = _composed(body)
    try:
        value = msgspec.json.decode(body, type=expected)
    except msgspec.ValidationError as error:
        message, pointer = field_pointer(str(error))
        raise BadInput(
            "request.invalid",
            vi=f"Dữ liệu không đúng quy định: {message}",
            en=message,
            pointer=pointer,
        ) from error
    except NOT_JSON as error:
        raise malformed() from error
    if (place := find_far(value)) is not None:
        raise far(place)
    return value


def malformed() -> BadInput:
    """Build the refusal of a body that is no JSON at all."""
    return BadInput(
        "request.malformed_json",
        vi="Nội dung gửi lên không phải JSON hợp lệ (UTF-8).",
        en="The body is not valid JSON in UTF-8.",
        pointer="",
    )


def nul_refused(pointer: str | None) -> BadInput:
    """Build the refusal of text that holds U+0000."""
    return BadInput(
        "request.nul",
        vi="Văn bản có ký tự NUL (U+0000), không lưu được.",
        en="The text holds a NUL character (U+0000), which cannot be stored.",
        pointer=pointer,
    )


def _composed(body: bytes) -> bytes:
    """Compose the text of a body, also where it is written in escapes, which another decoding must undo first."""
    try:
        if b"\\u" in body:
            body = msgspec.json.encode(msgspec.json.decode(body))
        text = body.decode()
    except NOT_JSON as error:
        raise malformed() from error
    return body if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text).encode()


def _mended(body: bytes) -> bytes:
    """Put U+FFFD for each half of a character, as browsers do: a text cut in the middle of an emoji has one."""
    try:
        text = json.dumps(json.loads(body), ensure_ascii=False)
    except (ValueError, RecursionError) as error:
        raise malformed() from error
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def _refuse_nul(body: bytes, apart: str | None) -> None:
    try:
        plain = msgspec.json.decode(body)
        if apart is not None and isinstance(plain, dict):
            plain = {**plain, apart: None}
        place = find_nul(plain)
    except NOT_JSON as error:
        raise malformed() from error
    if place is not None:
        raise nul_refused(place)
