"""What is sent about receipts and what is answered."""

import base64
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from manifests.receipts.rules import Receipt, Verdict
from postal.instants import Instant
from postal.proof.rules import entry
from postal.proof.service import Proof


class SideView(Struct, frozen=True, kw_only=True):
    """A party of the handover: who acted for it last, and when by its own clock."""

    organisation: str
    at: Instant
    person: str | None = None


class PromiseView(Struct, frozen=True, kw_only=True):
    """What both parties take along. `promise` is the signed text (at most 600 bytes), to be shown as a QR code."""

    number: str
    manifest: str
    digest: str
    rows: int
    rows_digest: str
    counts: dict[str, int]
    giver: SideView
    receiver: SideView
    at: Instant
    by: Instant
    promise: str


class ProofView(Struct, frozen=True, kw_only=True):
    """Where in the log the record is, and the path from it to the checkpoint (base64)."""

    index: int
    size: int
    path: list[str]


class ReceiptFile(Struct, frozen=True, kw_only=True):
    """The receipt to keep: it verifies without us, by `verify.py receipt FILE --keys keys.json`.

    `record` is the row that commits to the whole handover, as the log has it; `rows` are the leaves of all its rows.
    `proof` is absent until the log has the record.
    """

    format: Literal["postal-receipt:1"] = "postal-receipt:1"
    number: str
    manifest: str
    promise: str
    record: str
    rows: list[str]
    proof: ProofView | None
    checkpoint: str | None


LONGEST = 900_000
"""Characters of the longest text that is checked: the receipt of ten thousand rows is about 700,000 long."""


class HeldReceipt(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The text of a promise (as the QR code holds it) or of a receipt file."""

    receipt: Annotated[str, Meta(min_length=1, max_length=LONGEST)]


class VerdictView(Struct, frozen=True, kw_only=True):
    """Whether what somebody holds is right; `code` is stable, `vi` and `en` say it in words."""

    verified: bool
    code: str
    vi: str
    en: str
    about: dict[str, Any]


def promise_view(receipt: Receipt) -> PromiseView:
    """Show what was promised."""
    body = receipt.record.content.body
    return PromiseView(
        number=receipt.number,
        manifest=receipt.manifest,
        digest=body["digest"],
        rows=body["rows"],
        rows_digest=body["rows_digest"],
        counts=body["counts"],
        giver=msgspec.convert(body["giver"], SideView),
        receiver=msgspec.convert(body["receiver"], SideView),
        at=receipt.record.received_at,
        by=datetime.fromisoformat(body["by"]),
        promise=receipt.promise,
    )


def receipt_file(receipt: Receipt, proof: Proof | None, checkpoint: str | None) -> ReceiptFile:
    """Write the file to keep."""
    return ReceiptFile(
        number=receipt.number,
        manifest=receipt.manifest,
        promise=receipt.promise,
        record=entry(receipt.record).decode(),
        rows=[leaf.hex() for leaf in receipt.leaves],
        proof=ProofView(
            index=proof.index,
            size=proof.checkpoint.size,
            path=[base64.b64encode(step).decode() for step in proof.path],
        )
        if proof is not None
        else None,
        checkpoint=checkpoint,
    )


def verdict_view(verdict: Verdict) -> VerdictView:
    """Show a verdict."""
    return VerdictView(
        verified=verdict.verified, code=verdict.code, vi=verdict.vi, en=verdict.en, about=verdict.about
    )
