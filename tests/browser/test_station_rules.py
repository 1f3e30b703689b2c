"""What a station knows without a network: codes, input methods and verdicts, asked in the browser's own modules."""

import os
import random
import unicodedata

from manifests.stations.pages.words import COMMANDS, PLACE_PREFIX, TEST_CODE
from shipments.pieces.rules import SHIPPED, Refusal, kind_of, normalise
from tests.browser.modules import module_page
from tests.factories import wedges
from tests.factories.typing import shown

FULL = os.environ.get("POSTAL_TEST_PROFILE") == "full"
VECTORS = 20_000 if FULL else 2_000
SIGNS = "ABDHKTUVWXZ0123456789-. abdhx_/ĐĂÂđéễＤ１₫\u00a0\u0301"

READ = """async (raws) => {
  const { read } = await import("/static/station/codes.js");
  return raws.map((raw) => read(raw));
}"""


def vectors(rng: random.Random) -> list[str]:
    """Make codes of every kind, right ones and ones with a slip, and texts that are none."""
    made = [
        "",
        " ",
        "A" * 121,
        "A" * 61,
        "TUI-A",
        "BK-",
        "BK-1",
        "AB-1",
        "A-1-KQ",
        "TUI-12-KQ",
        "CT-261122-ABCDEO",
    ]
    while len(made) < VECTORS:
        code = rng.choice(wedges.codes(rng))
        if (way := rng.random()) < 0.3:
            made.append(code if way < 0.2 else code.lower())
        else:
            at = rng.randrange(len(code) + 1)
            slip = rng.choice(SIGNS) * rng.choice((1, 1, 1, 50))
            made.append(code[:at] + slip + code[at + rng.choice((0, 1, 2)) :])
    return [unicodedata.normalize("NFC", raw) for raw in made]


def expected(raw: str) -> dict[str, object]:
    """Say by Python's rules what a station is to make of a text; it alone folds case and knows places."""
    taken = normalise(raw)
    folded = isinstance(taken, Refusal) and raw.isascii() and raw != raw.upper()
    if folded:
        taken = normalise(raw.upper())
    if isinstance(taken, Refusal):
        return {"trouble": taken.reason, "raw": raw}
    return {"kind": str(kind_of(taken)), "code": taken} | ({"folded": True} if folded else {})


async def test_a_station_reads_codes_as_the_server_does(chromium):
    raws = vectors(random.Random(7))
    async with module_page(chromium) as page:
        read = await page.evaluate(READ, raws)
        for raw, found in zip(raws, read, strict=True):
            if raw.upper() not in COMMANDS and not raw.upper().startswith(PLACE_PREFIX):
                assert found == expected(raw), raw
        kinds = {found.get("kind") or found["trouble"] for found in read}
        assert kinds >= {
            "item",
            "bag",
            "manifest",
            "trip",
            "dossier",
            "result",
            "check_digit",
            "pattern",
            "space",
        }
        assert kinds >= {"input_method", "character", "too_long", "empty"}
        shipped = await page.evaluate("async () => (await import('/static/station/codes.js')).SHIPPED")
        assert shipped == [written.pattern.pattern for written in SHIPPED]
        assert await page.evaluate(
            """async ([patterns, raws]) => {
              const { hold, read } = await import("/static/station/codes.js");
              hold(["[A-Z]{2}/[0-9]+", ...patterns.slice(0, 1)]);
              const narrow = raws.map((raw) => read(raw).kind ?? null);
              hold(patterns);
              return [narrow, raws.map((raw) => read(raw).kind ?? null)];
            }""",
            [shipped, ["AB-1", "000.19.02.H57-261122-1234"]],
        ) == [[None, "dossier"], ["dossier", "dossier"]]


async def test_codes_that_only_a_station_knows_and_what_scanners_put_around(chromium):
    codes = [*COMMANDS, PLACE_PREFIX + "BC-530000", TEST_CODE, TEST_CODE.replace("\x1d", "|").lower()]
    framed = [
        "]C1DH123456785VN",
        "]Q3\x1dDH123456785VN\x1d",
        "|DH123456785VN",
        "~DH123456785VN~",
        "]c0dh123456785vn",
    ]
    async with module_page(chromium) as page:
        told = await page.evaluate(READ, [*codes, *framed, "0001|x|Nguyễn Văn A|01011990"])
    assert [one["command"] for one in told[: len(COMMANDS)]] == list(COMMANDS.values())
    assert told[len(COMMANDS) : len(codes)] == [
        {"kind": "place", "code": "BC-530000"},
        {"kind": "test", "code": TEST_CODE},
        {"kind": "test", "code": TEST_CODE},
    ]
    assert {one["code"] for one in told[len(codes) : -1]} == {"DH123456785VN"}
    assert "trouble" in told[-1]


