"""Who may do what to a manifest, and when: every role, action, state and side, held against one table."""

from datetime import UTC, datetime
from functools import cache
from itertools import product

import pytest
from msgspec.structs import replace

from manifests.manifests.rules import Action, Manifest, State, draft_of, is_party
from manifests.manifests.service import require
from postal.app import create_app
from postal.config import Settings
from postal.errors import Conflict, Forbidden
from postal.identity.access import access_of, admit
from postal.identity.rules import Actor, Role

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
GIVER, RECEIVER, CARRIER, STRANGER = "BC-1", "MC-2", "VC-3", "BC-9"
PARTIES = (GIVER, RECEIVER, CARRIER, STRANGER)

ROUTES = {
    Action.EDIT: ("PUT", "/api/v1/manifests/{code}/lines"),
    Action.SEAL: ("POST", "/api/v1/manifests/{code}/seal"),
    Action.DISPATCH: ("POST", "/api/v1/manifests/{code}/dispatch"),
    Action.RECEIVE: ("POST", "/api/v1/manifests/{code}/receive"),
    Action.CLOSE: ("POST", "/api/v1/manifests/{code}/close"),
    Action.CANCEL: ("POST", "/api/v1/manifests/{code}/cancel"),
}
HANDLE_PAPERS = {"clerk", "sorter", "supervisor", "post_desk", "desk", "system"}
SIDE = {
    **dict.fromkeys(("edit", "seal", "dispatch", "cancel"), GIVER),
    **dict.fromkeys(("receive", "close"), RECEIVER),
}
WHEN = {
    "edit": {"draft"},
    "seal": {"draft"},
    "dispatch": {"sealed", "receiving"},
    "receive": {"sealed", "dispatched", "receiving"},
    "close": {"dispatched", "receiving"},
    "cancel": {"draft", "sealed"},
}
"""The table as a person would write it: whose role, which side, in which states."""


def manifest_in(state: State) -> Manifest:
    draft = draft_of(
        giver=GIVER, receiver=RECEIVER, carrier=CARRIER, route=None, cut_off=None, note=None, created_at=NOW
    )
    return replace(draft, code="BK-261123-K7M2QX", state=state)


@cache
def handlers():
    routes = create_app(Settings(clock="simulated")).routes
    by_path = {route.path_format: getattr(route, "route_handler_map", {}) for route in routes}
    return {action: by_path[path][method][0] for action, (method, path) in ROUTES.items()}


def outcome(handler, action: Action, manifest: Manifest, actor: Actor) -> str:
    """Tell how a request ends: by role, by sight, by side, by state, or done."""
    try:
        admit(actor, access_of(handler))
    except Forbidden:
        return "role"
    if not is_party(manifest, actor.sees):
        return "unseen"
    try:
        require(action, manifest, actor)
    except Forbidden:
        return "side"
    except Conflict:
        return "state"
    return "done"


def expected(role: Role, action: Action, state: State, party: str) -> str:
    if role.value not in HANDLE_PAPERS:
        return "role"
    if party == STRANGER or (state is State.DRAFT and party != GIVER):
        return "unseen"
    if party != SIDE[action.value]:
        return "side"
    return "done" if state.value in WHEN[action.value] else "state"


def test_every_role_action_state_and_side_ends_as_the_table_says():
    found, wanted = {}, {}
    routed = handlers()
    for role, action, state, party in product(Role, Action, State, PARTIES):
        actor = Actor(
            kind="key", id="k", organisation=party, roles=frozenset({role}), sees=frozenset({party})
        )
        case = (role.value, action.value, state.value, party)
        found[case] = outcome(routed[action], action, manifest_in(state), actor)
        wanted[case] = expected(role, action, state, party)
    assert len(found) == len(Role) * len(Action) * len(State) * len(PARTIES)
    assert found == wanted


@pytest.mark.parametrize("action", Action)
def test_an_anonymous_caller_may_do_nothing(action):
    access = access_of(handlers()[action])
    assert access is not None
    assert not access.anonymous
    assert access.roles
