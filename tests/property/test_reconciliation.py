"""Laws of reconciliation for any rows: a partition, blind to order and repetition, monotone in coverage."""

from datetime import timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from manifests.reconciliation.rules import (
    PRECEDENCE,
    Custody,
    DeviceCoverage,
    Elsewhere,
    LineClass,
    Reconciliation,
    handover_window,
    reconcile,
)
from postal.ledger.rules import Row
from tests.factories.manifests import GIVER, MANIFEST, RECEIVER, STRANGER, at, handover, row_id, scan

LISTED, BAG, UNLISTED = ("A", "B", "C"), "TUI-01", ("X", "Y")
PARTIES = (GIVER, RECEIVER, STRANGER, "VC-1")
KINDS = ("offer", "receive", "receive", "refuse", "pack", "unpack", "report", "deliver", "arrive", "correct")
ORDER = {line_class: rank for rank, line_class in enumerate(PRECEDENCE)}


@st.composite
def rows(draw: st.DrawFn) -> list[Row]:
    made: list[Row] = []
    for _ in range(draw(st.integers(0, 12))):
        kind = draw(st.sampled_from(KINDS))
        minute = draw(st.integers(-120, 240))
        body = {
            "manifest": draw(st.sampled_from((MANIFEST, MANIFEST, None, "BK-OTHER"))),
            "condition": draw(st.sampled_from((None, "intact", "damaged", "lost"))),
            "counterparty": draw(st.sampled_from((None, RECEIVER, "VC-1"))),
        }
        if kind in {"pack", "unpack"}:
            body["container"] = BAG
        if kind == "correct" and made:
            body["corrects"] = str(draw(st.sampled_from(made)).content.id)
        code = draw(st.sampled_from((*LISTED, *UNLISTED, BAG, MANIFEST)))
        # Few ids, so that some are said twice with other contents: a dispute.
        made.append(
            scan(
                0,
                kind,
                code,
                draw(st.sampled_from(PARTIES)),
                minute=minute,
                received=minute + draw(st.integers(0, 300)),
                id=row_id(draw(st.integers(0, 40))),
                body=body,
            )
        )
    return made


custodies = st.dictionaries(
    st.sampled_from((*LISTED, *UNLISTED)),
    st.lists(st.sampled_from(PARTIES), max_size=3, unique=True).map(
        lambda claims: Custody(holder=claims[0] if len(claims) == 1 else None, claims=tuple(claims))
    ),
)
homes = st.dictionaries(
    st.sampled_from(UNLISTED),
    st.builds(
        Elsewhere,
        manifest=st.sampled_from((None, "BK-OTHER")),
        destination=st.sampled_from((None, RECEIVER, STRANGER)),
    ),
)
contacts = st.none() | st.integers(0, 400)
coverages = st.lists(contacts, max_size=3).map(
    lambda minutes: tuple(
        DeviceCoverage(
            device=f"hy-{n}", organisation=RECEIVER, covered_until=None if minute is None else at(minute)
        )
        for n, minute in enumerate(minutes)
    )
)


def judged(facts: list[Row], custody=None, elsewhere=None, coverage=(), minute: int = 600) -> Reconciliation:
    return reconcile(
        handover(*LISTED, BAG),
        facts,
        custody=custody or {},
        elsewhere=elsewhere or {},
        coverage=coverage,
        waiting_limit=timedelta(hours=24),
        as_of=at(minute),
    )


@given(rows(), custodies, homes, coverages, st.integers(-120, 3000))
def test_the_classes_partition_manifest_and_scans(facts, custody, elsewhere, coverage, minute):
    result = judged(facts, custody, elsewhere, coverage, minute)
    codes = [line.code for line in result.lines]
    scanned = {
        row.content.code
        for row in facts
        if row.received_at <= at(minute) and row.content.body.get("manifest") == MANIFEST
    }
    assert len(codes) == len(set(codes))
    assert {*LISTED, BAG} <= set(codes)
    assert set(codes) <= {*LISTED, BAG, *UNLISTED}
    # A scan that was corrected away is no scan; what is shown without a line was scanned or is in the bag.
    inside = {line.code for line in result.lines if line.container is not None}
    assert set(codes) - {*LISTED, BAG} <= scanned | inside
    corrected = {row.content.body.get("corrects") for row in facts}
    kept = {
        row.content.code
        for row in facts
        if row.received_at <= at(minute)
        and row.content.body.get("manifest") == MANIFEST
        and row.content.kind != "correct"
        and str(row.content.id) not in corrected
    }
    assert kept - {MANIFEST} <= set(codes)
    assert sum(result.counts.values()) == len(codes)
    assert result.counts == {one: sum(line.line_class is one for line in result.lines) for one in PRECEDENCE}


