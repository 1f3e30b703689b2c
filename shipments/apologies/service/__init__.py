"""Use cases of apologies: drafting ahead of time, editing, signing, listing, printing."""

from shipments.apologies.service.drafting import Edit, closing_on, draft_ahead, edit
from shipments.apologies.service.lists import SHOWN, Account, Desk, account_of, desk_of, public_since
from shipments.apologies.service.printing import Printed, letter
from shipments.apologies.service.signing import Signature, sign

__all__ = [
    "SHOWN",
    "Account",
    "Desk",
    "Edit",
    "Printed",
    "Signature",
    "account_of",
    "closing_on",
    "desk_of",
    "draft_ahead",
    "edit",
    "letter",
    "public_since",
    "sign",
]
