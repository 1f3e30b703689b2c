"""What a device is told about each scan: its verdict, who holds the piece now, and what was odd."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from msgspec import Struct

from postal.identity.rules import Actor, Refused
from shipments.custody import repository
from shipments.custody.rules import Custody, ScanKind
from shipments.custody.rules.flags import may_return, of_codes, sentences
from shipments.custody.rules.verdicts import BatchAnswer, ScanResult, Verdict, bound_elsewhere
from shipments.custody.rules.wire import Malformed
from shipments.custody.service.uploads import Arrival, Upload
from shipments.deliveries.rules import TooEarly
from shipments.pieces.rules import Refusal, candidates


class Known(Struct):
    """What is known once some uploads are recorded; `verdicts` of an id are in the order in which it was named.

    `inside` has, for each container, what is in it at any depth.
    """

    verdicts: dict[UUID, list[Verdict]]
    folded: dict[str, Custody]
    inside: dict[str, list[Custody]]
    early: dict[UUID, TooEarly]


def contents(folded: Mapping[str, Custody]) -> dict[str, list[Custody]]:
    """Find what is in each container among pieces that were folded together."""
    inside: dict[str, list[Custody]] = {}
    for custody in folded.values():
        around, seen = custody.container, set[str]()
        while around is not None and around not in seen:
            seen.add(around)
            inside.setdefault(around, []).append(custody)
            outer = folded.get(around)
            around = outer.container if outer else None
    return inside


class Told(Struct):
    """What one sender may be told: the codes whose holder it may know, and what mistyped codes could mean."""

    seen: set[str]
    suggestions: dict[str, tuple[str, ...]]


async def told_to(arrival: Arrival, folded: Mapping[str, Custody]) -> Told:
    """Find what the sender may be told."""
    codes = {upload.row.content.code for upload in arrival.uploads if upload.row}
    return Told(await _seen(codes, folded, arrival.actor), await _suggest(arrival.uploads, arrival.actor))


async def _seen(codes: set[str], folded: Mapping[str, Custody], actor: Actor) -> set[str]:
    """Keep the codes whose holder the sender may know; what was folded just now tells by itself who sees it."""
    fresh = {code for code in codes if code in folded and folded[code].sights}
    seen = {
        code
        for code in fresh
        if actor.reads_everything or any(sight.organisation in actor.sees for sight in folded[code].sights)
    }
    stored = codes - fresh
    return seen | (await repository.visible(stored, actor) if stored else set())


async def _suggest(uploads: Sequence[Upload], actor: Actor) -> dict[str, tuple[str, ...]]:
    """For mistyped codes, the codes among those expected that each could mean."""
    typed = {upload.scan.code for upload in uploads if upload.scan and isinstance(upload.refusal, Refusal)}
    if not typed or actor.organisation is None:
        return {}
    expected = await repository.expected_codes(actor.organisation)
    return {code: candidates(code, expected) for code in typed}


def answer(arrival: Arrival, known: Known, told: Told, missing: list[tuple[int, int]]) -> BatchAnswer:
    """Answer one upload, a result for each scan in its order."""
    return BatchAnswer(
        received_at=arrival.time.received_at,
        clock_skew_ms=arrival.time.skew_ms,
        missing_seq=missing,
        results=[_result(upload, arrival, known, told) for upload in arrival.uploads],
    )


def _result(upload: Upload, arrival: Arrival, known: Known, told: Told) -> ScanResult:
    language = arrival.language
    if upload.refusal is not None or upload.row is None or upload.scan is None:
        raw_id = upload.raw.get("id") if isinstance(upload.raw, dict) else None
        suggested = told.suggestions.get(upload.scan.code if upload.scan else "", ())
        return _refused(upload.refusal, str(raw_id)[:64] if raw_id else None, suggested, language)
    row_id, code = upload.row.content.id, upload.row.content.code
    verdict = _next(known.verdicts[row_id])
    custody = known.folded.get(code)
    step = next((step for step in custody.steps if step.row == row_id), None) if custody else None
    flags = [
        *arrival.time.oddities(upload.scan.occurred_at),
        *of_codes(upload.scan.kind, code, upload.scan.container),
        *(step.flags if step else ()),
        *_of_contents(upload.scan.kind, known.inside.get(code, ())),
    ]
    early = known.early.get(row_id)
    if early is not None:
        flags.append("return.too_early")
    if step and custody and custody.steps[-1].row != row_id:
        flags.append("not_latest")
    shown = custody if code in told.seen else None
    asked = shown.instruction if shown and shown.awaits_instruction else None
    message = verdict.vi if language == "vi" else verdict.en
    return ScanResult(
        id=str(row_id),
        verdict=verdict.verdict,
        code=verdict.code,
        message=bound_elsewhere(asked, language) if asked else message,
        holder=shown.holder if shown else None,
        claims=list(shown.claims) if shown and shown.contested else None,
        flags=flags,
        notes=[*sentences(flags, language, asked), *([may_return(early, language)] if early else [])],
        instruction=asked,
        too_early=early,
        first=verdict.first,
    )


def _of_contents(kind: ScanKind, inside: Sequence[Custody]) -> list[str]:
    """Name what whoever scans a container should know of what is in it."""
    flags = []
    if any(custody.awaits_instruction for custody in inside):
        flags.append("contains_recalled")
    if kind is ScanKind.RECEIVE and any(custody.unverified for custody in inside):
        flags.append("contents_unverified")
    return flags


def _next(verdicts: list[Verdict]) -> Verdict:
    return verdicts.pop(0) if len(verdicts) > 1 else verdicts[0]


def _refused(
    refusal: Malformed | Refused | Refusal | None,
    raw_id: str | None,
    suggested: tuple[str, ...],
    language: str,
) -> ScanResult:
    if refusal is None:
        msg = "a scan without a row must have a refusal"
        raise RuntimeError(msg)
    message = refusal.vi if language == "vi" else refusal.en
    if isinstance(refusal, Refusal):
        return ScanResult(
            id=raw_id,
            verdict="refused",
            code=f"scan.code.{refusal.reason}",
            message=message,
            pointer="/code",
            help=refusal.help_vi if language == "vi" else refusal.help_en,
            candidates=list(suggested),
        )
    pointer = refusal.pointer if isinstance(refusal, Malformed) else None
    return ScanResult(
        id=raw_id, verdict="refused", code=refusal.code, message=message, pointer=pointer or None
    )
