"""Steps of captures, run from the outbox."""

from integrations.epcis.service import TOPIC, go_on
from postal.registry import OutboxHandler

OUTBOX_HANDLERS: dict[str, OutboxHandler] = {TOPIC: go_on}
