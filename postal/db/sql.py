"""Statements kept in files beside the repository that uses them."""

from functools import cache
from importlib.resources import files


@cache
def load_sql(package: str, name: str) -> str:
    """Read a statement once; `package` is the caller's `__package__`."""
    return files(package).joinpath(name).read_text(encoding="utf-8")
