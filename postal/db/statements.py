"""Counting statements, so that a test can say how many a use case sends."""

from collections.abc import Iterator
from contextlib import contextmanager


class StatementCount:
    """How many statements were sent, and their texts in order (BEGIN and COMMIT included)."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    @property
    def total(self) -> int:
        """The number of statements so far."""
        return len(self.texts)


_counting: list[StatementCount] = []


def sent(text: str) -> None:
    """Note that a statement goes to the server; free of cost while nobody counts."""
    for count in _counting:
        count.texts.append(text)


@contextmanager
def count_statements() -> Iterator[StatementCount]:
    """Count every statement that this process sends, on any connection, until the block ends."""
    count = StatementCount()
    _counting.append(count)
    try:
        yield count
    finally:
        _counting.remove(count)
