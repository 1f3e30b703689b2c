"""Pages of the law: the public list and its open data, and the editor of the office that answers for it."""

from typing import Any

from postal.law.pages.open_data import OPEN_DATA
from postal.law.pages.public import PUBLIC_PAGES

PAGE_HANDLERS: tuple[Any, ...] = (*PUBLIC_PAGES, *OPEN_DATA)

__all__ = ["PAGE_HANDLERS"]
