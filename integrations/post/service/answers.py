"""What a partner is told of its message: each row, and in one word the whole."""

from collections.abc import Iterable, Sequence
from typing import Any

from integrations.inbox.rules import TOO_EARLY, Understood

MOST_SUBJECTS = 200
_BAD = frozenset({"refused", "kept"})


def understood(results: Sequence[dict[str, Any]], subjects: Iterable[str]) -> Understood:
    """Sum up rows: done, partly, or failed; a row that waits for another message has the whole tried again."""
    named = tuple(dict.fromkeys(subjects))[:MOST_SUBJECTS]
    if waiting := [each for each in results if each["outcome"] == "waiting"]:
        return Understood(
            state="failed",
            code=TOO_EARLY,
            message=waiting[0].get("message"),
            subjects=named,
            results=list(results),
        )
    bad = sum(each["outcome"] in _BAD for each in results)
    if not bad:
        return Understood(state="done", subjects=named, results=list(results))
    first = next(each for each in results if each["outcome"] in _BAD)
    return Understood(
        state="partly" if bad < len(results) else "failed",
        code=first["code"],
        message=first["message"],
        subjects=named,
        results=list(results),
    )
