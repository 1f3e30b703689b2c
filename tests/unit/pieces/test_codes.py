"""How codes are written, refused and guessed."""

from datetime import date

import pytest

from shipments.pieces.rules import (
    CodeKind,
    Refusal,
    candidates,
    is_dossier_code,
    is_s10,
    kind_of,
    normalise,
    result_code,
    s10,
    s10_check_digit,
)


@pytest.mark.parametrize(
    ("serial", "digit"), [("47312482", 9), ("00000001", 4), ("12345678", 5), ("00014010", 0)]
)
def test_check_digit_follows_the_published_vectors(serial: str, digit: int) -> None:
    assert s10_check_digit(serial) == digit


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("DH123456785VN", CodeKind.ITEM),
        ("DH123456784VN", None),
        ("000.00.01.H24-230821-0001", CodeKind.DOSSIER),
        ("G09.20-20260609-0092637", CodeKind.DOSSIER),
        ("G09.20-20260609-0092637-KQ", CodeKind.RESULT),
        ("MC-HUE-01-20261123-0481937", CodeKind.DOSSIER),
        ("WABO-10009138", CodeKind.DOSSIER),
        ("TUI-20261123-048193742", CodeKind.BAG),
        ("BK-20261123-048193742", CodeKind.MANIFEST),
        ("-KQ", None),
        ("HELLO", None),
        ("A" * 300, None),
    ],
)
def test_form_alone_tells_what_a_code_names(code: str, kind: CodeKind | None) -> None:
    assert kind_of(code) == kind


def test_a_pattern_holds_only_in_its_time() -> None:
    code = "000.00.01.H24-170821-0001"
    assert is_dossier_code(code)
    assert not is_dossier_code(code, date(2017, 8, 21))
    assert isinstance(normalise(code, date(2017, 8, 21)), Refusal)
    assert normalise(code, date(2020, 1, 1)) == code


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("DH123456784VN", "check_digit"),
        ("dh123456785vn", "lower_case"),
        ("DH 123456785 VN", "space"),
        ("DH123456785VN\r\n", "space"),
        ("ĐH123456785VN", "input_method"),
        ("\uff24\uff28123456785VN", "input_method"),
        ("DH123456785VŃ", "input_method"),
        ("DH123456785VN\u200b", "character"),
        ("DH123456785VN;", "character"),
        ("DH12345678VN", "pattern"),
        ("X" * 500, "too_long"),
        ("DH123456785VN\x00", "character"),
    ],
)
def test_nothing_is_repaired_silently(raw: str, reason: str) -> None:
    refusal = normalise(raw)
    assert isinstance(refusal, Refusal)
    assert refusal.reason == reason
    assert max(len(refusal.vi), len(refusal.en)) <= 40
    assert refusal.help_vi
    assert refusal.help_en


@pytest.mark.parametrize(
    "raw",
    [
        "dh123456785vn",
        " DH 12345678 5 VN ",
        "ĐH123456785VN",
        "\uff24\uff28123456785VN",
        "DH123456784VN",
        "DH213456785VN",
        "DK123456785VN",
    ],
)
def test_a_mistyped_code_finds_the_one_expected(raw: str) -> None:
    assert candidates(raw, {"DH123456785VN", "RR473124829VN"}) == ("DH123456785VN",)


@pytest.mark.parametrize(
    ("typed", "meant"), [("Đ000000014VN", "DD000000014VN"), ("RÁ2345678VN", "RA12345678VN")]
)
def test_what_telex_and_vni_swallow_is_typed_again(typed: str, meant: str) -> None:
    assert candidates(typed, {meant}) == (meant,)


def test_likelier_candidates_come_first_and_far_ones_not_at_all() -> None:
    meant, near, far = s10("DH", 12345678), s10("DH", 12345679), s10("DH", 99999999)
    assert is_s10(near)
    assert candidates(meant.lower(), {near, far, meant}) == (meant,)
    slip = "G09.20-20260609-0092638"
    assert candidates(
        slip, {"G09.20-20260609-0092637", "G09.20-20260609-0092683", "G09.20-20260609-0092000"}
    ) == (
        "G09.20-20260609-0092683",
        "G09.20-20260609-0092637",
    )


def test_a_result_is_named_after_its_dossier() -> None:
    assert result_code("G09.20-20260609-0092637") == "G09.20-20260609-0092637-KQ"
