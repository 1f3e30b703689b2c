"""What becomes of manifests, told plainly: their state, which lines they keep, and the class of each piece."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from tests.machine.plain_custody import Custody
from tests.machine.said import Manifest, Notebook, Said

PASSING_ON = {"offer", "depart", "deliver", "return", "out_for_delivery"}
IN_HAND = PASSING_ON | {"accept", "receive", "arrive", "pack", "unpack", "hold", "attempt_failed"}
ANSWERS = {"receive", "arrive", "refuse"}
DAMAGE = {"damaged", "opened", "seal_broken"}
EXCEPTIONS = {"contested", "misrouted", "extra", "damaged", "missing"}
WAITING = timedelta(hours=72)


def state_of(notebook: Notebook, manifest: Manifest) -> str:
    """Name the state that a manifest is in."""
    if manifest.cancelled:
        return "cancelled"
    if manifest.closed:
        return "closed"
    if not manifest.sealed:
        return "draft"
    if manifest.received or any(_begins(notebook, manifest, said) for said in all_said(notebook)):
        return "receiving"
    return "dispatched" if manifest.dispatched else "sealed"


def all_said(notebook: Notebook) -> Iterator[Said]:
    """Give everything that arrived, whether it counts or not."""
    for scan in notebook.scans:
        yield from scan.contents


def not_taken_back(notebook: Notebook) -> Iterator[Said]:
    """Give everything that arrived but what was taken back; of what was said twice each content."""
    for scan, (_, why) in zip(notebook.scans, notebook.counting(), strict=True):
        if why != "voided":
            yield from scan.contents


def _begins(notebook: Notebook, manifest: Manifest, said: Said) -> bool:
    """Tell whether the receiver began with the manifest by this scan: of a line, under it, or of its barcode."""
    assert manifest.sealed
    if said.by != manifest.receiver:
        return False
    if said.code == manifest.code:
        return said.kind in ANSWERS
    if said.kind not in IN_HAND | ANSWERS:
        return False
    if said.get("manifest") == manifest.code:
        return True
    later = any(
        said.code in other.lines and other.sealed and manifest.sealed < other.sealed <= said.at
        for other in notebook.manifests.values()
    )
    return said.code in manifest.lines and said.at >= manifest.sealed and not later


def keeps(notebook: Notebook, manifest: Manifest, piece: str) -> bool:
    """Tell whether a manifest still keeps its piece from others: until somebody but the giver has had it."""
    if not manifest.sealed or not _unanswered(notebook, manifest, piece):
        return not (manifest.sealed or manifest.cancelled)
    others = [one for one in notebook.manifests.values() if one is not manifest and piece in one.lines]
    # What freed it may have been taken back meanwhile: then whoever listed it last has it.
    return not any(
        one.sealed > manifest.sealed and _unanswered(notebook, one, piece)
        if one.sealed
        else not one.cancelled
        for one in others
    )


def _unanswered(notebook: Notebook, manifest: Manifest, piece: str) -> bool:
    """Tell whether a sealed manifest still waits for somebody to take the piece."""
    assert manifest.sealed
    if manifest.closed or manifest.cancelled:
        return False
    for said in not_taken_back(notebook):
        if said.code == manifest.code and said.kind in ("receive", "refuse") and said.by == manifest.receiver:
            return False
        seen = said.code == piece and said.kind in IN_HAND | ANSWERS
        if seen and said.by != manifest.giver and said.at >= manifest.sealed:
            return False
    return True


def open_manifests(notebook: Notebook, piece: str) -> list[str]:
    """Name the manifests that keep a piece; more than one must never be."""
    return [
        one.code for one in notebook.manifests.values() if piece in one.lines and keeps(notebook, one, piece)
    ]


def classes(notebook: Notebook, manifest: Manifest, now: datetime) -> dict[str, str]:
    """Put every piece on the list, in its bags, or scanned under it into one class."""
    return Reconciling(notebook, manifest, now).classes()


class Reconciling:
    """One manifest against what its sides said."""

    def __init__(self, notebook: Notebook, manifest: Manifest, now: datetime) -> None:
        assert manifest.sealed
        self.notebook, self.manifest, self.now = notebook, manifest, now
        self.sealed = manifest.sealed
        self.custody = Custody(notebook)
        self.standing = sorted(
            (said for said, why in self.custody.counting if why is None and said.kind != "correct"),
            key=lambda said: said.at,
        )
        self.arrivals = [said.at for said in self.standing if self._is_arrival(said)]
        self.bags = self._bags()
        giver = manifest.giver
        self.givers = {giver} | {
            said.get("counterparty")
            for said in self.standing
            if said.kind == "offer"
            and said.by == giver
            and said.get("manifest") == manifest.code
            and said.get("counterparty") not in (None, manifest.receiver)
        } - {manifest.receiver}

    def classes(self) -> dict[str, str]:
        """Judge every piece."""
        listed = [*self.manifest.lines]
        inside = [
            code
            for code, bag in self.bags.items()
            if code not in listed
            and self.notebook.pieces[bag].kind == "bag"
            and set(self._around(code)) & set(listed)
        ]
        self.expected = {*listed, *inside}
        disputed = [
            said
            for scan in self.notebook.scans
            for said in scan.contents
            if (scan.contents[0], "disputed") in self.custody.counting
        ]
        under = {
            said.code for said in (*self.standing, *disputed) if said.get("manifest") == self.manifest.code
        }
        return {code: self._judged(code) for code in (self.expected | under) - {self.manifest.code}}

    def _judged(self, code: str) -> str:
        own = [said for said in self.standing if said.code == code and self._concerns(said)]
        receiver = [said for said in own if said.by == self.manifest.receiver]
        if self._contested(code, receiver):
            return "contested"
        if code not in self.expected:
            return self._unlisted(code)
        giver = [said for said in own if said.by in self.givers]
        damaged = any(_damaged(said) for said in (*receiver, *giver)) or self._other_seal(
            code, giver, receiver
        )
        last = last_word(receiver)
        if last == "seen" or (last == "refused" and damaged):
            return "damaged" if damaged else "matched"
        if last in ("refused", "lost"):
            return "missing"
        barcode = self._barcode(code)
        strangers = [
            said
            for said in own
            if said.by not in self.givers | {self.manifest.receiver} and said.kind in IN_HAND
        ]
        taken = [said.at for said in barcode if said.kind in IN_HAND]
        if any(not taken or said.at < min(taken) or self._from_giver(said) for said in strangers):
            return "misrouted"
        return self._unseen(last_word(barcode), last_word(giver))

    def _other_seal(self, code: str, giver: list[Said], receiver: list[Said]) -> bool:
        """Tell whether the receiver found no seal, or another one than was stated before."""
        stated: list[tuple[datetime, str | None]] = [
            (one.at, one.seal) for one in self.notebook.pieces[code].closed
        ]
        stated += [(said.at, _seal(said)[0]) for said in giver]
        for said in receiver:
            number, state = _seal(said)
            before = [each for at, each in sorted(stated, key=lambda one: one[0]) if at < said.at and each]
            if state == "missing" or (number and before and before[-1] != number):
                return True
        return False

    def _from_giver(self, said: Said) -> bool:
        return said.code in self.manifest.lines and said.get("counterparty") in self.givers

    def _unseen(self, barcode: str | None, giver: str | None) -> str:
        if barcode == "seen":
            return "unverified"
        if barcode == "refused" or giver == "lost":
            return "missing"
        begun = self.manifest.dispatched or self.sealed
        # What happened up to the receiver's last scan is asked of the devices of both sides.
        until = max([*self.arrivals, min([begun, *self.arrivals])]) if self.arrivals else self.now
        silent = any(
            not device.covered(until)
            for device in self.notebook.devices.values()
            if device.organisation in (self.manifest.giver, self.manifest.receiver)
        )
        limit = min(self.arrivals, default=begun) + WAITING
        return "awaiting_device" if silent and self.now < limit else "missing"

    def _unlisted(self, code: str) -> str:
        """Judge what was scanned under the manifest but is not on it."""
        first = min(
            said.at
            for said in all_said(self.notebook)
            if said.code == code and said.get("manifest") == self.manifest.code
        )
        elsewhere = any(
            code in other.lines and other.sealed and other.sealed <= first and not ended_by(other, first)
            for other in self.notebook.manifests.values()
            if other is not self.manifest
        )
        destinations = {self.manifest.receiver} | {self._bound_for(line) for line in self.manifest.lines}
        home = self._bound_for(code)
        return "misrouted" if elsewhere or home not in destinations else "extra"

    def _bound_for(self, code: str) -> str:
        """Tell where a piece shall go now: where its sender has said, or where it was sent to."""
        asked = self.custody.of(code).asked
        return asked[1] if asked else self.notebook.pieces[code].destination

    def _contested(self, code: str, receiver: list[Said]) -> bool:
        claims = self.custody.of(code).claims
        if len(claims) < 2 or self._until(code):
            return False
        passed_on = any(said.kind in PASSING_ON for said in receiver)
        return self.manifest.giver in claims or not passed_on

    def _until(self, code: str) -> datetime | None:
        """Tell when a line was sealed on a later manifest."""
        if code not in self.manifest.lines:
            return None
        later = [
            other.sealed
            for other in self.notebook.manifests.values()
            if other.sealed and other.sealed > self.sealed and not other.cancelled and code in other.lines
        ]
        return min(later, default=None)

    def _concerns(self, said: Said, line: str | None = None) -> bool:
        """Tell whether a scan is about this handover: it names it, or is of an expected piece meanwhile."""
        named = said.get("manifest")
        if named == self.manifest.code:
            return True
        code = line or said.code
        telling = ANSWERS | IN_HAND if said.by == self.manifest.receiver else ANSWERS
        if code not in self.expected or said.kind == "report" or (named and said.kind not in telling):
            return False
        until = self._until(code)
        return said.at >= self.sealed and (until is None or said.at < until)

    def _barcode(self, code: str) -> list[Said]:
        """Give the receiver's answers for what the piece is in: its bag, or the whole list."""
        return [
            said
            for said in self.standing
            if said.by == self.manifest.receiver
            and said.kind in ANSWERS
            and (
                said.code == self.manifest.code
                or (said.code in self._around(code) and self._concerns(said, code))
            )
        ]

    def _is_arrival(self, said: Said) -> bool:
        named = said.get("manifest") == self.manifest.code
        listed = said.code in (self.manifest.code, *self.manifest.lines) and said.at >= self.sealed
        return said.by == self.manifest.receiver and said.kind in ANSWERS and (named or listed)

    def _bags(self) -> dict[str, str]:
        """Tell what each piece was packed in when the receiver took either."""
        inside: dict[str, str] = {}
        taken = {self.manifest.code}
        for said in self.standing:
            if said.by == self.manifest.receiver and said.at >= self.sealed:
                if said.kind in IN_HAND:
                    taken.add(said.code)
            elif not {said.code, inside.get(said.code)} & taken:
                if said.kind == "pack":
                    inside[said.code] = said.get("container")
                elif said.kind == "unpack":
                    inside.pop(said.code, None)
        return inside

    def _around(self, code: str) -> list[str]:
        around = []
        while (code := self.bags.get(code, "")) and code not in around:
            around.append(code)
        return around


def _seal(said: Said) -> tuple[str | None, str | None]:
    seal = said.get("seal")
    if seal is None or said.kind in ("pack", "unpack"):
        return None, None
    return seal["number"], seal["state"]


def _damaged(said: Said) -> bool:
    return said.get("condition") in DAMAGE or _seal(said)[1] == "broken"


def last_word(said: list[Said]) -> str | None:
    """Tell where a side's last word leaves a piece."""
    word = None
    for one in said:
        if one.kind in IN_HAND:
            word = "seen"
        elif one.kind == "refuse":
            word = "refused"
        elif one.kind == "report":
            word = "lost" if one.get("condition") == "lost" else "seen"
    return word


def ended_by(manifest: Manifest, at: datetime) -> bool:
    """Tell whether a manifest was over by an instant."""
    return any(end and end <= at for end in (manifest.closed, manifest.cancelled))
