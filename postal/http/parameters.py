"""Parameters of addresses that many routes take."""

from typing import Annotated

from litestar.params import PathParameter, QueryParameter

LONGEST_CODE = 64

PathCode = Annotated[str, PathParameter(min_length=1, max_length=LONGEST_CODE, description="Its code")]
"""The code in a path."""


def code_query(description: str) -> QueryParameter:
    """Describe a parameter that filters a list by a code."""
    return QueryParameter(min_length=1, max_length=LONGEST_CODE, description=description)
