"""Laws of papers: each original to return has one state, whatever the order of rows; counts and old papers add up."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from postal.ledger.rules import Content, Row, Stream, content_hash
from shipments.dossiers.rules import Line, Whereabouts, unreturned
from shipments.dossiers.rules.papers import (
    CORRECTED,
    INCIDENT_CLOSED,
    INCIDENT_OPENED,
    RECEIVED,
    REISSUE,
    RETURNED,
    WAIVED,
    WANTED,
    OldPaperState,
    PaperState,
    Scanned,
    counts_of,
    has_open_incident,
    old_papers_of,
    originals_of,
    stated_lines,
)

DOSSIER, ITEM = "H57.01-20261123-0000001", "DH123456785VN"
START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
KINDS = st.sampled_from(["old_licence", "old_card"])


def record(number: int, kind: str, body: dict[str, object]) -> Row:
    at = START + timedelta(minutes=number)
    content = Content(
        id=UUID(int=number),
        stream=Stream.RECORD,
        kind=kind,
        code=DOSSIER,
        occurred_at=at,
        organisation="MC-HUE",
        body=body,
    )
    return Row(content=content, received_at=at, corrected_at=at, content_hash=content_hash(content))


def scan(number: int, kind: str, code: str = DOSSIER, **body: object) -> Scanned:
    at = START + timedelta(minutes=number)
    return Scanned(row=UUID(int=number), code=code, kind=kind, at=at, organisation="BC-530000", body=body)


lines = st.lists(
    st.tuples(st.sampled_from(["original", "copy", "electronic"]), st.integers(1, 3), st.booleans()),
    max_size=5,
).map(
    lambda given: tuple(
        Line(number=number, name=f"Giấy {number}", form=form, copies=copies, to_return=back)
        for number, (form, copies, back) in enumerate(given, 1)
    )
)
whereabouts = st.builds(
    Whereabouts,
    known=st.booleans(),
    delivered=st.booleans(),
    returned=st.booleans(),
    originals=st.none() | st.integers(0, 9),
    incident=st.booleans(),
)


@given(lines=lines, dossier=whereabouts, result=whereabouts, stated=st.frozensets(st.integers(1, 6)))
def test_each_original_to_return_is_delivered_in_an_incident_or_owed(lines, dossier, result, stated):
    originals = originals_of(lines, dossier, result, stated)
    assert [each.number for each in originals] == [line.number for line in lines if line.must_return]
    owed = {each.number for each in originals if each.state is PaperState.OWED}
    assert owed == {line.number for line in unreturned(lines, dossier, result, stated)}
    incident = dossier.incident or result.incident
    for each in originals:
        if each.state is PaperState.INCIDENT:
            assert incident
        if each.number in stated or dossier.delivered:
            assert each.state is PaperState.DELIVERED
        if not incident and not dossier.delivered and not result.delivered and each.number not in stated:
            assert each.state is PaperState.OWED


@st.composite
def statements(draw: st.DrawFn) -> list[Row]:
    made = []
    for number in range(1, draw(st.integers(1, 10))):
        kind = draw(
            st.sampled_from(
                [RETURNED, WANTED, RECEIVED, WAIVED, CORRECTED, REISSUE, INCIDENT_OPENED, INCIDENT_CLOSED]
            )
        )
        papers = [{"kind": draw(KINDS), "count": draw(st.integers(1, 3))}]
        body: dict[str, object] = {
            RETURNED: {"lines": draw(st.lists(st.integers(1, 5), min_size=1))},
            WANTED: {"papers": papers},
            RECEIVED: {"papers": papers},
            WAIVED: {"kind": draw(KINDS), "reason": "OTHER"},
            CORRECTED: {"corrects": str(UUID(int=draw(st.integers(1, 10))))},
            REISSUE: {
                "paper": draw(st.integers(1, 5)),
                "state": draw(st.sampled_from(["issued", "delivered"])),
            },
        }.get(kind, {})
        made.append(record(number, kind, body))
    return made


scans = st.lists(
    st.builds(
        scan,
        st.integers(100, 120),
        st.sampled_from(["accept", "receive", "recover", "deliver"]),
        st.sampled_from([DOSSIER, ITEM]),
        counted=st.none()
        | st.fixed_dictionaries(
            {}, optional={"documents": st.integers(0, 5), "originals": st.integers(0, 5)}
        ),
        reason=st.none() | KINDS,
    ),
    max_size=6,
    unique_by=lambda each: each.row,
)


@given(rows=statements(), scans=scans, data=st.data())
def test_papers_are_a_function_of_the_set_of_rows(rows, scans, data):
    shuffled, otherwise = data.draw(st.permutations(rows)), data.draw(st.permutations(scans))
    assert stated_lines([*shuffled, *rows]) == stated_lines(rows)
    assert has_open_incident(shuffled) == has_open_incident(rows)
    assert counts_of(DOSSIER, (), otherwise) == counts_of(DOSSIER, (), scans)
    told = {paper.kind: paper for paper in old_papers_of(shuffled, otherwise)}
    assert told == {paper.kind: paper for paper in old_papers_of(rows, scans)}
    for paper in told.values():
        assert paper.open == (paper.returned < paper.wanted and paper.state is not OldPaperState.WAIVED)


def test_every_count_is_compared_with_the_list_or_the_first_count_of_its_code():
    lines = (
        Line(number=1, name="Bản chính", form="original", copies=2, to_return=True),
        Line(number=2, name="Bản sao", form="copy"),
        Line(number=3, name="Điện tử", form="electronic"),
    )
    found = counts_of(
        DOSSIER,
        lines,
        [
            scan(1, "accept", counted={"documents": 3, "originals": 2}),
            scan(2, "receive", counted={"documents": 2, "originals": 2}),
            scan(3, "receive", counted={"originals": 3}),
            scan(4, "receive", ITEM, counted={"documents": 7}),
            scan(5, "deliver", ITEM, counted={"documents": 6}),
            scan(6, "recover", ITEM, counted={"documents": 1}),
            scan(7, "arrive", ITEM),
        ],
    )
    assert [(each.row.int, each.finding, each.against and each.against.int) for each in found] == [
        (1, None, None),
        (2, "papers.short", None),
        (3, "papers.over", None),
        (4, None, None),
        (5, "papers.short", 4),
    ]


def test_an_old_paper_stays_open_until_it_reached_the_agency():
    wanted = record(
        1, WANTED, {"papers": [{"kind": "old_licence", "count": 2}, {"kind": "old_card", "count": 1}]}
    )

    def states(*more):
        scanned = [each for each in more if isinstance(each, Scanned)]
        rows = [each for each in more if isinstance(each, Row)]
        return [
            (paper.kind, paper.taken, paper.state.value) for paper in old_papers_of([wanted, *rows], scanned)
        ]

    assert states() == [("old_licence", 0, "wanted"), ("old_card", 0, "wanted")]
    card = scan(2, "recover", ITEM, reason="old_card")
    loose = scan(3, "recover", ITEM, counted={"documents": 1})
    assert states(card, loose) == [("old_licence", 1, "wanted"), ("old_card", 1, "taken")]
    back = record(4, RECEIVED, {"papers": [{"kind": "old_card", "count": 1}]})
    waived = record(5, WAIVED, {"kind": "old_licence", "reason": "OTHER"})
    assert states(card, loose, back, waived) == [("old_licence", 1, "waived"), ("old_card", 1, "returned")]
    slip = record(6, CORRECTED, {"corrects": str(waived.content.id)})
    assert states(back, waived, slip)[0] == ("old_licence", 0, "wanted")


def test_an_incident_is_open_until_its_last_word_closes_it():
    opened, closed = record(1, INCIDENT_OPENED, {}), record(2, INCIDENT_CLOSED, {})
    assert has_open_incident([opened])
    assert not has_open_incident([closed, opened])
    assert has_open_incident([opened, closed, record(3, INCIDENT_OPENED, {})])
