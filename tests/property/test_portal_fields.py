"""Ours to the portal's fields and back to ours loses nothing that the fields can hold."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from integrations.portal.rules import (
    Fate,
    PortalDossier,
    PortalProgress,
    as_json,
    body_of,
    decide,
    dossier_fields,
    event_id,
    fields_of,
    implied_by,
    new_dossier,
    progress_fields,
    read_instant,
    written,
)
from shipments.dossiers.rules import (
    Applicant,
    CaseEvent,
    CaseKind,
    Channel,
    Line,
    ServiceMode,
    allowed_from,
    fold,
)
from shipments.dossiers.schemas import NewDossier
from tests.factories.portal import CODE, a_known

BEGUN = datetime(2026, 11, 23, 1, tzinfo=UTC)
NAMES = (
    st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)
    .map(str.strip)
    .filter(bool)
)
PEOPLE = st.builds(
    Applicant,
    name=NAMES,
    phone=st.integers(0, 99_999_999).map("09{:08d}".format),
    email=st.none() | st.text("abcxyz09", min_size=1, max_size=9).map("{}@example.vn".format),
    identity_type=st.none() | st.sampled_from(["cccd", "passport", "mst"]),
    identity_number=st.none() | st.text("ABYZ0189", min_size=4, max_size=20),
)
LINES = st.lists(
    st.tuples(NAMES, st.sampled_from(["original", "copy", "electronic"]), st.integers(1, 99)), max_size=3
)


@given(st.data())
def test_a_registration_comes_back_as_it_was(data):
    mode = data.draw(st.sampled_from(ServiceMode))
    channels = [Channel.DIRECT, Channel.ONLINE] if mode is ServiceMode.RETURN else [Channel.POST]
    known = a_known(
        service_mode=mode,
        channel=data.draw(st.none() | st.sampled_from(channels)),
        applicant=data.draw(PEOPLE),
        lines=tuple(
            Line(number=number, name=name, form=form, copies=1 if form == "electronic" else copies)
            for number, (name, form, copies) in enumerate(data.draw(LINES), 1)
        ),
        registered_at=BEGUN + timedelta(seconds=data.draw(st.integers(0, 10**8))),
    )
    row, unknown = fields_of(PortalDossier, msgspec.json.decode(as_json(dossier_fields(known))))
    assert unknown == ()
    asked = new_dossier(row, authority="H57.01", desk="MC-HUE", office="BC-530000")
    back = msgspec.convert(asked, NewDossier)
    person, came = known.applicant, back.applicant
    assert (back.code, back.procedure, back.service_mode) == (known.code, known.procedure, mode)
    assert back.registered_at == known.registered_at
    assert back.channel == (known.channel if mode is ServiceMode.RETURN else None)
    for name in ("name", "phone", "email", "identity_type", "identity_number"):
        assert getattr(came, name) == getattr(person, name)
    lines = sorted(known.lines, key=lambda line: line.form != "electronic")
    assert [(line.name, line.form, line.copies) for line in back.lines] == [
        (line.name, line.form, line.copies) for line in lines
    ]


@st.composite
def histories(draw):
    events = [CaseEvent(id=UUID(int=1), kind=CaseKind.REGISTERED, at=BEGUN, organisation="MC-HUE")]
    for number in range(draw(st.integers(0, 9))):
        case = fold(events)
        kinds = allowed_from(case.status, withdrawn=case.withdrawn, closed=case.closed_at is not None)
        if not kinds:
            break
        kind = draw(st.sampled_from(kinds))
        at = events[-1].at + timedelta(seconds=draw(st.integers(1, 10**6)))
        body = {}
        if kind in {CaseKind.RECEIVED, CaseKind.EXTENDED, CaseKind.SUPPLEMENTED}:
            body["due"] = (at + timedelta(days=30 * (number + 1))).isoformat()
        if kind is CaseKind.EXTENDED:
            body["apology"] = f"{number}/XL"
        events.append(CaseEvent(id=UUID(int=number + 2), kind=kind, at=at, organisation="MC-HUE", body=body))
    return events


@given(histories())
def test_a_history_comes_back_as_it_was(events):
    rows = progress_fields(CODE, events, names={})
    back = events[:1]
    for row in rows[1:]:
        read, unknown = fields_of(PortalProgress, msgspec.json.decode(as_json(row)))
        said = implied_by(read)
        case = fold(back)
        decided = decide(CODE, back, said, told=case.status)
        assert (decided.fate, unknown) == (Fate.STATE, ())
        body = body_of(said, decided.kind, case.due_now, {})
        back.append(
            CaseEvent(
                id=event_id(CODE, said), kind=decided.kind, at=decided.at, organisation="MC-HUE", body=body
            )
        )
        assert decide(CODE, back, said, told=fold(back).status).fate is Fate.REPEATED
    assert [(each.kind, each.at, each.body) for each in back] == [
        (each.kind, each.at, each.body) for each in events
    ]
    assert progress_fields(CODE, back, names={}) == rows


@given(st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001 - made aware below
def test_an_instant_survives_to_the_second(at):
    instant = at.replace(microsecond=0, tzinfo=UTC)
    assert read_instant(written(instant)) == instant
