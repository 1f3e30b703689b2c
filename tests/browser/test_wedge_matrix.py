"""Scanners of every kind, with the focus anywhere: each scan is right, and none is another's code."""

import os
import random
from collections import Counter
from pathlib import Path

import pytest

from tests.browser.modules import module_page
from tests.factories import wedges
from tests.factories.typing import human_gaps, keys_of, through_hook

PLAYER = (Path(__file__).parent / "keyboard.js").read_text()
FULL = os.environ.get("POSTAL_TEST_PROFILE") == "full"
RIGHT = 0.99


async def played(page, lists, stories):
    """Play stories by the page's own modules, with a clock of their own."""
    return await page.evaluate(PLAYER, {"stories": stories, "lists": lists})


def fault_of(story, result):
    """Say what went wrong with a scan that was made twice, or None."""
    wrong = [
        each for each in result["verdicts"] if each["effect"] == "scan" and each["code"] != story["code"]
    ]
    if wrong:
        return "another code was taken"
    if result["acts"] or not result["focused"]:
        return f"the page acted: {result['acts']}"
    if result["left"] != result["before"]:
        return "characters were left in the field"
    if len(result["heard"]) != 2:
        return f"{len(result['heard'])} scans were heard"
    tones = [each["tone"] for each in result["verdicts"]]
    if tones == ["ok", "repeated"]:
        return None
    method = story["combination"][4]
    told = all("bộ gõ" in each["text"] for each in result["verdicts"] if each["tone"] == "bad")
    if method != "none" and told and tones in (["bad", "ok"], ["bad", "bad"]):
        return None
    return f"verdicts were {tones}"


@pytest.mark.parametrize("count", [pytest.param(2000, marks=pytest.mark.slow), 80])
async def test_scanners_of_every_kind_are_understood_and_none_is_taken_for_another(chromium, count):
    lists, stories = wedges.stories(2026, count)
    async with module_page(chromium) as page:
        results = await played(page, lists, stories)
    faults = [
        (fault, story["combination"], story["text"], result)
        for story, result in zip(stories, results, strict=True)
        if (fault := fault_of(story, result))
    ]
    assert not [each for each in faults if each[0] == "another code was taken"]
    assert len(faults) <= (1 - RIGHT) * count, faults[:5]
    plain = [
        result["verdicts"][0]["tone"]
        for story, result in zip(stories, results, strict=True)
        if story["combination"][4] == "none"
    ]
    assert Counter(plain)["ok"] >= RIGHT * len(plain)


WORDS = (
    "Nguyeenx Thij Ngocj Anhs",
    "Phamj Quoocs Huy, soos 12/5 ddwowngf Lee Lowij",
    "nguowif nhaanj kys thay, cos giaays uyr quyeenf ngayf 20/11/2026",
    "0912345678",
    "H57.01.12-20261122-1234",
    "DH123456785VN",
    "tran.van.b@example.vn",
    "aaaaaaaaaaaa",
    "the quick brown fox jumps over the lazy dog",
)
FIELDS = ("k-empty", "k-filled", "k-area", "")


def typing(rng, words_a_minute, method):
    """Make what a person types into forms: words, Enter or Tab, a key held down, a text that a macro writes."""
    bursts = []
    for text in WORDS:
        gaps = human_gaps(rng, len(text), words_a_minute)
        if method == "none":
            keys = [{**key, "gap": gap} for key, gap in zip(keys_of(text), gaps, strict=True)]
        else:
            keys = through_hook(text, method, gaps)
        end = rng.choice([{"key": "Enter", "code": "Enter"}, {"key": "Tab", "code": "Tab"}, None])
        if end:
            keys.append({**end, "gap": rng.uniform(60, 300)})
        bursts.append(keys)
    held = [{**keys_of("a")[0], "gap": 500 if at == 0 else 33, "repeat": at > 0} for at in range(20)]
    unflagged = [{**keys_of("5")[0], "gap": 500 if at == 0 else 33} for at in range(20)]
    taken_back = {"key": "Backspace", "code": "Backspace"}
    macro = [{**taken_back, "gap": 90}, {**taken_back, "gap": 0.4}]
    macro += [{"key": sign, "code": "", "gap": 0.4} for sign in "Ủy ban nhân dân xã số 5 "]
    return [*bursts, held, unflagged, macro]


@pytest.mark.parametrize(
    ("rounds", "speeds", "methods"),
    [
        pytest.param(12, (40, 120, 180), ("none", "telex", "vni"), marks=pytest.mark.slow),
        (1, (120,), ("none", "telex")),
    ],
)
async def test_no_typing_is_taken_for_a_scan_and_all_of_it_arrives(chromium, rounds, speeds, methods):
    rng = random.Random(rounds)
    lists = [wedges.codes(rng)]
    stories = [
        {"focus": focus, "bursts": typing(rng, speed, method), "rest": rng.choice([120, 1000])}
        for _ in range(rounds)
        for speed in speeds
        for method in methods
        for focus in FIELDS
    ]
    async with module_page(chromium) as page:
        results = await played(page, lists, stories)
    for story, result in zip(stories, results, strict=True):
        assert result["heard"] == [], story["focus"]
        assert result["prevented"] == 0 or story["focus"] == ""
        if story["focus"] == "k-empty":
            assert result["left"] == left_by(story["bursts"])


def left_by(bursts):
    """Write what a field of one line holds after all keys."""
    text = ""
    for key in (key for keys in bursts for key in keys):
        text = text[:-1] if key["key"] == "Backspace" else text + key["key"] if len(key["key"]) == 1 else text
    return text
