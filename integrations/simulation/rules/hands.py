"""What hands do: each act is a scan on a device and, unless the device never reports it, a change that all can know.

Every act gives the true instant at which it happened: a hand that is busy does it a little later than it was asked to.
"""

from datetime import datetime
from typing import Any

from integrations.simulation.rules.devices import Scanner
from integrations.simulation.rules.truth import CITIZEN, Sheet, Thing


class Hands:
    """One person with one device at one organisation, acting upon things."""

    def __init__(self, scanner: Scanner) -> None:
        self.scanner = scanner
        self.party = scanner.organisation

    def _scan(self, at: datetime, kind: str, thing: Thing, **fields: Any) -> tuple[datetime, bool]:
        """Scan a thing; tell when, and whether anybody will ever hear of it."""
        _, done = self.scanner.scan(at, kind, thing.name, **fields)
        return done, not self.scanner.silent(done)

    def accept(self, at: datetime, thing: Thing) -> datetime:
        """Take a thing from the citizen."""
        thing.where = self.party
        done, known = self._scan(at, "accept", thing, counterparty=CITIZEN, condition="intact")
        if known:
            thing.claims = (self.party,)
        return done

    def pack(self, at: datetime, thing: Thing, container: Thing) -> datetime:
        """Put a thing into a container."""
        done, known = self._scan(at, "pack", thing, container=container.name)
        if known:
            thing.put_into(container)
        return done

    def unpack(self, at: datetime, thing: Thing, container: Thing) -> datetime:
        """Take a thing out of a container that is here."""
        done, known = self._scan(at, "unpack", thing, container=container.name)
        if known:
            thing.put_into(None)
            thing.claims = container.answered_by()
        thing.where = self.party
        return done

    def offer(self, at: datetime, thing: Thing, to: str, sheet: Sheet | None = None) -> datetime:
        """Hand a thing out to a party, which has not confirmed yet."""
        return self._scan(at, "offer", thing, counterparty=to, manifest=sheet.name if sheet else None)[0]

    def receive(
        self, at: datetime, thing: Thing, giver: str, sheet: Sheet | None = None, condition: str = "intact"
    ) -> datetime:
        """Take a thing over from a party, on a manifest or without one."""
        manifest = sheet.name if sheet else None
        done, known = self._scan(
            at, "receive", thing, counterparty=giver, manifest=manifest, condition=condition
        )
        thing.where = self.party
        if known:
            thing.claims = (self.party,)
        if sheet is not None:
            sheet.see(thing, condition, done, known=known)
        return done

    def find(self, at: datetime, thing: Thing, sheet: Sheet) -> datetime:
        """Find among other things one that was to go elsewhere on a list; nobody knows who put it there."""
        done, known = self._scan(at, "receive", thing)
        thing.where = self.party
        if known:
            thing.claims = (self.party,)
            sheet.classes[thing.name] = "misrouted"
        return done

    def receive_by_barcode(self, at: datetime, sheet: Sheet) -> datetime:
        """Accept a whole manifest by scanning its own barcode, looking at none of its lines."""
        _, done = self.scanner.scan(at, "receive", sheet.name, counterparty=sheet.giver, condition="intact")
        sheet.arrived = True
        for thing in sheet.listed:
            sheet.taken[thing.name] = done
            thing.where = self.party
            thing.claims = (self.party,)
            sheet.classes[thing.name] = "unverified"
        return done

    def depart(self, at: datetime, thing: Thing) -> datetime:
        """Leave with a thing."""
        thing.where = f"road from {self.party}"
        return self._scan(at, "depart", thing)[0]

    def count(self, at: datetime, thing: Thing) -> datetime:
        """See that a thing is here."""
        return self._scan(at, "arrive", thing)[0]

    def take_out(self, at: datetime, thing: Thing) -> datetime:
        """Carry a thing to its recipient."""
        thing.where = f"courier of {self.party}"
        return self._scan(at, "out_for_delivery", thing)[0]

    def fail(self, at: datetime, thing: Thing, reason: str) -> datetime:
        """Find nobody at home."""
        return self._scan(at, "attempt_failed", thing, reason=reason)[0]

    def hold(self, at: datetime, thing: Thing) -> datetime:
        """Keep a thing at the counter until it is called for."""
        thing.where = self.party
        return self._scan(at, "hold", thing)[0]

    def deliver(self, at: datetime, thing: Thing) -> datetime:
        """Hand a thing to the citizen, with all that is in it."""
        thing.where = CITIZEN
        done, known = self._scan(at, "deliver", thing, counterparty=CITIZEN)
        if known:
            thing.claims = (CITIZEN,)
        return done

    def send_back(self, at: datetime, thing: Thing) -> datetime:
        """Start a thing on its way back to the agency."""
        return self._scan(at, "return", thing, reason="not_collected")[0]

    def misscan(self, at: datetime, thing: Thing) -> str:
        """Scan by mistake a thing that is elsewhere; give the id of the scan."""
        identity, _ = self.scanner.scan(at, "hold", thing.name)
        thing.rivals = (*thing.rivals, self.party)
        return identity

    def correct(self, at: datetime, thing: Thing, mistake: str) -> None:
        """Take back a scan made by mistake."""
        self.scanner.scan(at, "correct", thing.name, corrects=mistake, reason="wrong_piece")
        thing.rivals = tuple(party for party in thing.rivals if party != self.party)
