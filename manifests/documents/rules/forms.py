"""Printed forms: which template holds on a day. Forms change with the texts that prescribe them."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Any

from msgspec import Struct

from postal.errors import NotFound
from postal.law.rules import Status


class Form(StrEnum):
    """What is printed."""

    MANIFEST = "manifest"
    PAPER = "paper"
    HANDOVER = "handover"
    DOSSIER_CONSIGNMENT = "dossier_consignment"
    RESULT_CONSIGNMENT = "result_consignment"
    LABEL = "label"
    CONTROL_SHEET = "control_sheet"
    INCIDENT = "incident"
    REPORT = "report"
    REGISTER = "register"


class Template(Struct, frozen=True, kw_only=True):
    """One version of a form, from its first day until the next one's."""

    form: Form
    valid_from: date
    layout: str
    words: dict[str, Any]
    citation: str
    status: Status

    @property
    def source(self) -> str:
        """Say in print where the form comes from; a form for tests says so."""
        return f"Mẫu thử: {self.citation}" if self.status is Status.TEST else f"Mẫu: {self.citation}"


def in_force(templates: Iterable[Template], form: Form, on: date) -> Template:
    """Choose the version of a form for a document of a day.

    Raises:
        NotFound: No version held yet on that day.
    """
    held = [one for one in templates if one.form is form and one.valid_from <= on]
    if not held:
        raise NotFound(
            "print.no_form",
            vi=f"Chưa có mẫu in cho ngày {on:%d/%m/%Y}",
            en=f"No form was in force on {on}",
            form=form.value,
        )
    return max(held, key=lambda one: one.valid_from)