CHANGED = [
    ("Đ123456785VN", "telex", ["DD123456785VN"]),
    ("Ă123456785VN", "telex", ["AW123456785VN"]),
    ("Â123456785VN", "telex", ["AA123456785VN"]),
    ("ÊE123456785VN", "telex", []),
    ("Ê123456785VN", "telex", ["EE123456785VN"]),
    ("Ơ123456785VN", "telex", ["OW123456785VN"]),
    ("Ư123456785VN", "telex", ["UW123456785VN"]),
    ("TÙI-20261122-12345678", "telex", ["TUIF-20261122-12345678", "TUFI-20261122-12345678"]),
    ("HÁN-20261122-1234", "telex", ["HANS-20261122-1234", "HASN-20261122-1234"]),
    ("Ạ6-20261122-1234", "vni", ["A56-20261122-1234"]),
    ("Đ-20261122-1234", "vni", ["D9-20261122-1234"]),
]
"""What hooks leave of codes, as seen on a real desk, and the codes that may have been."""


async def test_what_input_methods_make_of_codes_is_read_back(chromium):
    lists = [[code for _, _, codes in CHANGED for code in codes] + ["DH123456785VN", "AE123456785VN"]] * len(
        CHANGED
    )
    raws = [raw for raw, _, _ in CHANGED]
    ask = """async ([raws, lists]) => {
      const { candidates, isChanged } = await import("/static/station/telex.js");
      return raws.map((raw, at) => isChanged(raw) && candidates(raw, lists[at]));
    }"""
    async with module_page(chromium) as page:
        for form in ("NFC", "NFD"):
            told = await page.evaluate(ask, [[unicodedata.normalize(form, raw) for raw in raws], lists])
            assert [sorted(one) for one in told] == [sorted(codes) for _, _, codes in CHANGED]
        assert await page.evaluate(ask, [["DH123456785VN"], [["DH123456785VN"]]]) == [False]


async def test_two_ways_of_writing_down_an_input_method_agree(chromium):
    rng = random.Random(3)
    codes = [code for _ in range(200 if FULL else 20) for code in wedges.codes(rng)]
    async with module_page(chromium) as page:
        for method in ("telex", "vni"):
            told = await page.evaluate(
                """async ([codes, method]) => {
                  const { images } = await import("/static/station/telex.js");
                  return codes.map((code) => images(code, method));
                }""",
                [codes, method],
            )
            left = await page.evaluate(
                """async (texts) => {
                  const { canonical } = await import("/static/station/telex.js");
                  return texts.map(canonical);
                }""",
                [shown(code, method)[-1] for code in codes],
            )
            for code, images, text in zip(codes, told, left, strict=True):
                assert text in images, code


PLAY = """async ({ rounds, seed, works }) => {
  const { Bench, counts, missing, judge } = await import("/static/station/judge.js");
  const { read } = await import("/static/station/codes.js");
  const { TEXTS, WORKS } = await import("/static/station/words.js");
  let state = seed;
  const random = (n) => { state = (state * 1103515245 + 12345) % 2147483648; return Math.floor(state / 65536) % n; };
  const wrong = [];
  const tones = {};
  for (let round = 0; round < rounds; round += 1) {
    const work = works[round % works.length];
    const codes = [...work.expected, ...work.elsewhere].map((entry) => entry.code);
    const others = ["DH000000000VN", "XX-77", "LNH-BQC", "LNH-HNG", "BK-NEW-1", "Đ123", "", "LNH-NHN"];
    const pool = [...codes, ...codes, ...others];
    const bench = new Bench();
    const seen = new Map();
    let now = 1_800_000_000_000;
    for (let step = 0; step < 60; step += 1) {
      now += random(4000);
      const raw = pool[random(pool.length)];
      const had = new Set(seen.keys());
      const verdict = bench.hear(work, seen, raw, "wedge", {}, now);
      const [once, twice] = [1, 2].map(() => JSON.stringify(judge(work, seen, read(raw), now)));
      tones[verdict.tone] = (tones[verdict.tone] ?? 0) + 1;
      if (verdict.effect.type === "scan") {
        if (had.has(verdict.code)) wrong.push(["scanned twice", verdict]);
        const listed = work.expected.some((entry) => entry.code === verdict.code);
        if ((verdict.tone === "ok") !== listed) wrong.push(["tone", verdict]);
        seen.set(verdict.code, { at: now, tone: verdict.tone });
      } else if (verdict.effect.type === "undo") {
        seen.delete([...seen.keys()].at(-1));
      }
      const told = counts(work, seen);
      if (told.expected !== told.seen + told.within + told.missing) wrong.push(["partition", told]);
      if (told.seen + told.extra !== seen.size) wrong.push(["seen", told]);
      const { length } = missing(work, seen);
      if (length !== told.missing || told.expected !== work.expected.length) wrong.push(["missing", told]);
      if (Math.max(verdict.text.vi.length, verdict.text.en.length) > 40) wrong.push(["long", verdict]);
      if (once !== twice) wrong.push(["unsteady", raw]);
    }
  }
  for (const text of [...Object.values(TEXTS), ...Object.values(WORKS)]) {
    if (text.vi.length > 40 || text.en.length > 40 || !text.vi || !text.en) wrong.push(["long", text]);
  }
  return { wrong: wrong.slice(0, 5), tones };
}"""


