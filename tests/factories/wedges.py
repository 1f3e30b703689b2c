"""Scans as wedge scanners type them, over everything that differs between scanners, layouts and places of the focus."""

import itertools
import random
from typing import Any

from shipments.pieces.rules import result_code, s10
from tests.factories.typing import ENDS, keys_of, scanner_gaps, through_composition, through_hook

SPEEDS = (1, 2, 5, 10, 20, 30)
PREFIXES = ("", "]C0", "]C1", "]Q3", "]C1\x1d", "|", "~")
CASES = ("upper", "lower")
METHODS = ("none", "telex", "telex-apart", "vni", "telex-system", "vni-system")
FOCUS = ("", "k-empty", "k-filled", "k-area", "k-number", "k-select", "k-check", "k-button", "k-link")
EVERYTHING = tuple(itertools.product(ENDS, SPEEDS, PREFIXES, CASES, METHODS, FOCUS))
LISTS = 12


def codes(rng: random.Random) -> list[str]:
    """Make the codes of one work list, near ones among them, and such that input methods change."""
    serial = rng.randrange(10_000_000, 90_000_000)
    made = [s10(prefix, serial) for prefix in ("DH", "RA", "EE", "AW", "DD", "CP", "UW")]
    made += [s10("DH", serial + step) for step in (1, 9, 10)]
    number = rng.randrange(1000, 9999)
    made += [f"H57.{rng.randrange(10, 99)}-20261122-{number}", f"H57.01.12-20261122-{number}"]
    made += [f"000.19.02.H57-261122-{number}", f"000.19.02.H57-261122-{number}5"]
    made += [result_code(made[-1]), f"TUI-20261122-{serial}", f"TUI-20261122-{serial + 1}"]
    made += [
        f"BK-H57.01-20261122-{number}",
        f"CT-261122-{''.join(rng.choices('BCGHKMNPQTVXYZ2345678', k=6))}",
    ]
    made += [f"DDAS-{number}", f"CAS-{number}", f"CASS-{number}"]
    return list(dict.fromkeys(made))


def story(rng: random.Random, lists: list[list[str]], combination: tuple[Any, ...]) -> dict[str, Any]:
    """Make one scan of one combination: the same code twice, as a person does when the first was refused."""
    end, speed, prefix, case, method, focus = combination
    at = rng.randrange(len(lists))
    code = rng.choice(lists[at])
    text = prefix + code
    if case == "lower":
        text = text.lower()
    return {
        "list": at,
        "focus": focus,
        "bursts": [burst(rng, text, speed, method, end) for _ in range(2)],
        "code": code,
        "text": text,
        "combination": combination,
    }


def burst(rng: random.Random, text: str, speed: float, method: str, end: str) -> list[dict[str, Any]]:
    """Type one scan."""
    gaps = scanner_gaps(rng, len(text), speed)
    name, _, way = method.partition("-")
    if name == "none":
        keys = [{**key, "gap": gap} for key, gap in zip(keys_of(text), gaps, strict=True)]
    elif way == "system":
        keys = through_composition(text, name, gaps)
    else:
        keys = through_hook(text, name, gaps, apart=way == "apart")
    return keys + [{**key, "gap": rng.uniform(0.5, speed + 1)} for key in ENDS[end]]


def stories(seed: int, count: int) -> tuple[list[list[str]], list[dict[str, Any]]]:
    """Make work lists and scans; every value of every axis comes about equally often."""
    rng = random.Random(seed)
    lists = [codes(rng) for _ in range(LISTS)]
    chosen = rng.sample(EVERYTHING, count)
    return lists, [story(rng, lists, combination) for combination in chosen]
