"""Pages of the law: the public list and its open data, and the editor of the office that answers for it."""

from typing import Any

from postal.law.pages.editor import EDITOR_PAGES, HOME_SECTIONS
from postal.law.pages.numbers import NUMBER_PAGES
from postal.law.pages.open_data import OPEN_DATA
from postal.law.pages.public import PUBLIC_PAGES
from postal.law.pages.withdrawals import WITHDRAWAL_PAGES

PAGE_HANDLERS: tuple[Any, ...] = (*PUBLIC_PAGES, *OPEN_DATA, *EDITOR_PAGES, *NUMBER_PAGES, *WITHDRAWAL_PAGES)

__all__ = ["HOME_SECTIONS", "PAGE_HANDLERS"]