def work_list(rng: random.Random, kind: str) -> dict[str, object]:
    """Make a work list: pieces, some of them inside expected bags, and pieces known to belong elsewhere."""
    codes = wedges.codes(rng)
    bags = [code for code in codes if code.startswith("TUI-")]
    entries = [
        {
            "code": code,
            "kind": str(kind_of(code)),
            "container": rng.choice([*bags, None]) if kind_of(code) == "item" else None,
            "place": rng.choice(["BC-530000", None]),
            "manifest": rng.choice(["BK-H57.01.23.45-20261122-00001234", None]),
        }
        for code in codes
    ]
    cut = rng.randrange(1, len(entries))
    return {"work": kind, "code": "BK-W-1", "expected": entries[:cut], "elsewhere": entries[cut:]}


async def test_counts_partition_the_list_whatever_is_scanned(chromium):
    rng = random.Random(11)
    kinds = ["receive", "open", "load", "deliver", "count"]
    works = [work_list(rng, kind) for kind in kinds * 4]
    async with module_page(chromium) as page:
        told = await page.evaluate(PLAY, {"rounds": 1000 if FULL else 100, "seed": 5, "works": works})
    assert told["wrong"] == []
    assert set(told["tones"]) == {"ok", "repeated", "wrong", "bad"}


HEAR = """async ({ steps, work }) => {
  const { Bench } = await import("/static/station/judge.js");
  const bench = new Bench();
  const seen = new Map();
  return steps.map(([raw, now, more]) => {
    const pressed = raw === "(press)";
    const verdict = pressed ? bench.confirm(work, seen, now) : bench.hear(work, seen, raw, "wedge", more ?? {}, now);
    if (verdict.effect.type === "scan") seen.set(verdict.code, { at: now, tone: verdict.tone });
    return [verdict.tone, verdict.effect.type, verdict.code, verdict.text.vi];
  });
}"""
OFF = "Tắt bộ gõ tiếng Việt, quét lại mã này"


CONFIRMING = [
    (
        ["DD-1234"],
        [["Đ-1234", 0], ["Đ-1234", 2000], ["DD-1234", 9000]],
        [("bad", "confirm", "DD-1234"), ("ok", "scan", "DD-1234"), ("repeated", "none", "DD-1234")],
        "the same again confirms",
    ),
    (
        ["DD-1234"],
        [["Đ-1234", 0], ["(press)", 500], ["(press)", 900]],
        [("bad", "confirm", "DD-1234"), ("ok", "scan", "DD-1234"), ("bad", "none", None)],
        "a person confirms, once",
    ),
    (
        ["DD-1234"],
        [["Đ-1234", 0], ["Đ-1234", 40_000]],
        [("bad", "confirm", "DD-1234"), ("bad", "confirm", "DD-1234")],
        "too late is a first time",
    ),
    (
        ["DD-1234", "EE-1234"],
        [["Đ-1234", 0], ["EE-1234", 900], ["(press)", 1000], ["Đ-1234", 2000]],
        [
            ("bad", "confirm", "DD-1234"),
            ("ok", "scan", "EE-1234"),
            ("bad", "none", None),
            ("bad", "confirm", "DD-1234"),
        ],
        "another scan in between confirms nothing",
    ),
    (
        ["HANS-1", "HASN-1"],
        [["HÁN-1", 0], ["HÁN-1", 900], ["(press)", 1000]],
        [("bad", "none", None)] * 3,
        "two candidates are none",
    ),
    (
        ["EE-1234"],
        [["Đ-1234", 0], ["Đ-1234", 900]],
        [("bad", "none", None)] * 2,
        "a code that is not on the list is not repaired",
    ),
    (
        ["CASS-12", "CAS-12"],
        [["CAS-12", 0, {"keys": "CASS-12"}], ["CAS-12", 900, {}]],
        [("bad", "confirm", "CASS-12"), ("ok", "scan", "CAS-12")],
        "a swallowed key does not make another code",
    ),
    (
        ["AB-12"],
        [
            ["QB)&é", 0, {"keys": "AB-12"}],
            ["QB-12", 900, {"keys": "AB-12"}],
            ["QB-12", 2000, {"keys": "QB-12"}],
        ],
        [("bad", "confirm", "AB-12"), ("ok", "scan", "AB-12"), ("wrong", "scan", "QB-12")],
        "a layout is undone by the keys, even where it made another valid code",
    ),
]
"""Codes of a list, what is scanned when, what it comes to, and what that shows."""


async def test_a_repaired_code_counts_only_when_confirmed_and_single(chromium):
    async with module_page(chromium) as page:
        for codes, steps, told, why in CONFIRMING:
            pieces = [{"code": code, "kind": "dossier"} for code in codes]
            work = {"work": "receive", "code": None, "expected": pieces}
            heard = await page.evaluate(HEAR, {"steps": steps, "work": work})
            assert [tuple(one[:3]) for one in heard] == told, why
            assert {one[3] for one in heard if one[1] == "confirm"} <= {
                OFF,
                "Đổi bàn phím sang tiếng Anh (US)",
            }
