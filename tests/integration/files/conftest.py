"""A dossier with two parties, and what they send."""

import pytest

from tests.factories.dossiers import Desks
from tests.factories.files import Files


@pytest.fixture
async def desks(client, clock):
    return await Desks(client, clock.instant).prepare()


@pytest.fixture
async def dossier(desks):
    return await desks.dossier()


@pytest.fixture
def office(client, desks):
    return Files(client, desks.clerk)


@pytest.fixture
def stranger(client, desks):
    return Files(client, desks.stranger)
