"""Our rows as EPCIS events. The same row gives the same event for every reader, so its hash is its id."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from integrations.epcis.rules.addresses import Names
from integrations.epcis.rules.hashing import event_id
from integrations.epcis.rules.mapping import CORRECTING, OF_CONDITION, OWN, Mapped, mapped
from integrations.epcis.rules.said import DISPUTED, Said
from shipments.pieces.rules import result_code

LOCAL = timezone(timedelta(hours=7))
OFFSET = "+07:00"
Event = dict[str, Any]


def event_of(said: Said, original: Said | None, names: Names) -> Event | None:
    """Tell a row as an event, with its id; None where no event fits it.

    A correcting row repeats the event of the row that it corrects (`original`) with an error declaration: the standard
    never edits an event. Where that row has no event of its own, or is not known, the correction is told by itself.
    """
    if original is not None and (said.stream, said.kind) in CORRECTING and original.code == said.code:
        taken_back = _plain(original, names)
        if taken_back is not None:
            return _identified(taken_back | {"errorDeclaration": _taken_back(said, names)}, said, names)
    event = _plain(said, names)
    if event is not None and said.verdict == DISPUTED:
        event["errorDeclaration"] = {
            "declarationTime": local(said.received_at),
            "reason": names.word("ER", DISPUTED),
        }
    return _identified(event, said, names) if event is not None else None


def _identified(event: Event, said: Said, names: Names) -> Event:
    head = {name: event.pop(name) for name in ("type", "eventTime", "eventTimeZoneOffset")}
    made = {**head, "recordTime": local(said.received_at, exactly=True), **event}
    return {**made, "eventID": event_id(made, names.namespaces)}


def _plain(said: Said, names: Names) -> Event | None:
    how = mapped(said.stream, said.kind)
    if how is None:
        return None
    # A container that is not named, or is the piece itself (a slip at the scanner), makes no aggregation.
    if how.type == "AggregationEvent" and said.container in {None, said.code}:
        return None
    event: Event = {
        "type": how.type,
        "eventTime": local(said.corrected_at),
        "eventTimeZoneOffset": OFFSET,
        **_objects(said, how, names),
        "action": how.action,
        "bizStep": _word(how.biz_step, "BizStep", names),
    }
    if (disposition := disposition_of(said, how)) is not None:
        event["disposition"] = _word(disposition, "Disp", names)
    return (
        event
        | _places(said, how, names)
        | _transactions(said, how, names)
        | _parties(said, how, names)
        | _own(said, how)
    )


def _word(word: str, kind: str, names: Names) -> str:
    return names.word(kind, word.removeprefix(OWN)) if word.startswith(OWN) else word


def disposition_of(said: Said, how: Mapped) -> str | None:
    """Say in which state the thing is afterwards; its stated condition says more than the step."""
    if said.condition in OF_CONDITION and (said.kind == "report" or said.condition != "intact"):
        return OF_CONDITION[said.condition]
    return how.disposition


def _objects(said: Said, how: Mapped, names: Names) -> Event:
    if how.type == "AggregationEvent" and said.container is not None:
        return {"parentID": names.thing(said.container), "childEPCs": [names.thing(said.code)]}
    if said.kind == "completed":
        return {"epcList": [names.thing(result_code(said.code))]}
    if how.type == "TransactionEvent" and said.lines:
        return {"epcList": [names.thing(line) for line in said.lines]}
    return {"epcList": [names.thing(said.code)]}


def _places(said: Said, how: Mapped, names: Names) -> Event:
    """Say where it was read, and where the thing is from then on unless it leaves."""
    found: Event = {}
    if (read_at := said.place or said.organisation) is not None:
        found["readPoint"] = {"id": names.party(read_at)}
    if said.organisation is not None and not how.leaves:
        found["bizLocation"] = {"id": names.party(said.organisation)}
    return found


def _transactions(said: Said, how: Mapped, names: Names) -> Event:
    about = said.code if how.type == "TransactionEvent" else said.manifest
    if about is None or how.transaction is None:
        return {}
    kind = _word(how.transaction, "BTT", names)
    return {"bizTransactionList": [{"type": kind, "bizTransaction": names.thing(about)}]}


def _parties(said: Said, how: Mapped, names: Names) -> Event:
    if how.side == "both":
        source, destination = said.giver, said.receiver
    elif how.side == "gives":
        source, destination = said.organisation, said.counterparty
    elif how.side == "takes":
        source, destination = said.counterparty, said.organisation
    else:
        return {}
    found: Event = {}
    if source is not None:
        found["sourceList"] = [{"type": "possessing_party", "source": names.party(source)}]
    if destination is not None:
        found["destinationList"] = [{"type": "possessing_party", "destination": names.party(destination)}]
    return found


def _own(said: Said, how: Mapped) -> Event:
    """Give, in our own namespace, what the standard has no field for; absent where it would say nothing new."""
    fields: Mapping[str, Any] = {
        "row": str(said.id),
        "hash": said.content_hash,
        "stream": int(said.stream),
        "kind": said.kind,
        "verdict": said.verdict,
        "uncertainty_ms": said.uncertainty_ms or None,
        "occurred_at": _exact(said.occurred_at) if said.occurred_at != _shown(said) else None,
        "corrected_at": _exact(said.corrected_at) if said.corrected_at != _shown(said) else None,
        "by": said.organisation if how.leaves or said.organisation is None else None,
        "at": said.place if said.place == said.organisation else None,
        "container": said.container if how.type != "AggregationEvent" else None,
        "counterparty": said.counterparty if how.side not in {"gives", "takes"} else None,
        "manifest": said.manifest if how.transaction is None or how.type == "TransactionEvent" else None,
        "condition": said.condition,
        "reason": said.reason,
        "corrects": said.corrects,
        "keep": said.keep,
        "counted": {f"postal:{name}": value for name, value in said.counted} or None,
        "seal": {f"postal:{name}": value for name, value in said.seal} or None,
        "giver": said.giver if how.side != "both" else None,
        "receiver": said.receiver if how.side != "both" else None,
        "carrier": said.carrier,
        "line": list(said.lines) if said.lines and how.type != "TransactionEvent" else None,
    }
    return {f"postal:{name}": value for name, value in fields.items() if value is not None}


def _taken_back(said: Said, names: Names) -> Event:
    """Declare the error: when and why, and which row says so. None of this is part of the event's hash."""
    fields = {
        "row": str(said.id),
        "hash": said.content_hash,
        "stream": int(said.stream),
        "kind": said.kind,
        "verdict": said.verdict,
        "uncertainty_ms": said.uncertainty_ms or None,
        "occurred_at": _exact(said.occurred_at) if said.occurred_at != _shown(said) else None,
        "corrected_at": _exact(said.corrected_at) if said.corrected_at != _shown(said) else None,
        "by": said.organisation,
        "at": said.place,
        "reason": said.reason,
        "corrects": said.corrects,
        "keep": said.keep,
        "container": said.container,
        "counterparty": said.counterparty,
        "manifest": said.manifest,
        "condition": said.condition,
        "counted": {f"postal:{name}": value for name, value in said.counted} or None,
        "seal": {f"postal:{name}": value for name, value in said.seal} or None,
    }
    reason = names.word("ER", said.reason) if said.reason else "incorrect_data"
    own = {f"postal:{name}": value for name, value in fields.items() if value is not None}
    return {"declarationTime": local(said.corrected_at), "reason": reason, **own}


def _shown(said: Said) -> datetime:
    return whole(said.corrected_at)


def whole(moment: datetime) -> datetime:
    """Cut an instant to milliseconds, the precision in which events are compared."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def local(moment: datetime, *, exactly: bool = False) -> str:
    """Write an instant with our offset, to the millisecond unless exactly."""
    if exactly and moment.microsecond % 1000:
        return moment.astimezone(LOCAL).isoformat(timespec="microseconds")
    return whole(moment).astimezone(LOCAL).isoformat(timespec="milliseconds")


def _exact(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
