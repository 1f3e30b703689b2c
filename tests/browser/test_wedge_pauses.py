"""Scans that break off, pause, follow each other, or come in the middle of typing."""

from tests.browser.modules import module_page
from tests.browser.test_wedge_matrix import played
from tests.factories.typing import ENDS, keys_of

ITEM, OTHER = "DH123456785VN", "RA987654325VN"
SHORT, LONG = "H57.01.12-20261122-1234", "H57.01.12-20261122-12345"
LISTS = [[ITEM, OTHER, SHORT], [SHORT, LONG], [LONG]]


def scan(text, gap=5.0, end="CR", first=None, pauses=()):
    keys = [{**key, "gap": gap} for key in [*keys_of(text), *ENDS[end]]]
    for at, pause in pauses:
        keys[at]["gap"] = pause
    keys[0]["gap"] = first if first is not None else gap
    return keys


async def results_of(chromium, *stories):
    async with module_page(chromium) as page:
        return await played(page, LISTS, [{"focus": "k-empty", "list": 0, **story} for story in stories])


def told(result):
    return [(each["tone"], each["code"]) for each in result["verdicts"]]


async def test_a_pause_inside_a_scan_splits_no_code(chromium):
    paused = [
        {"bursts": [scan(ITEM, gap, end, pauses=[(at, pause)])]}
        for gap in (1.0, 10.0, 28.0)
        for at in (2, 6, 12)
        for pause in (60.0, 110.0, 200.0)
        for end in ("CR", "none")
    ]
    results = await results_of(chromium, *paused)
    for story, result in zip(paused, results, strict=True):
        codes = {code for tone, code in told(result) if tone in {"ok", "wrong"}}
        assert codes <= {ITEM}, story
        assert len(told(result)) <= 1
    whole = [
        told(result) == [("ok", ITEM)]
        for story, result in zip(paused, results, strict=True)
        if max(key["gap"] for key in story["bursts"][0]) <= 110
    ]
    assert all(whole)


async def test_without_terminator_a_code_waits_while_a_longer_one_may_come(chromium):
    sure, unsure, extended, foreign = await results_of(
        chromium,
        {"bursts": [scan(ITEM, 5, "none")]},
        {"bursts": [scan(SHORT, 5, "none")], "list": 1},
        {"bursts": [scan(LONG, 5, "none", pauses=[(len(SHORT), 200.0)])], "list": 1},
        {"bursts": [scan(SHORT, 5, "none")], "list": 2},
    )
    assert (told(sure), told(unsure), told(extended)) == ([("ok", ITEM)], [("ok", SHORT)], [("ok", LONG)])
    waited = [result["verdicts"][0]["at"] - result["last"] for result in (sure, unsure, foreign)]
    assert [round(one) for one in waited] == [60, 250, 250]
    assert told(foreign) == [("wrong", SHORT)]


async def test_where_the_terminator_is_known_its_absence_is_a_broken_code(chromium):
    (result,) = await results_of(
        chromium,
        {
            "list": 2,
            "bursts": [scan(LONG), scan(LONG), scan(LONG[:-1], end="none"), scan(LONG)]
            + [scan(LONG[:-1], end="none") for _ in range(4)],
        },
    )
    tones = told(result)
    assert tones[:4] == [("ok", LONG), ("repeated", LONG), ("bad", None), ("repeated", LONG)]
    assert result["heard"][2]["trouble"] == "cut"
    # A scanner that never sends one is believed after a while: its codes are taken as they are.
    assert tones[4:] == [("bad", None)] * 3 + [("wrong", LONG[:-1])]
    assert result["left"] == ""


async def test_a_terminator_that_comes_late_presses_nothing(chromium):
    late = [scan(ITEM, end=end, pauses=[(len(ITEM), 150.0)]) for end in ("CR", "TAB", "CRLF")]
    for result in await results_of(chromium, *({"bursts": [burst], "focus": "k-button"} for burst in late)):
        assert told(result) == [("ok", ITEM)]
        assert result["acts"] == []


async def test_where_the_terminator_is_known_a_long_pause_is_waited_for(chromium):
    bursts = [scan(LONG), scan(LONG), scan(LONG, pauses=[(10, 300.0)])]
    (result,) = await results_of(chromium, {"list": 2, "bursts": bursts})
    assert told(result) == [("ok", LONG), ("repeated", LONG), ("repeated", LONG)]


async def test_scans_that_follow_each_other_are_told_apart(chromium):
    follow = scan(ITEM) + scan(OTHER, first=60) + scan(ITEM, first=40)
    pair = scan(ITEM, end="CRLF") + scan(OTHER, end="CRLF", first=80)
    bare = scan(ITEM, end="none") + scan(OTHER, end="none", first=333)
    for result in await results_of(chromium, {"bursts": [follow]}, {"bursts": [pair]}, {"bursts": [bare]}):
        assert told(result)[:2] == [("ok", ITEM), ("ok", OTHER)]
        assert result["left"] == ""
        assert result["acts"] == []


async def test_typing_before_a_scan_stays_and_only_the_scan_goes(chromium):
    typed = [{**key, "gap": 130.0} for key in keys_of("ghi ch")]
    (result,) = await results_of(
        chromium, {"focus": "k-area", "bursts": [typed + scan(ITEM, 8, first=300.0)]}
    )
    assert told(result) == [("ok", ITEM)]
    assert result["left"] == "dòng 1\nghi ch"


async def test_foreign_codes_and_half_codes_are_bad_and_leave_nothing(chromium):
    card = "038090001234|123456789|NGUYEN VAN A|01011990|Nam|xa Phu Loc|01012021"
    heard = await results_of(
        chromium,
        {"bursts": [scan(card)]},
        {"bursts": [scan("8934563138165")]},
        {"bursts": [scan(ITEM[:9])]},
        {"bursts": [scan(ITEM[:6] + ITEM[5:])]},
    )
    for result in heard:
        assert told(result) == [("bad", None)]
        assert result["left"] == ""


async def test_a_hand_held_computer_that_names_no_key_is_read_from_its_field(chromium):
    def told_by_the_field(text, gap):
        return [
            {"key": "Unidentified", "code": "", "opaque": text[: at + 1], "gap": gap}
            for at in range(len(text))
        ]

    enter = [{"key": "Enter", "code": "Enter", "gap": 5.0}]
    scanned, bare, typed = await results_of(
        chromium,
        {"bursts": [told_by_the_field(ITEM, 5.0) + enter]},
        {"bursts": [told_by_the_field(ITEM, 5.0)]},
        {"bursts": [told_by_the_field("Nguyen Van 12", 90.0)]},
    )
    assert told(scanned) == told(bare) == [("ok", ITEM)]
    assert (scanned["left"], scanned["acts"], bare["left"]) == ("", [], "")
    assert (typed["heard"], typed["left"]) == ([], "Nguyen Van 12")
