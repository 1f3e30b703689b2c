"""Setting a document: the form of its day, filled off the event loop."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from msgspec import Struct

from manifests.documents import repository
from manifests.documents.rules import Form, Template, in_force
from postal.network.rules import local_day
from postal.printing.press import printed
from postal.printing.typesetting import pdf

Data = dict[str, Any]
TEMPLATES = files("manifests.documents").joinpath("templates")


class Printed(Struct, frozen=True):
    """A finished document and the name of its file."""

    name: str
    content: bytes


async def template_of(form: Form, at: datetime) -> Template:
    """Give the form that held on the local day of a document."""
    return in_force(await repository.templates(form), form, local_day(at))


async def set_pdf(
    form: Form, name: str, at: datetime, fill: Callable[[Template], Data], known_at: datetime | None = None
) -> Printed:
    """Fill a form and set it; `at` chooses the form, `known_at` (else `at`) is the document's own time stamp."""
    template = await template_of(form, at)
    stamp = known_at or at
    content = await printed(lambda: pdf(layout(template.layout), fill(template), stamp))
    return Printed(f"{name}.pdf", content)


@cache
def layout(name: str) -> bytes:
    """Read a template that ships with the program."""
    return TEMPLATES.joinpath(f"{name}.typ").read_bytes()
