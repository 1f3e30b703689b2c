"""A discrepancy that ends in a loss opens the incident of its piece; and who answered for the piece until then."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from manifests.incidents.rules import Cause, Source, Standing, answering, concerns, incident_of
from postal.ledger.rules import Content, Row, Stream, content_hash
from shipments.custody.rules import Subject, fold

PIECE, NEIGHBOUR, MANIFEST = "DH123456785VN", "DH123456799VN", "BK-261123-ABCDEF"
GIVER, RECEIVER = "BC-1", "MC-2"
START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def row(number, kind, code=MANIFEST, organisation=GIVER, stream=Stream.RECORD, **body):
    content = Content(
        id=UUID(int=(7 << 76) | (2 << 62) | number),
        stream=stream,
        kind=kind,
        code=code,
        occurred_at=START + timedelta(minutes=number),
        organisation=organisation,
        body=body,
    )
    at = content.occurred_at
    return Row(content=content, received_at=at, corrected_at=at, content_hash=content_hash(content))


def opened(line_class="missing"):
    return row(1, "discrepancy.opened", piece=PIECE, **{"class": line_class})


def resolved(resolution="lost"):
    return row(2, "discrepancy.resolved", discrepancy=str(opened().content.id), resolution=resolution)


REOPENED = row(3, "discrepancy.reopened", discrepancy=str(opened().content.id), piece=PIECE)


def incident(*rows, piece=PIECE):
    subject = Subject(code=piece, presumed=GIVER, registered_at=START)
    return incident_of(piece, rows, fold(subject, rows).steps)


@pytest.mark.parametrize("resolution", ["lost", "compensated"])
def test_a_loss_opens_the_incident_of_its_piece_alone(resolution):
    rows = opened(), resolved(resolution)
    found = incident(*rows)
    assert (found.cause, found.state, found.source) == (Cause.LOST, Standing.OPEN, Source.DISCREPANCY)
    assert found.opened_row == rows[1].content.id
    assert incident(*rows, piece=NEIGHBOUR) is None
    assert concerns(PIECE, rows)
    assert not concerns(NEIGHBOUR, rows)


def test_what_was_damaged_and_paid_for_is_not_lost():
    assert incident(opened("damaged"), resolved("compensated")).cause is Cause.DAMAGED


def test_another_ending_opens_nothing():
    rows = opened(), resolved("found")
    assert incident(*rows) is None
    assert not concerns(PIECE, rows)


def test_its_reopening_takes_the_loss_back_and_a_second_loss_opens_it_again():
    assert incident(opened(), resolved(), REOPENED).state is Standing.FOUND
    assert incident(opened(), resolved(), REOPENED).found_row == REOPENED.content.id
    again = row(4, "discrepancy.resolved", discrepancy=str(opened().content.id), resolution="lost")
    assert incident(opened(), resolved(), REOPENED, again).state is Standing.OPEN
    assert incident(opened(), resolved(), REOPENED, again).reopened == 1


def test_a_manifest_accepted_by_its_barcode_finds_nothing_in_it():
    sealed = row(0, "manifest.sealed", giver=GIVER, receiver=RECEIVER, lines=[PIECE])
    whole = row(5, "receive", organisation=RECEIVER, stream=Stream.SCAN, manifest=MANIFEST)
    assert incident(sealed, opened(), resolved(), whole).state is Standing.OPEN
    seen = row(6, "receive", code=PIECE, organisation=RECEIVER, stream=Stream.SCAN)
    assert incident(sealed, opened(), resolved(), whole, seen).found_row == seen.content.id


def test_who_answers_is_named_with_the_row_that_made_it_so():
    offer = row(1, "offer", code=PIECE, stream=Stream.SCAN, counterparty=RECEIVER)
    receive = row(2, "receive", code=PIECE, organisation=RECEIVER, stream=Stream.SCAN, counterparty=GIVER)
    hold = row(3, "hold", code=PIECE, organisation=RECEIVER, stream=Stream.SCAN)
    subject = Subject(code=PIECE, presumed=GIVER, registered_at=START)
    custody = fold(subject, (offer, receive, hold))
    now = answering(custody)
    assert (now.claims, now.row, now.last_row) == ((RECEIVER,), receive.content.id, hold.content.id)
    before = answering(custody, offer.corrected_at)
    assert (before.claims, before.row, before.offered_to) == ((GIVER,), offer.content.id, RECEIVER)
    assert answering(fold(subject, ())).claims == (GIVER,)
