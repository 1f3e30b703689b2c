import pytest

from postal.errors import Forbidden, Unauthenticated
from postal.identity.access import ANYONE, OPT, SIGNED_IN, admit, roles
from postal.identity.rules import ANONYMOUS, Actor, Role, grantable

CLERK = Actor(kind="key", id="k", organisation="A", roles=frozenset({Role.CLERK}), sees=frozenset({"A"}))


def test_a_route_that_states_nothing_is_closed_to_everybody():
    for actor in (ANONYMOUS, CLERK):
        with pytest.raises(Forbidden) as refusal:
            admit(actor, None)
        assert refusal.value.code == "identity.route_closed"


def test_anyone_means_anyone():
    admit(ANONYMOUS, ANYONE[OPT])
    admit(CLERK, ANYONE[OPT])


def test_the_anonymous_are_told_to_sign_in():
    for access in (SIGNED_IN, roles(Role.CLERK)):
        with pytest.raises(Unauthenticated):
            admit(ANONYMOUS, access[OPT])


def test_one_of_the_roles_suffices_and_another_does_not():
    admit(CLERK, SIGNED_IN[OPT])
    admit(CLERK, roles(Role.DESK, Role.CLERK)[OPT])
    with pytest.raises(Forbidden):
        admit(CLERK, roles(Role.ADMIN)[OPT])


def test_roles_without_a_role_is_a_mistake():
    with pytest.raises(ValueError, match="at least one"):
        roles()


@pytest.mark.parametrize(
    ("role", "national", "may", "may_not"),
    [
        (Role.SUPERVISOR, False, Role.COURIER, Role.SUPERVISOR),
        (Role.AGENCY_HEAD, False, Role.DESK, Role.CLERK),
        (Role.ADMIN, False, Role.ADMIN, Role.REGULATOR),
        (Role.ADMIN, False, Role.SYSTEM, Role.CONTROL),
        (Role.ADMIN, True, Role.CONTROL, Role.SCANNER),
    ],
)
def test_nobody_grants_beyond_their_right(role, national, may, may_not):
    granted = grantable(Actor(kind="key", id="k", roles=frozenset({role}), national=national))
    assert may in granted
    assert may_not not in granted


def test_who_only_works_grants_nothing():
    assert grantable(CLERK) == frozenset()
    assert grantable(ANONYMOUS) == frozenset()
