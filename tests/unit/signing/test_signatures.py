"""Calls that we sign are known by the specification's own library, and we know calls as it does."""

import secrets
from datetime import UTC, datetime, timedelta

import pytest
import standardwebhooks
from hypothesis import given
from hypothesis import strategies as st

from integrations.signing.rules import Fault, fault_of, secret_of, signed, verified
from postal.clock import machine_now

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
OLD, NEW, OTHER = (secret_of(bytes([number]) * 32) for number in (1, 2, 3))
BODIES = st.binary(max_size=200)
IDS = st.text("abcXYZ0123456789-_", min_size=1, max_size=40)


@given(BODIES, IDS, st.integers(0, 10**9))
def test_what_is_signed_is_verified_with_either_secret_and_no_other(body, identifier, seconds):
    at = NOW + timedelta(seconds=seconds)
    headers = signed([NEW, OLD], identifier, at, body)
    assert headers["webhook-signature"].count("v1,") == 2
    for known in ([NEW], [OLD], [OTHER, OLD]):
        assert verified(known, headers, body, at)
    assert fault_of([OTHER], headers, body, at) is Fault.WRONG
    assert not verified([], headers, body, at)


@given(BODIES, IDS, st.data())
def test_any_change_is_noticed(body, identifier, data):
    headers = signed([NEW], identifier, NOW, body)
    changed = bytearray(body + b".")
    changed[data.draw(st.integers(0, len(body)))] ^= 1 << data.draw(st.integers(0, 7))
    assert fault_of([NEW], headers, bytes(changed), NOW) is Fault.WRONG
    assert fault_of([NEW], {**headers, "webhook-id": identifier + "1"}, body, NOW) is Fault.WRONG
    later = str(int(headers["webhook-timestamp"]) + 1)
    assert fault_of([NEW], {**headers, "webhook-timestamp": later}, body, NOW) is Fault.WRONG
    cut = headers["webhook-signature"][:-1]
    assert fault_of([NEW], {**headers, "webhook-signature": cut}, body, NOW) is Fault.WRONG


@pytest.mark.parametrize(
    ("skew", "fault"), [(0, None), (300, None), (-300, None), (301, Fault.TOO_OLD), (-301, Fault.TOO_NEW)]
)
def test_a_call_counts_for_five_minutes_either_way(skew, fault):
    headers = signed([NEW], "one", NOW, b"{}")
    assert fault_of([NEW], headers, b"{}", NOW + timedelta(seconds=skew)) is fault
    # Who cannot sign is not told what time it is.
    assert fault_of([OTHER], headers, b"{}", NOW + timedelta(seconds=skew)) is Fault.WRONG


@pytest.mark.parametrize(
    "spoiled",
    [
        {"webhook-id": ""},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "1e9"},
        {"webhook-timestamp": "-1"},
        {"webhook-timestamp": "9" * 40},
        {"webhook-timestamp": "١٢٣"},
        {"webhook-signature": ""},
    ],
)
def test_what_is_missing_or_no_number_is_incomplete(spoiled):
    headers = {**signed([NEW], "one", NOW, b"{}"), **spoiled}
    assert fault_of([NEW], headers, b"{}", NOW) is Fault.INCOMPLETE


def test_other_versions_count_for_nothing_and_many_signatures_are_not_read():
    headers = signed([NEW], "one", NOW, b"{}")
    right = headers["webhook-signature"]
    for given_signature in (
        right.replace("v1,", "v1a,"),
        right.replace("v1,", ""),
        "v1, " + right[3:],
        "é " * 3,
    ):
        assert fault_of([NEW], {**headers, "webhook-signature": given_signature}, b"{}", NOW) is Fault.WRONG
    among = f"v2,xx v1a,yy v1,zz {right}"
    assert verified([NEW], {"Webhook-Id": "one", "WEBHOOK-TIMESTAMP": headers["webhook-timestamp"],
                            "Webhook-Signature": among}, b"{}", NOW)  # fmt: skip
    many = "v1,zz " * 20 + right
    assert not verified([NEW], {**headers, "webhook-signature": many}, b"{}", NOW)


def test_the_official_library_reads_ours_and_we_read_its_own():
    now = machine_now()
    secret, body = secret_of(secrets.token_bytes(32)), '{"type":"hold","người":"đ"}'
    library = standardwebhooks.Webhook(secret)
    library.verify(body, signed([OTHER, secret], "msg_1", now, body.encode()))
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        library.verify(body, signed([OTHER], "msg_1", now, body.encode()))
    theirs = {
        "webhook-id": "msg_2",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": library.sign("msg_2", now, body),
    }
    assert verified([secret], theirs, body.encode(), now)
    assert not verified([OTHER], theirs, body.encode(), now)


@pytest.mark.parametrize("length", [0, 23, 65])
def test_a_secret_is_neither_short_nor_long(length):
    with pytest.raises(ValueError, match="24 to 64"):
        secret_of(b"x" * length)


def test_a_secret_that_is_no_base64_is_an_error_and_never_an_empty_key():
    with pytest.raises(ValueError, match="base64"):
        signed(["whsec_***"], "one", NOW, b"")
