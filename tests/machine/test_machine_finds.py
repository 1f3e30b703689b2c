"""The machine is worth its time only if it finds rules that are broken: here some are, and it must say so."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

from shipments.custody.rules import acts
from shipments.custody.rules.order import Placed
from shipments.custody.rules.state import State
from tests.machine.stage import Backdrop
from tests.machine.test_machine import play_runs


def found(backdrop: Backdrop, runs: int) -> bool:
    """Tell whether the machine finds a difference within some runs."""
    try:
        play_runs(backdrop, 1000, runs, 40, shrink=False)
    except (AssertionError, ExceptionGroup):
        return True
    return False


def quiet_admission(state: State, placed: Placed, party: str, *, was_inside: bool = False) -> None:
    """Move custody on the receiver's word without a flag."""
    flags = list(state.flags)
    ADMIT(state, placed, party, was_inside=was_inside)
    state.flags = flags
    state.unconfirmed_from = None


ADMIT = acts._admit
FOLD = import_module("shipments.custody.rules.fold")


@pytest.mark.slow
def test_a_receipt_without_an_offer_that_is_not_flagged_is_found(
    backdrop: Backdrop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acts, "_admit", quiet_admission)
    assert found(backdrop, 20)


@pytest.mark.slow
def test_a_dispute_that_moves_custody_is_found(backdrop: Backdrop, monkeypatch: pytest.MonkeyPatch) -> None:
    settle: Callable[..., Any] = FOLD._settle
    monkeypatch.setattr(FOLD, "_settle", lambda code, rows, _disputed: settle(code, rows, {}))
    assert found(backdrop, 20)


@pytest.mark.slow
def test_a_redirection_that_nobody_heeds_is_found(
    backdrop: Backdrop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(acts.ACTS, "redirect", acts._no_custody)
    assert found(backdrop, 20)


@pytest.mark.slow
def test_a_new_seal_that_looks_like_the_old_one_is_found(
    backdrop: Backdrop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FOLD, "note_seal", lambda _state, _placed: None)
    assert found(backdrop, 20)
