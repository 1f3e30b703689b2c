import pytest

from integrations import plugin
from postal.config import hold
from tests.factories.dossiers import DESK
from tests.factories.inbox import Steps
from tests.factories.partners import Sender

KIND = "agency.steps"


@pytest.fixture
def steps(monkeypatch):
    """A handler of a kind of messages that exists for tests alone."""
    taken = Steps()
    monkeypatch.setitem(plugin.INBOUND, KIND, taken)
    return taken


@pytest.fixture
async def sender(client, clock, steps):
    """The program of an agency."""
    return await Sender.of(client, clock, "mot-cua-hue", "agency", DESK)


@pytest.fixture
def configured(settings):
    """A process that no request begins, with settings."""
    hold(settings)
    return settings
