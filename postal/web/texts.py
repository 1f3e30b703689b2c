"""The texts of pages: written in Vietnamese where they stand, their English in a gettext catalogue.

`make texts` reads the templates and brings `locale/en/LC_MESSAGES/postal.po` up to date; what has no English yet
stands there empty and fails a test. A text that means two things has the meaning as a second argument, which is the
catalogue's context: `_("Xếp lên")`, `_("Xếp lên", "load")`.
"""

from collections.abc import Callable
from functools import cache
from gettext import GNUTranslations
from pathlib import Path

from postal.http.language import Language

FOLDER = Path(__file__).parent / "locale"

Texts = Callable[..., str]


@cache
def texts_in(language: Language) -> Texts:
    """Give what finds a text in a language; the Vietnamese is the text itself."""
    return _as_it_stands if language == "vi" else _found_in(catalogue(language))


@cache
def catalogue(language: Language) -> GNUTranslations:
    """Read the compiled catalogue of a language."""
    with (FOLDER / language / "LC_MESSAGES" / "postal.mo").open("rb") as file:
        return GNUTranslations(file)


def _as_it_stands(text: str, meaning: str = "") -> str:  # noqa: ARG001 the signature of every language
    return text


def _found_in(kept: GNUTranslations) -> Texts:
    def found(text: str, meaning: str = "") -> str:
        return kept.pgettext(meaning, text) if meaning else kept.gettext(text)

    return found
