"""Every notice as it is read, in both languages, by mail and as a text message: golden files, reviewed by eye.

Write them anew after a change of words: `POSTAL_WRITE_GOLDEN=1 pytest tests/unit/notifications/test_notice_texts.py`.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.notifications.rules import Kind, StaffFact, lines_of, short_of, staff_text_of, text_of
from integrations.notifications.rules.short import GSM, LONGEST, plain
from tests.factories.carrier import GSM_BASIC

GOLDEN = Path(__file__).parent / "golden"
DOSSIER = "000.00.01.H57-261123-0001"
FACTS = {"due": "2026-12-01T10:00:00+00:00", "next_visit": "2026-11-26", "letter": "12/2026-XL"}
TOLD = [kind for kind in Kind if kind is not Kind.DESK]
LOOK, LEAVE = "https://tracuu.example.vn/t/D", "https://tracuu.example.vn/n/abc"
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
WORK = [
    StaffFact(fact="a", kind="late", code="D-1", at=NOW),
    StaffFact(fact="b", kind="result", code="D-2", at=NOW),
    StaffFact(fact="c", kind="discrepancy", code="BK-1", at=NOW),
    StaffFact(fact="d", kind="supplemented", code="D-3", at=NOW),
    StaffFact(fact="e", kind="near_due", code="D-4", at=NOW),
    StaffFact(fact="f", kind="run", code="BK-2", at=NOW),
]


def written(language):
    parts = []
    for kind in TOLD:
        text = text_of(kind, language, DOSSIER, FACTS, LOOK, LEAVE)
        short = short_of(kind, language, DOSSIER, FACTS)
        parts.append(f"=== {kind}\n{text.subject}\n\n{text.body}\n--- SMS ({len(short)})\n{short}\n")
    for kind, facts in ((Kind.CONFIRM, {}), (Kind.DESK, lines_of(WORK))):
        text = staff_text_of(kind, language, facts, "https://tracuu.example.vn/home", LEAVE)
        parts.append(f"=== staff {kind}\n{text.subject}\n\n{text.body}\n")
    return "\n".join(parts)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_notice_reads_as_it_was_reviewed(language):
    file = GOLDEN / f"{language}.txt"
    if os.environ.get("POSTAL_WRITE_GOLDEN"):
        file.write_text(written(language), encoding="utf-8")
    assert written(language) == file.read_text(encoding="utf-8")


@given(
    st.sampled_from(TOLD),
    st.sampled_from(["vi", "en"]),
    st.text(min_size=1, max_size=64),
    st.dictionaries(st.sampled_from(list(FACTS)), st.none()),
)
def test_a_text_message_is_one_segment_whatever_it_is_about(kind, language, code, left_out):
    facts = {name: value for name, value in FACTS.items() if name not in left_out}
    text = short_of(kind, language, code, facts)
    assert len(text) <= LONGEST
    assert set(text) <= GSM == GSM_BASIC
    assert "{" not in text
    assert plain(code)[-1] in text


def test_marks_come_off_and_nothing_is_lost():
    assert plain("Đã có kết quả, hẹn trả tại Bưu cục Huế") == "Da co ket qua, hen tra tai Buu cuc Hue"
    assert plain("giữ ₫ 漢") == "giu ? ?"


def test_a_mail_about_work_names_at_most_fifty_things_and_counts_the_rest():
    facts = lines_of([StaffFact(fact=str(n), kind="late", code=f"D-{n}", at=NOW) for n in range(60)])
    text = staff_text_of(Kind.DESK, "vi", facts, LOOK, LEAVE)
    assert text.subject == "Có 60 việc cần xử lý"
    assert text.body.count("- D-") == 50
    assert "… và 10 việc khác." in text.body
