"""Any order and repetition of deliveries leaves the same as each message once in order: the rules behind it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from integrations.inbox.rules import (
    EARLY_WAITS,
    TOO_EARLY,
    Understood,
    after,
    kept_headers,
    may_send,
    media_of,
    message_id_of,
)
from integrations.partners.rules import PartnerKind, Secret, ended_by_rotation
from postal.identifiers import new_id

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
EARLY = Understood(state="failed", code=TOO_EARLY)


@given(tries=st.integers(1, 40), left=st.timedeltas(timedelta(seconds=1), timedelta(days=90)))
def test_too_early_waits_grow_and_never_pass_their_limit(tries, left):
    outcome = after(EARLY, tries, NOW + left, NOW)
    assert (outcome.state, outcome.code) == ("waiting", TOO_EARLY)
    assert NOW < outcome.due_at <= NOW + left
    later = after(EARLY, tries + 1, NOW + left, NOW)
    assert later.due_at >= outcome.due_at
    assert outcome.due_at - NOW in {*EARLY_WAITS, left}


@given(tries=st.integers(1, 40), past=st.timedeltas(timedelta(0), timedelta(days=90)))
def test_at_its_limit_what_came_too_early_fails_and_anything_else_is_as_it_was_said(tries, past):
    assert after(EARLY, tries, NOW - past, NOW).state == "failed"
    for said in (Understood(state="done"), Understood(state="partly"), Understood(state="failed", code="x")):
        outcome = after(said, tries, NOW - past, NOW)
        assert (outcome.state, outcome.code, outcome.due_at) == (said.state, said.code, None)


@given(
    overlaps=st.lists(st.integers(0, 72), min_size=1, max_size=8),
    gaps=st.lists(st.integers(0, 48), min_size=8),
)
def test_of_secrets_at_most_two_count_whatever_the_rotations_and_the_newest_always(
    overlaps: Sequence[int], gaps: Sequence[int]
):
    kept: dict = {}
    now = NOW
    for overlap, gap in zip(overlaps, gaps, strict=False):
        counting = [one for one in kept.values() if one.valid_until is None or now < one.valid_until]
        for identifier, until in ended_by_rotation(counting, now + timedelta(hours=overlap), now).items():
            kept[identifier] = Secret(**{**_fields(kept[identifier]), "valid_until": until})
        fresh = new_id(now)
        kept[fresh] = Secret(id=fresh, direction="inbound", sealed=b"", made_at=now, valid_until=None)
        valid = [one for one in kept.values() if one.valid_until is None or now < one.valid_until]
        assert len(valid) <= 2
        assert [one.id for one in valid if one.valid_until is None] == [fresh]
        now += timedelta(hours=gap)


def _fields(secret: Secret) -> dict:
    return {name: getattr(secret, name) for name in secret.__struct_fields__}


@given(st.text(max_size=140))
def test_an_id_of_a_message_fits_into_an_address_or_is_none(typed):
    found = message_id_of({"message-id": typed})
    assert found is None or (found.isascii() and found.isprintable() and not set(found) & set("/?#% \t"))


def test_ids_are_looked_for_in_one_order_and_only_some_headers_are_kept():
    said = {"idempotency-key": "c", "message-id": "<b@x>", "webhook-id": "a", "authorization": "Bearer x"}
    assert message_id_of(said) == "a"
    assert message_id_of({**said, "webhook-id": ""}) == "b@x"
    assert message_id_of({"idempotency-key": "c"}) == "c"
    assert "authorization" not in kept_headers(said)


def test_media_are_read_with_their_charset():
    assert media_of("Application/JSON; charset=UTF-8") == "application/json"
    assert media_of("text/csv") == "text/csv"
    for other in ("", "application/cloudevents+json", "text/csv; charset=windows-1258", "application/xml"):
        assert media_of(other) is None


def test_a_kind_of_partner_sends_its_own_kinds_alone():
    assert may_send(PartnerKind.AGENCY, "portal.dossiers")
    assert may_send(PartnerKind.POST, "post.emsevt")
    assert not may_send(PartnerKind.POST, "portal.dossiers")
    assert not may_send(PartnerKind.PORTAL, "portalx")
