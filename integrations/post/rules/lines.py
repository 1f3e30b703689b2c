"""The line form of event messages: a header, a line an event, and a trailer that tells a message cut short. Pure.

```
H|emsevt-style/1|BC-1|2026|2026-11-23T08:00:00+07:00|2
E|1|DH123456785VN|EMA|2026-11-23T07:30:00+07:00|BC-1|||||
E|2|DH123456785VN|EMH|2026-11-23T07:50:00+07:00|BC-1||||02|1
T|2
```
"""

from typing import Any

from integrations.post.rules.events import FORMAT, EventMessage, event_json
from integrations.post.rules.reading import MOST_ROWS, bad, local

FIELDS = (
    "sequence",
    "itemId",
    "eventCode",
    "eventTime",
    "officeCode",
    "despatch",
    "receptacle",
    "condition",
    "reason",
    "action",
)
HEADER = ("format", "sender", "journal", "preparedAt", "lastSequence")
MOST_DIGITS = 16


def written(message: EventMessage) -> str:
    """Write a message in lines; no value has a bar or a line feed in it."""
    head = ["H", FORMAT, message.sender, message.journal, local(message.prepared_at), str(message.last)]
    lines = ["|".join(head)]
    for event in message.events:
        fields = event_json(event)
        lines.append("|".join(["E", *(str(fields.get(name, "")) for name in FIELDS)]))
    lines.append(f"T|{len(message.events)}")
    return "".join(f"{line}\n" for line in lines)


def parsed(raw: bytes) -> dict[str, Any]:
    """Read lines into what the JSON form has; each event is read by itself afterwards."""
    try:
        lines = raw.decode().replace("\r\n", "\n").removesuffix("\n").split("\n")
    except UnicodeDecodeError as error:
        raise bad("post.not_text", "Bản tin không phải UTF-8", "The message is not UTF-8") from error
    head, trailer = lines[0].split("|"), lines[-1].split("|")
    if head[0] != "H" or len(head) != len(HEADER) + 1:
        raise bad("post.no_header", "Thiếu dòng đầu H", "The first line, H, is missing", "/0")
    if len(lines) > MOST_ROWS + 2:
        raise bad("post.too_many_rows", "Quá nhiều dòng", "Too many rows")
    if trailer != ["T", str(len(lines) - 2)] or len(lines) < 2:
        raise bad(
            "post.cut_short",
            "Bản tin bị cắt: số dòng không khớp dòng cuối T; hãy gửi lại trọn vẹn",
            "The message was cut short: its rows do not match the last line, T; send it again whole",
        )
    given: dict[str, Any] = dict(zip(HEADER, head[1:], strict=True))
    given["lastSequence"] = _digits(head[-1])
    given["events"] = [_event(line) for line in lines[1:-1]]
    return given


def _event(line: str) -> Any:
    kind, *fields = line.split("|")
    if kind != "E" or len(fields) != len(FIELDS):
        return None
    event: dict[str, Any] = {name: value for name, value in zip(FIELDS, fields, strict=True) if value}
    return event | ({"sequence": _digits(event["sequence"])} if "sequence" in event else {})


def _digits(value: str) -> int | str:
    plain = value.isascii() and value.isdigit() and len(value) <= MOST_DIGITS
    return int(value) if plain else value
