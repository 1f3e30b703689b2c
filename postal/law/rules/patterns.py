"""Patterns of dossier codes as an office may state them: short, quick to match, and true to their examples."""

import re

from postal.errors import Unprocessable

LONGEST = 200
MOST_VARIABLE = 3
"""How many counts may vary: each further one multiplies the time that a code which does not fit can take."""

_COUNT = r"(?:\{[0-9]{1,2}(?:,[0-9]{1,2})?\})?"
_CLASS = r"\[[A-Z0-9.\\\-]{1,40}\]"
# Inside a group neither dot nor hyphen but the one that begins it, so that a code is divided in one way only.
_PLAIN = r"(?:\[(?:[A-Z0-9](?:-[A-Z0-9])?){1,20}\]|[A-Z0-9])"
_GROUP = rf"\(\?:(?:\\[.\-]|-){_PLAIN}{_COUNT}\){_COUNT}"
_FORM = re.compile(rf"(?:{_GROUP}|(?:{_CLASS}|\\[.\-]|[A-Z0-9\-]){_COUNT})+")
_VARIABLE = re.compile(r"\{[0-9]+,")


def check_pattern(pattern: str, examples: tuple[str, ...]) -> None:
    """Refuse a pattern that is none, that could take long, or that does not match its examples whole."""
    try:
        variable = len(_VARIABLE.findall(pattern))
        if len(pattern) > LONGEST or variable > MOST_VARIABLE or not _FORM.fullmatch(pattern):
            raise ValueError
        compiled = re.compile(pattern)
    except (re.error, ValueError) as error:
        raise Unprocessable(
            "law.pattern_form",
            vi="Mẫu mã chỉ gồm chữ hoa, số, dấu chấm, gạch nối, [lớp ký tự], {số lần} và (?:nhóm)",
            en="A pattern holds capitals, digits, dots, hyphens, [classes], {counts} and (?:groups) only",
            pointer="/pattern",
        ) from error
    for at, example in enumerate(examples):
        if not compiled.fullmatch(example):
            raise Unprocessable(
                "law.pattern_example",
                vi=f"Ví dụ {example} không khớp mẫu mã",
                en=f"The example {example} does not match the pattern",
                pointer=f"/examples/{at}",
            )
