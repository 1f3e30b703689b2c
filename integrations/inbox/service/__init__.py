"""Partners' messages: taken, understood, shown, tried again, given out and forgotten."""

from integrations.inbox.rules import Listed, Shown
from integrations.inbox.service.holding import erase, export, forget_outlived
from integrations.inbox.service.reading import (
    content,
    get,
    list_messages,
    of_sender,
    replay,
    replay_many,
)
from integrations.inbox.service.receiving import Answer, Call, outcome, receive
from integrations.inbox.service.taking import (
    Bounds,
    bounds,
    cut_off,
    read_body,
    refuse_broken,
    take,
    too_large,
)
from integrations.inbox.service.understanding import understand_at_once, work_off, work_partner

__all__ = [
    "Answer",
    "Bounds",
    "Call",
    "Listed",
    "Shown",
    "bounds",
    "content",
    "cut_off",
    "erase",
    "export",
    "forget_outlived",
    "get",
    "list_messages",
    "of_sender",
    "outcome",
    "read_body",
    "receive",
    "refuse_broken",
    "replay",
    "replay_many",
    "take",
    "too_large",
    "understand_at_once",
    "work_off",
    "work_partner",
]
