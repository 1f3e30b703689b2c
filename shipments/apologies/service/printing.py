"""Printing a letter: the one place where it meets the name of whom it addresses."""

from datetime import datetime
from functools import cache
from importlib.resources import files

from msgspec import Struct

from postal.audit import looks
from postal.errors import NotFound
from postal.identity.rules import Actor
from postal.network import repository as network
from postal.network.rules import local_day
from postal.printing.press import printed
from postal.printing.typesetting import pdf
from shipments.apologies import repository
from shipments.apologies.repository import Draft
from shipments.apologies.rules import plain_text
from shipments.apologies.rules.paper import Paper, paper_data
from shipments.apologies.service.lists import Account, account_of
from shipments.dossiers import judging
from shipments.dossiers import repository as dossiers

TEMPLATES = files("shipments.apologies").joinpath("templates")


class Printed(Struct, frozen=True):
    """A finished document and the name of its file."""

    name: str
    content: bytes


async def letter(code: str, *, actor: Actor, now: datetime) -> Printed:
    """Print the draft of a dossier, else the last letter that was sent, else the empty form."""
    account = await account_of(code, actor, now)
    text = account.draft or (account.texts[-1] if account.texts else None)
    at = text.sent_at if text and text.sent_at else now
    form = await repository.form_at(local_day(at))
    if form is None:
        raise NotFound(
            "print.no_form",
            vi=f"Chưa có mẫu in cho ngày {local_day(at):%d/%m/%Y}",
            en=f"No form was in force on {local_day(at)}",
            form="apology",
        )
    paper = await _paper(account, text)
    content = await printed(
        lambda: pdf(_layout(form.layout), paper_data(paper, form.words, form.citation, form.status), at)
    )
    return Printed(f"xin-loi-{code}.pdf", content)


async def _paper(account: Account, text: Draft | None) -> Paper:
    dossier = account.dossier
    procedure = await judging.procedure_of(dossier)
    named = await network.find_many([dossier.authority])
    own = named.get(dossier.authority)
    above = (await network.find_many([own.parent])).get(own.parent) if own and own.parent else None
    issuer = {"name": own.name if own else dossier.authority, "parent": above.name if above else ""}
    person = await dossiers.find_applicant(dossier.code) if account.inside else None
    looks.note([dossier.code] if person else [], ["name"])
    plain = plain_text(issuer["name"], ended=dossier.ended_at is not None)
    reasons = {each.code: each.name_vi for each in account.reasons}
    reason = text.reason if text else None
    return Paper(
        code=dossier.code,
        number=text.number if text else None,
        issuer=issuer,
        addressee=person.name if person else None,
        procedure=procedure.name_vi if procedure else dossier.procedure,
        received_at=dossier.received_at,
        due=text.due if text else account.due,
        due_new=text.due_new if text else None,
        reason=reasons.get(reason, reason) if reason else None,
        text_vi=text.text_vi if text else plain[0],
        text_en=text.text_en if text else plain[1],
        signed_at=text.sent_at if text else None,
        draft=text is None or text.sent_at is None,
    )


@cache
def _layout(name: str) -> bytes:
    return TEMPLATES.joinpath(f"{name}.typ").read_bytes()
