"""The form of an uploaded scan: what a device may say, and what becomes of a malformed one."""

import unicodedata
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from postal.instants import Instant
from shipments.custody.rules.model import ScanKind
from shipments.deliveries.rules import Recipient, names_a_person

MAX_BATCH = 1000
UUID_VERSION = 7

Code = Annotated[str, Meta(min_length=1, max_length=64)]
Short = Annotated[str, Meta(min_length=1, max_length=64)]
Condition = Literal["intact", "damaged", "opened", "seal_broken", "lost", "found"]


class SealState(Struct, frozen=True, forbid_unknown_fields=True):
    """The number of a seal, and whether it was whole."""

    number: Short
    state: Literal["intact", "broken", "missing"] = "intact"


class Counted(Struct, frozen=True, forbid_unknown_fields=True):
    """What both sides counted together."""

    documents: Annotated[int, Meta(ge=0, le=100_000)] | None = None
    originals: Annotated[int, Meta(ge=0, le=100_000)] | None = None


class ScanUpload(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One scan as a device sends it; fields that its kind has no use for are absent."""

    id: UUID
    seq: Annotated[int, Meta(ge=1, le=2**53 - 1)]
    kind: ScanKind
    code: Code
    occurred_at: Instant
    by: Short | None = None
    place: Short | None = None
    manifest: Short | None = None
    counterparty: Short | None = None
    container: Short | None = None
    seal: SealState | None = None
    counted: Counted | None = None
    condition: Condition | None = None
    recipient: Recipient | None = None
    reason: Annotated[str, Meta(pattern=r"^[a-z0-9_.]{1,64}$(?!\n)")] | None = None
    note: Annotated[str, Meta(max_length=500)] | None = None
    corrects: UUID | None = None
    keep: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")] | None = None


class ScanBatch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One sync of a device: 0 to 1,000 scans, and what the device states about itself.

    `last_seq` is the last sequence number that the device has given in this `epoch`, whether sent yet or not; an empty
    sync states it too. Each scan is read on its own, so that a malformed one does not take the others with it; its
    form is `ScanUpload`.
    """

    device: Annotated[str, Meta(min_length=1, max_length=64)]
    epoch: Annotated[str, Meta(pattern=r"^[A-Za-z0-9._\-]{1,64}$(?!\n)")]
    sent_at: Instant
    last_seq: Annotated[int, Meta(ge=0, le=2**53 - 1)]
    shift: Annotated[str, Meta(max_length=64)] | None = None
    scans: Annotated[list[Any], Meta(max_length=MAX_BATCH)] = []


class Malformed(Struct, frozen=True):
    """Why a scan cannot be read: a code, messages for a display, and the field."""

    code: str
    vi: str
    en: str
    pointer: str = ""


BAD_FORM = ("Lượt quét sai định dạng", "Malformed scan")
NOT_V7 = Malformed("scan.id_not_v7", "Mã lượt quét không phải UUIDv7", "Scan id is not a UUIDv7", "/id")
NO_CONTAINER = Malformed(
    "scan.container_missing", "Thiếu mã túi hoặc bưu gửi", "Container is missing", "/container"
)
NO_TARGET = Malformed(
    "scan.corrects_missing", "Thiếu lượt quét cần sửa", "Corrected scan is missing", "/corrects"
)
NO_CONDITION = Malformed("scan.condition_missing", "Thiếu tình trạng", "Condition is missing", "/condition")
PERSONS_NUMBER = Malformed(
    "scan.persons_number",
    "Không ghi số giấy tờ của người nhận",
    "No number of a person's paper here",
    "/recipient/authorisation",
)
NUL = Malformed("scan.character", "Có ký tự không hợp lệ", "Unusable character")


def read_upload(raw: object) -> ScanUpload | Malformed:
    """Read one scan of a batch; a malformed one is told apart from its good neighbours."""
    try:
        scan = msgspec.convert(raw, ScanUpload)
    except msgspec.ValidationError as error:
        text = str(error)
        pointer = (
            text.partition(" - at `$")[2].rstrip("`").replace(".", "/").replace("[", "/").replace("]", "")
        )
        return Malformed("scan.malformed", *BAD_FORM, pointer)
    if scan.id.version != UUID_VERSION:
        return NOT_V7
    if scan.kind is ScanKind.PACK and scan.container is None:
        return NO_CONTAINER
    if scan.kind is ScanKind.CORRECT and scan.corrects is None:
        return NO_TARGET
    if scan.kind is ScanKind.REPORT and scan.condition is None:
        return NO_CONDITION
    if scan.recipient is not None and names_a_person(scan.recipient):
        return PERSONS_NUMBER
    return NUL if _has_nul(raw) else scan


def masked(raw: Any) -> Any:
    """Give an upload without what its recipient showed, for keeping one that was refused as `PERSONS_NUMBER`."""
    return {**raw, "recipient": {**raw["recipient"], "authorisation": "***"}}


def _has_nul(raw: object) -> bool:
    if isinstance(raw, str):
        return "\x00" in raw
    return isinstance(raw, dict) and any(map(_has_nul, raw.values()))


def body_of(scan: ScanUpload, note_commitment: str | None) -> dict[str, Any]:
    """Give the hashed body of a scan: its fields by their wire names, the note only as a commitment."""
    body: dict[str, Any] = {
        "place": scan.place,
        "manifest": scan.manifest,
        "counterparty": scan.counterparty,
        "container": scan.container,
        "condition": scan.condition,
        "reason": scan.reason,
        "keep": scan.keep,
        "corrects": str(scan.corrects) if scan.corrects else None,
        "seal": msgspec.to_builtins(scan.seal) if scan.seal else None,
        "counted": msgspec.to_builtins(scan.counted) if scan.counted else None,
        "recipient": _stated(scan.recipient) if scan.recipient else None,
        "note_commitment": note_commitment,
    }
    return {name: _nfc(value) for name, value in body.items() if value is not None}


def _stated(recipient: Recipient) -> dict[str, Any]:
    return {name: value for name, value in msgspec.to_builtins(recipient).items() if value is not None}


def _nfc(value: Any) -> Any:
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


class DeviceTime(Struct, frozen=True):
    """What one sync tells about a device's clock: `skew` is the device's clock minus ours."""

    sent_at: datetime
    received_at: datetime

    @property
    def skew(self) -> timedelta:
        """Give how far the device's clock is ahead of ours, the way of the message included."""
        return self.sent_at - self.received_at

    @property
    def skew_ms(self) -> int:
        """Give the skew in whole milliseconds."""
        return round(self.skew / timedelta(milliseconds=1))

    def corrected(self, occurred_at: datetime) -> datetime:
        """Move a device's instant to our clock; nothing can have happened after we heard of it."""
        return min(occurred_at - self.skew, self.received_at)

    def uncertainty_ms(self, occurred_at: datetime, base_ms: int = 2000, drift_ppm: int = 100) -> int:
        """Bound the error of a corrected instant: the message's way, and drift since it happened."""
        age = max(self.sent_at - occurred_at, timedelta(0))
        return min(base_ms + round(age / timedelta(milliseconds=1) * drift_ppm / 1_000_000), 2**31 - 1)

    def oddities(self, occurred_at: datetime) -> list[str]:
        """Name what is odd about a device's instant: in the future of its own clock, or very old."""
        flags = []
        if occurred_at > self.sent_at + timedelta(minutes=1):
            flags.append("in_future")
        if self.sent_at - occurred_at > timedelta(days=30):
            flags.append("very_late")
        if abs(self.skew) > timedelta(minutes=5):
            flags.append("clock_in_doubt")
        return flags
