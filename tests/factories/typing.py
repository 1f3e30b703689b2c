"""People and scanners at a keyboard: keys with their times, and what Telex and VNI make of them on the way.

The input methods here are written without a look at the page's own rules, in the way of hooks that type over: a key
goes through, or is swallowed, and then come Backspaces and the new signs within a millisecond of each other.
"""

import random
import unicodedata
from typing import Any

CIRCUMFLEX, HORN, BREVE = "\u0302", "\u031b", "\u0306"
TONES = {
    "telex": dict(zip("sfrxj", "\u0301\u0300\u0309\u0303\u0323", strict=True)),
    "vni": dict(zip("12345", "\u0301\u0300\u0309\u0303\u0323", strict=True)),
}
SHAPES = {
    "telex": {
        "a": {"a": CIRCUMFLEX},
        "e": {"e": CIRCUMFLEX},
        "o": {"o": CIRCUMFLEX},
        "w": {"a": BREVE, "o": HORN, "u": HORN},
    },
    "vni": {
        "6": dict.fromkeys("aeo", CIRCUMFLEX),
        "7": dict.fromkeys("ou", HORN),
        "8": {"a": BREVE},
    },
}
STROKE = {"telex": "d", "vni": "9"}
VOWELS = "aeiouy"

US = {
    **{letter: (f"Key{letter.upper()}", False) for letter in "abcdefghijklmnopqrstuvwxyz"},
    **{letter: (f"Key{letter}", True) for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
    **{digit: (f"Digit{digit}", False) for digit in "0123456789"},
    **{sign: (f"Digit{at}", True) for at, sign in enumerate(")!@#$%^&*(")},
    "-": ("Minus", False),
    ".": ("Period", False),
    ",": ("Comma", False),
    "/": ("Slash", False),
    " ": ("Space", False),
    "]": ("BracketRight", False),
    "|": ("Backslash", True),
    "~": ("Backquote", True),
    ":": ("Semicolon", True),
}
ENDS: dict[str, list[dict[str, Any]]] = {
    "CR": [{"key": "Enter", "code": "Enter"}],
    "LF": [{"key": "j", "code": "KeyJ", "ctrl": True}],
    "CRLF": [{"key": "Enter", "code": "Enter"}, {"key": "j", "code": "KeyJ", "ctrl": True}],
    "TAB": [{"key": "Tab", "code": "Tab"}],
    "none": [],
}
Key = dict[str, Any]


class Word:
    """The word under the hands of an input method."""

    def __init__(self) -> None:
        self.letters: list[list[str]] = []  # [letter as typed, mark]
        self.tone = ""
        self.left_alone = False

    def shown(self) -> str:
        """Write the word, the tone on the vowel where it belongs."""
        signs = [base + mark for base, mark in self.letters]
        if self.tone:
            at = self._vowel()
            signs[at] += self.tone
        return unicodedata.normalize("NFC", "".join(signs)).replace("d-", "đ").replace("D-", "Đ")

    def _vowel(self) -> int:
        vowels = [at for at, (base, _) in enumerate(self.letters) if base.lower() in VOWELS]
        shaped = [at for at in vowels if self.letters[at][1] in {CIRCUMFLEX, HORN, BREVE}]
        if shaped:
            return shaped[-1]
        last = vowels[-1]
        run = [at for at in vowels if all(x in vowels for x in range(at, last + 1))]
        closed = last < len(self.letters) - 1
        return run[-1] if closed or len(run) == 1 else run[-2]

    def take(self, key: str, method: str) -> None:
        """Let a letter or a digit act."""
        low = key.lower()
        if not self.left_alone and (self._tone(low, method) or self._shape(low, method)):
            return
        self.letters.append([key, ""])

    def _tone(self, low: str, method: str) -> bool:
        tone = TONES[method].get(low)
        if not tone or not any(base.lower() in VOWELS for base, _ in self.letters):
            return False
        if self.tone == tone:
            self.tone, self.left_alone = "", True
            return False
        self.tone = tone
        return True

    def _shape(self, low: str, method: str) -> bool:
        shapes = {"d": "-"} if low == STROKE[method] else SHAPES[method].get(low, {})
        for letter in reversed(self.letters):
            if (mark := shapes.get(letter[0].lower())) is None:
                continue
            if letter[1] == mark:
                letter[1], self.left_alone = "", True
                return False
            letter[1] = mark
            return True
        if method == "telex" and low == "w":
            self.letters.append(["U" if low != "w" else "u", HORN])
            return True
        return False


def shown(text: str, method: str) -> list[str]:
    """Give what stands in a field after each key of a text."""
    done, word, steps = "", Word(), []
    for key in text:
        # A digit ends a word of Telex; of VNI it may act on the word before.
        if key.isalpha() or (method == "vni" and key.isdigit() and word.letters):
            before = len(word.letters)
            word.take(key, method)
            if key.isdigit() and len(word.letters) > before:
                done += word.shown()
                word = Word()
        else:
            done += word.shown() + key
            word = Word()
        steps.append(done + word.shown())
    return steps


def keys_of(text: str) -> list[Key]:
    """Give the keys of a text on a US keyboard; GS is Control and the closing bracket."""
    keys = []
    for sign in text:
        if sign == "\x1d":
            keys.append({"key": "]", "code": "BracketRight", "ctrl": True})
        else:
            code, shift = US.get(sign, ("", False))
            keys.append({"key": sign, "code": code, "shift": shift})
    return keys


def through_hook(text: str, method: str, gaps: list[float], *, apart: bool = False) -> list[Key]:
    """Type a text with an input method that types over; `apart` writes its letters decomposed."""
    keys: list[Key] = []
    before = ""
    form = "NFD" if apart else "NFC"
    steps = [unicodedata.normalize(form, step) for step in shown(text, method)]
    for key, after, gap in zip(keys_of(text), steps, gaps, strict=True):
        if key.get("ctrl") or after == before + key["key"]:
            keys.append({**key, "gap": gap})
        else:
            same = next(
                (at for at, (x, y) in enumerate(zip(before, after, strict=False)) if x != y),
                min(len(before), len(after)),
            )
            typed = [{"key": "Backspace", "code": "Backspace"}] * (len(before) - same)
            typed += [{"key": sign, "code": ""} for sign in after[same:]]
            keys += [{**one, "gap": gap if at == 0 else 0.4} for at, one in enumerate(typed)]
        before = after
    return keys


def through_composition(text: str, method: str, gaps: list[float]) -> list[Key]:
    """Type a text with an input method of the system: the page learns keys without signs, and a text that changes."""
    return [
        {**key, "key": "Process", "opaque": after, "gap": gap}
        for key, after, gap in zip(keys_of(text), shown(text, method), gaps, strict=True)
    ]


def scanner_gaps(random: random.Random, count: int, speed: float) -> list[float]:
    """Give the gaps before the signs of a scan: even, but for what the cable and the system add."""
    return [max(0.2, random.gauss(speed, 0.12 * speed + 0.3)) for _ in range(count)]


def human_gaps(random: random.Random, count: int, words_a_minute: float) -> list[float]:
    """Give the gaps of a person's keys: 5 keys a word, skewed, rolled over two at a time now and then."""
    mean = 12_000 / words_a_minute
    gaps = [random.lognormvariate(0, 0.35) * mean * 0.94 for _ in range(count)]
    return [gap * 0.25 if random.random() < 0.08 else gap for gap in gaps]
