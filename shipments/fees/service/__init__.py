"""Use cases of money; each opens one unit of work."""

from shipments.fees.service.entries import (
    Collecting,
    DossierFees,
    Refunding,
    close_day,
    collect,
    correct,
    fees_for,
    fees_of,
    refund,
)
from shipments.fees.service.reading import InHand, in_hand
from shipments.fees.service.remittances import Chosen, Handing, count, hand, settle, withdraw

__all__ = [
    "Chosen",
    "Collecting",
    "DossierFees",
    "Handing",
    "InHand",
    "Refunding",
    "close_day",
    "collect",
    "correct",
    "count",
    "fees_for",
    "fees_of",
    "hand",
    "in_hand",
    "refund",
    "settle",
    "withdraw",
]
