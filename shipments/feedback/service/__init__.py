"""Feedback, petitions and the hotline: taken from anybody, worked by who answers for it, followed by its author."""

from shipments.feedback.service.following import Followed, follow, forget, supplement
from shipments.feedback.service.taking import Taken, Taking, take
from shipments.feedback.service.working import Reading, accept, answer, ask, publish, read, refuse

__all__ = [
    "Followed",
    "Reading",
    "Taken",
    "Taking",
    "accept",
    "answer",
    "ask",
    "follow",
    "forget",
    "publish",
    "read",
    "refuse",
    "supplement",
    "take",
]
