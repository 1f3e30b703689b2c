"""Pages: a template of a noun, the frame around it, and what every template may ask for.

A noun keeps its templates in `<noun>/templates/<noun>/`, extends `layout.html`, and answers with
`return page(request, "tracking/result.html", title=("Tra cứu", "Tracking"), item=item)`.
In a template `_("Tiếng Việt")` gives a text of ours in the reader's language (see `texts.py`), `t(vi, en)` chooses
between two that the data brings, `asset("postal.css")` is the address of a static file, `actor` the caller,
`moment(instant)` and `day(date)` a time as it is written in Vietnam, `decimal(value, places)` a number. At its top
`{% set crumbs = [(_("Bảng kê"), "/manifests")] %}` says where the page stands.
"""

from collections.abc import Iterator
from datetime import date, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode
from zoneinfo import ZoneInfo

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from litestar import Request, Response
from litestar.enums import MediaType

from postal.http.language import LANGUAGE_COOKIE, Language, page_language
from postal.identity.rules import ANONYMOUS, Actor
from postal.registry import PACKAGES
from postal.web.assets import asset
from postal.web.navigation import SHOWN, navigation_for, place_among
from postal.web.texts import texts_in

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
ROOT = Path(__file__).parents[2]
YEAR = 365 * 24 * 3600
VARYING = {"Vary": "HX-Request"}


def page(
    request: Request[Any, Any, Any],
    template: str,
    *,
    title: tuple[str, str],
    status: int = 200,
    headers: dict[str, str] | None = None,
    live: bool = False,
    wide: bool = False,
    **context: Any,
) -> Response[str]:
    """Render a template as a whole page in the reader's language.

    A page that is `live` loads htmx and its events, any other one no script; a `wide` one takes the whole screen.
    """
    actor = _actor(request)
    links = navigation_for(actor)
    path = request.scope["path"]
    response = _rendered(
        request,
        template,
        status,
        {**VARYING, **(headers or {})} if live else headers or {},
        {
            "title": _chosen(page_language(request.scope), *title),
            "navigation": [link for link in links if not link.aside][:SHOWN],
            "everywhere": links,
            "here": place_among(links, path),
            "in_other_language": _in_other_language(request),
            "simulated": bool(request.app.state.get("simulated", False)),
            "live": live,
            "wide": wide,
            **context,
        },
    )
    if "lang" in request.query_params:
        response.set_cookie(
            LANGUAGE_COOKIE,
            page_language(request.scope),
            max_age=YEAR,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
    return response


def fragment(
    request: Request[Any, Any, Any], template: str, *, status: int = 200, **context: Any
) -> Response[str]:
    """Render a template without the layout, for a page that takes it in; it may use all but what the layout needs."""
    return _rendered(request, template, status, VARYING, context)


def asked_by_htmx(request: Request[Any, Any, Any]) -> bool:
    """Say whether a page asks for a part of itself; going back in history always wants the whole page."""
    return (
        request.headers.get("hx-request") == "true"
        and request.headers.get("hx-history-restore-request") != "true"
    )


def _rendered(
    request: Request[Any, Any, Any],
    template: str,
    status: int,
    headers: dict[str, str],
    context: dict[str, Any],
) -> Response[str]:
    language = page_language(request.scope)
    given = {
        "lang": language,
        "_": texts_in(language),
        "t": lambda vi, en: _chosen(language, vi, en),
        "decimal": partial(decimal, language),
        "actor": _actor(request),
        "path": request.scope["path"],
        **context,
    }
    return Response(
        content=environment().get_template(template).render(given),
        media_type=MediaType.HTML,
        status_code=status,
        headers={"Content-Language": language, **headers},
    )


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


def _in_other_language(request: Request[Any, Any, Any]) -> str:
    """Give the address of this same view in the other language; what a form sent is not asked for again."""
    other = "vi" if page_language(request.scope) == "en" else "en"
    asked = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    kept = [pair for pair in asked if pair[0] != "lang"] if request.method in {"GET", "HEAD"} else []
    return f"{quote(request.scope['path'])}?{urlencode([*kept, ('lang', other)])}"


def decimal(language: Language, value: float, places: int = 1) -> str:
    """Write a number with decimals: a comma before them in Vietnamese, a point in English."""
    written = f"{value:.{places}f}"
    return written if language == "en" else written.replace(".", ",")


def _chosen(language: Language, vi: str, en: str) -> str:
    return en if language == "en" else vi


def _actor(request: Request[Any, Any, Any]) -> Actor:
    actor = request.scope.get("user")
    return actor if isinstance(actor, Actor) else ANONYMOUS


def _template_folders() -> Iterator[Path]:
    for package in ("postal", *PACKAGES):
        yield from sorted((ROOT / package).glob("**/templates"))
