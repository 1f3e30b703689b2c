"""The states of a case and which move each event may make (domain.md 4.1)."""

from enum import IntEnum, StrEnum


class Status(IntEnum):
    """The ten states of the national portal."""

    REGISTERED = 1
    RECEIVED = 2
    REJECTED = 3
    PROCESSING = 4
    SUPPLEMENT = 5
    FEE = 6
    WITHDRAWAL = 7
    STOPPED = 8
    DONE = 9
    RETURNED = 10


class CaseKind(StrEnum):
    """What an agency can say of a case."""

    REGISTERED = "registered"
    RECEIVED = "received"
    SUPPLEMENT_REQUESTED = "supplement_requested"
    SUPPLEMENTED = "supplemented"
    REJECTED = "rejected"
    TRANSFERRED = "transferred"
    STEP_DONE = "step_done"
    FEE_DUE = "fee_due"
    FEE_PAID = "fee_paid"
    WITHDRAWAL_REQUESTED = "withdrawal_requested"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"
    EXTENDED = "extended"
    COMPLETED = "completed"
    RESULT_AT_DESK = "result_at_desk"
    CLOSED = "closed"


_S = Status
_OPEN = (_S.RECEIVED, _S.PROCESSING, _S.SUPPLEMENT, _S.FEE)

MOVES: dict[CaseKind, dict[Status, Status]] = {
    CaseKind.REGISTERED: {},
    CaseKind.RECEIVED: {_S.REGISTERED: _S.RECEIVED, _S.SUPPLEMENT: _S.RECEIVED},
    CaseKind.SUPPLEMENT_REQUESTED: {_S.RECEIVED: _S.SUPPLEMENT, _S.PROCESSING: _S.SUPPLEMENT},
    CaseKind.SUPPLEMENTED: {_S.SUPPLEMENT: _S.PROCESSING},
    CaseKind.REJECTED: {_S.REGISTERED: _S.REJECTED},
    # From 7, going on with the work means that the withdrawal was refused.
    CaseKind.TRANSFERRED: {
        _S.RECEIVED: _S.PROCESSING,
        _S.PROCESSING: _S.PROCESSING,
        _S.WITHDRAWAL: _S.PROCESSING,
    },
    CaseKind.STEP_DONE: {
        _S.RECEIVED: _S.PROCESSING,
        _S.PROCESSING: _S.PROCESSING,
        _S.WITHDRAWAL: _S.PROCESSING,
    },
    CaseKind.FEE_DUE: {_S.PROCESSING: _S.FEE},
    CaseKind.FEE_PAID: {_S.FEE: _S.PROCESSING},
    CaseKind.WITHDRAWAL_REQUESTED: {_S.REGISTERED: _S.WITHDRAWAL, **dict.fromkeys(_OPEN, _S.WITHDRAWAL)},
    CaseKind.WITHDRAWN: {_S.WITHDRAWAL: _S.WITHDRAWAL},
    CaseKind.STOPPED: dict.fromkeys(_OPEN, _S.STOPPED),
    CaseKind.EXTENDED: {status: status for status in _OPEN},
    CaseKind.COMPLETED: {_S.PROCESSING: _S.DONE},
    CaseKind.RESULT_AT_DESK: {_S.DONE: _S.DONE},
    CaseKind.CLOSED: {
        _S.DONE: _S.RETURNED,
        _S.REJECTED: _S.REJECTED,
        _S.WITHDRAWAL: _S.WITHDRAWAL,
        _S.STOPPED: _S.STOPPED,
    },
}

ADVANCE = {
    _S.REGISTERED: 0,
    _S.RECEIVED: 1,
    _S.PROCESSING: 2,
    _S.SUPPLEMENT: 2,
    _S.FEE: 2,
    _S.WITHDRAWAL: 3,
    _S.DONE: 3,
    _S.REJECTED: 4,
    _S.STOPPED: 4,
    _S.RETURNED: 4,
}
"""How far a case has come; a disallowed event still counts, as long as it does not take the case back."""

FALLBACK = {
    CaseKind.RECEIVED: _S.RECEIVED,
    CaseKind.SUPPLEMENT_REQUESTED: _S.SUPPLEMENT,
    CaseKind.SUPPLEMENTED: _S.PROCESSING,
    CaseKind.REJECTED: _S.REJECTED,
    CaseKind.TRANSFERRED: _S.PROCESSING,
    CaseKind.STEP_DONE: _S.PROCESSING,
    CaseKind.FEE_DUE: _S.FEE,
    CaseKind.FEE_PAID: _S.PROCESSING,
    CaseKind.WITHDRAWAL_REQUESTED: _S.WITHDRAWAL,
    CaseKind.WITHDRAWN: _S.WITHDRAWAL,
    CaseKind.STOPPED: _S.STOPPED,
    CaseKind.COMPLETED: _S.DONE,
    CaseKind.RESULT_AT_DESK: _S.DONE,
    CaseKind.CLOSED: _S.RETURNED,
}


def allowed_from(status: Status, *, withdrawn: bool = False, closed: bool = False) -> tuple[CaseKind, ...]:
    """List the events that a case may take next; a withdrawn one can only be closed, a closed one takes none."""
    if closed:
        return ()
    if withdrawn:
        return (CaseKind.CLOSED,)
    kinds = (kind for kind, moves in MOVES.items() if status in moves)
    if status is Status.WITHDRAWAL:
        return tuple(kind for kind in kinds if kind is not CaseKind.CLOSED)
    return tuple(kinds)


def move(kind: CaseKind, status: Status, *, withdrawn: bool = False, closed: bool = False) -> Status | None:
    """Give the status that an allowed event leads to, or None if it is not allowed."""
    if kind not in allowed_from(status, withdrawn=withdrawn, closed=closed):
        return None
    return MOVES[kind][status]