@given(rows(), custodies, homes, coverages, st.randoms(use_true_random=False))
def test_arrival_order_and_repetition_change_nothing(facts, custody, elsewhere, coverage, random):
    shuffled = [*facts, *facts[: len(facts) // 2]]
    random.shuffle(shuffled)
    before = judged(facts, custody, elsewhere, coverage)
    assert msgspec.json.encode(judged(shuffled, custody, elsewhere, coverage)) == msgspec.json.encode(before)


@given(rows(), coverages, st.integers(-120, 600))
def test_what_was_received_after_as_of_does_not_exist(facts, coverage, minute):
    known = [row for row in facts if row.received_at <= at(minute)]
    assert judged(facts, coverage=coverage, minute=minute) == judged(known, coverage=coverage, minute=minute)


@given(rows(), custodies, coverages, st.integers(0, 2))
def test_more_coverage_only_turns_awaiting_into_missing(facts, custody, coverage, which):
    end = handover_window(handover(*LISTED, BAG), facts, at(600))[1]
    better = tuple(
        msgspec.structs.replace(device, covered_until=end) if n == which else device
        for n, device in enumerate(coverage)
    )
    worse_lines = judged(facts, custody, coverage=coverage).lines
    better_lines = judged(facts, custody, coverage=better).lines
    for before, after in zip(worse_lines, better_lines, strict=True):
        assert before.code == after.code
        if before.line_class is not after.line_class:
            assert (before.line_class, after.line_class) == (LineClass.AWAITING_DEVICE, LineClass.MISSING)


@given(rows(), coverages)
def test_with_every_device_covered_or_the_limit_over_nothing_waits(facts, coverage):
    late = judged(facts, coverage=coverage, minute=600 + 24 * 60)
    assert late.counts[LineClass.AWAITING_DEVICE] == 0
    assert judged(facts).counts[LineClass.AWAITING_DEVICE] == 0


@given(rows(), coverages, st.integers(-120, 3000))
def test_an_awaited_piece_names_every_device_that_may_still_tell_of_it_until_the_limit(
    facts, coverage, minute
):
    result = judged(facts, coverage=coverage, minute=minute)
    behind = tuple(device for device in coverage if not device.covers(result.window[1]))
    for line in result.lines:
        if line.line_class is LineClass.AWAITING_DEVICE:
            assert line.evidence.devices == behind
            assert result.as_of < result.waiting_until
        elif line.evidence.reason == "waiting_limit_over":
            assert line.evidence.devices == behind
            assert (line.line_class, result.as_of >= result.waiting_until) == (LineClass.MISSING, True)
        else:
            assert line.evidence.devices == ()


@given(rows())
def test_what_no_clock_can_put_in_order_is_said_by_one_side_and_says_different_things(facts):
    doubtful = [msgspec.structs.replace(row, uncertainty_ms=120_000) for row in facts]
    assert all(line.evidence.undecided == () for line in judged(facts).lines)
    for line in judged(doubtful).lines:
        sides = (set(line.evidence.receiver), set(line.evidence.giver))
        assert not line.evidence.undecided or any(set(line.evidence.undecided) <= side for side in sides)
        assert len(line.evidence.undecided) != 1


@given(rows(), custodies, homes)
def test_every_line_says_who_answers_and_only_waiting_lines_name_devices(facts, custody, elsewhere):
    for line in judged(facts, custody, elsewhere, (DeviceCoverage(device="hy-1", organisation=GIVER),)).lines:
        assert line.answers is not None
        assert bool(line.evidence.devices) == (line.line_class is LineClass.AWAITING_DEVICE)
