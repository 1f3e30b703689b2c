"""Who gets a waiting piece next, and how many manifests that makes."""

import pytest

from manifests.planning.rules import Waiting, group, next_party
from postal.network.rules import Kind


def waiting(code="P", destination="MC-2", *, home="BC-1", returning=False):
    return Waiting(code=code, destination=destination, home=home, returning=returning)


@pytest.mark.parametrize(
    ("piece", "giver", "giver_kind", "receiver", "kind", "expected"),
    [
        (waiting(), "BC-1", Kind.POST_OFFICE, None, None, "MC-2"),
        (waiting(), "BC-1", Kind.POST_OFFICE, "MC-2", Kind.DESK, "MC-2"),
        (waiting(), "BC-1", Kind.POST_OFFICE, "MC-3", Kind.DESK, None),
        (waiting(), "BC-1", Kind.POST_OFFICE, "HUB", Kind.HUB, "HUB"),
        (waiting(), "BC-1", Kind.POST_OFFICE, "BC-9", Kind.POST_OFFICE, None),
        (waiting(), "MC-2", Kind.DESK, None, None, None),
        (waiting(), "MC-2", Kind.DESK, "BC-1", Kind.POST_OFFICE, None),
        (waiting(destination="CITIZEN"), "MC-2", Kind.DESK, None, None, None),
        (waiting(destination="CITIZEN"), "MC-2", Kind.DESK, "BC-1", Kind.POST_OFFICE, "BC-1"),
        (waiting(destination="CITIZEN"), "BC-1", Kind.POST_OFFICE, "HUB", Kind.HUB, None),
        (
            waiting(destination="CITIZEN", home="MC-2", returning=True),
            "BC-1",
            Kind.POST_OFFICE,
            None,
            None,
            "MC-2",
        ),
    ],
)
def test_the_next_party_of_a_piece(piece, giver, giver_kind, receiver, kind, expected):
    assert next_party(piece, giver, giver_kind, receiver, kind) == expected


def test_one_receiver_a_manifest_and_none_too_long():
    pieces = [(waiting(code), "B") for code in ("3", "1", "2")] + [(waiting("4"), "A")]
    assert [(one.receiver, one.pieces) for one in group(pieces, 2)] == [
        ("A", ("4",)),
        ("B", ("1", "2")),
        ("B", ("3",)),
    ]
    assert len(group(pieces, None)) == 2
