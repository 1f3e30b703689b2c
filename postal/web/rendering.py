"""Pages: a template of a noun, the frame around it, and what every template may ask for.

A noun keeps its templates in `<noun>/templates/<noun>/`, extends `layout.html`, and answers with
`return page(request, "tracking/result.html", title=("Tra cứu", "Tracking"), item=item)`.
In a template `t("Tiếng Việt", "English")` gives a text in the reader's language, `asset("postal.css")` the address of
a static file, `actor` the caller, `moment(instant)` and `day(date)` a time as it is written in Vietnam.
"""

from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from litestar import Request, Response
from litestar.enums import MediaType

from postal.http.language import LANGUAGE_COOKIE, Language, page_language
from postal.identity.rules import ANONYMOUS, Actor
from postal.registry import PACKAGES
from postal.web.assets import asset

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
ROOT = Path(__file__).parents[2]
YEAR = 365 * 24 * 3600


def page(
    request: Request[Any, Any, Any],
    template: str,
    *,
    title: tuple[str, str],
    status: int = 200,
    headers: dict[str, str] | None = None,
    **context: Any,
) -> Response[str]:
    """Render a template as a whole page in the reader's language."""
    language = page_language(request.scope)
    text = (
        environment()
        .get_template(template)
        .render(
            title=_chosen(language, *title),
            lang=language,
            t=lambda vi, en: _chosen(language, vi, en),
            actor=_actor(request),
            path=request.scope["path"],
            simulated=bool(request.app.state.get("simulated", False)),
            **context,
        )
    )
    response = Response(
        content=text,
        media_type=MediaType.HTML,
        status_code=status,
        headers={"Content-Language": language, **(headers or {})},
    )
    if "lang" in request.query_params:
        response.set_cookie(
            LANGUAGE_COOKIE, language, max_age=YEAR, samesite="lax", secure=request.url.scheme == "https"
        )
    return response


@cache
def environment() -> Environment:
    """Build the template environment over the templates of every noun; an undefined name is an error."""
    made = Environment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in _template_folders()]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["asset"] = asset
    made.globals["moment"] = moment
    made.globals["day"] = day
    return made


def moment(instant: datetime) -> str:
    """Write an instant as people in Vietnam do: `16:30, 25/11/2026`."""
    return instant.astimezone(ZONE).strftime("%H:%M, %d/%m/%Y")


def day(value: date) -> str:
    """Write a date; an instant gives its date in Vietnam."""
    local = value.astimezone(ZONE) if isinstance(value, datetime) else value
    return local.strftime("%d/%m/%Y")


def _chosen(language: Language, vi: str, en: str) -> str:
    return en if language == "en" else vi


def _actor(request: Request[Any, Any, Any]) -> Actor:
    actor = request.scope.get("user")
    return actor if isinstance(actor, Actor) else ANONYMOUS


def _template_folders() -> Iterator[Path]:
    for package in ("postal", *PACKAGES):
        yield from sorted((ROOT / package).glob("**/templates"))
