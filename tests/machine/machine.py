"""The rules by which a run is made: what parties, devices and machines may do next."""

from datetime import timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.machine import checks
from tests.machine.play import INNER, Play
from tests.machine.stage import DESK, HUB, OFFICE, PARTIES, Backdrop

KINDS = (
    *("offer", "offer", "receive", "receive", "refuse", "pack", "unpack", "accept", "depart", "arrive"),
    *("hold", "deliver", "out_for_delivery", "attempt_failed", "report", "recall", "redirect"),
)
CONDITIONS = ("damaged", "lost", "found")
parties = st.sampled_from(PARTIES)
numbers = st.integers(0, 11)
seals = st.sampled_from(("NP-1", "NP-2", "NP-3"))
maybe = st.none() | st.integers(0, 3)


def pick(among: list[Any], number: int) -> Any:
    """Choose by number, the newest first."""
    return among[-1 - number % len(among)]


class PostalMachine(RuleBasedStateMachine):
    """A small network at work, by HTTP against a real database and by hand in a notebook."""

    backdrop: ClassVar[Backdrop]

    def __init__(self) -> None:
        super().__init__()
        self.play = Play(self.backdrop)

    @initialize(items=st.integers(1, 3), bag=st.booleans())
    def begin(self, items: int, bag: bool) -> None:
        """Begin with some items at the office."""
        for _ in range(items):
            self.play.make("item", OFFICE, DESK, [])
        if bag:
            self.play.make("bag", OFFICE, DESK, [])

    @rule(kind=st.sampled_from(("dossier", "item", "bag")), maker=parties, to=parties, some=st.integers(0, 2))
    def make(self, kind: str, maker: str, to: str, some: int) -> None:
        """Register a dossier, or make a container with things in it."""
        if kind == "dossier":
            self.play.register_dossier()
            return
        destination = to if to != maker else HUB if maker != HUB else DESK
        self.play.make(kind, maker, destination, self.play.packable(maker, kind)[:some])

    @rule(giver=parties, receiver=parties, which=st.sets(numbers, min_size=1, max_size=3))
    def draft(self, giver: str, receiver: str, which: set[int]) -> None:
        """Make a draft of some pieces, or let drafts be planned."""
        known = self.play.listable(giver)
        if giver == receiver:
            self.play.plan(giver)
        elif known:
            chosen = {number % len(known) for number in which}
            self.play.draft(giver, receiver, [known[number] for number in sorted(chosen)])

    @precondition(lambda self: self.play.manifests())
    @rule(number=numbers, what=st.sampled_from(("seal", "seal", "dispatch", "dispatch", "receive", "cancel")))
    def act_on_manifest(self, number: int, what: str) -> None:
        self.play.act(pick(self.play.manifests(), number), what)

    @precondition(lambda self: self.play.manifests("draft"))
    @rule(number=numbers, dispatch=st.booleans())
    def send_off(self, number: int, dispatch: bool) -> None:
        manifest = pick(self.play.manifests("draft"), number)
        self.play.act(manifest, "seal")
        if dispatch:
            self.play.act(manifest, "dispatch")

    @precondition(lambda self: self.play.manifests("dispatched", "receiving"))
    @rule(number=numbers, first=st.booleans())
    def close(self, number: int, first: bool) -> None:
        """Close a manifest; mostly after the devices of both sides have told everything."""
        manifest = pick(self.play.manifests("dispatched", "receiving"), number)
        if first:
            for party in (manifest.giver, manifest.receiver):
                self.play.empty_pocket(party, [0], 1)
        self.play.act(manifest, "close")

    @precondition(lambda self: self.play.manifests("closed"))
    @rule(
        number=numbers, which=numbers, reason=st.sampled_from(("compensated", "accepted", "recording_error"))
    )
    def resolve(self, number: int, which: int, reason: str) -> None:
        checks.check_cases(self.play)
        self.play.resolve(pick(self.play.manifests("closed"), number), which, reason)

    @precondition(lambda self: len(self.play.manifests("closed")) > 1)
    @rule(number=numbers)
    def settle_swap(self, number: int) -> None:
        checks.check_cases(self.play)
        self.play.settle_swap(number)

    @rule(number=numbers, both=st.booleans())
    def mix_up(self, number: int, both: bool) -> None:
        """Let an item come in with another manifest than its own, and close both: what crossed is settled as one."""
        lists = []
        for receiver in (DESK, HUB):
            self.play.make("item", OFFICE, receiver, [])
            self.play.draft(OFFICE, receiver, [self.play.pieces("item")[-1]])
            lists.append(self.play.manifests("draft")[-1])
            self.play.act(lists[-1], "seal")
            self.play.act(lists[-1], "dispatch")
        own, other = lists
        self.play.scan(HUB, "receive", own.lines[0], manifest=other.code)
        if both:
            self.play.scan(HUB, "receive", other.lines[0], manifest=other.code)
        for manifest in lists:
            for party in (OFFICE, manifest.receiver):
                self.play.empty_pocket(party, [0], 1)
            self.play.act(manifest, "close")
        self.settle_swap(number)

    @precondition(lambda self: self.play.pieces())
    @rule(number=numbers, who=parties, kind=st.sampled_from(("recall", "redirect", "redirect")), to=parties)
    def instruct(self, number: int, who: str, kind: str, to: str) -> None:
        """Let one of the parties of a piece, mostly its sender, call it back or send it elsewhere."""
        piece = pick(self.play.pieces(), number)
        known = (piece.origin, piece.destination)
        self.play.instruct(who if who in known else piece.origin, kind, piece.code, to)

    @precondition(lambda self: self.play.pieces("item") + self.play.pieces("bag"))
    @rule(number=numbers, who=parties, seal=seals, holder=st.booleans())
    def seal(self, number: int, who: str, seal: str, holder: bool) -> None:
        """Let somebody, mostly its holder, put a seal on an item or a bag."""
        piece = pick(self.play.pieces("item") + self.play.pieces("bag"), number)
        claims = [party for party in self.play.claims(piece.code) if party in PARTIES]
        self.play.seal(claims[0] if holder and claims else who, piece.code, seal)

    @precondition(lambda self: self.play.pieces("item") + self.play.pieces("bag"))
    @rule(
        number=numbers,
        who=parties,
        kind=st.sampled_from(("receive", "arrive", "depart")),
        seal=seals,
        state=st.sampled_from(("intact", "intact", "broken", "missing")),
        later=st.booleans(),
    )
    def look_at_seal(self, number: int, who: str, kind: str, seal: str, state: str, later: bool) -> None:
        """Scan an item or a bag and say what its seal looks like."""
        piece = pick(self.play.pieces("item") + self.play.pieces("bag"), number)
        self.play.scan(who, kind, piece.code, later=later, seal={"number": seal, "state": state})

    @precondition(lambda self: self.play.pieces())
    @rule(
        kind=st.sampled_from(KINDS),
        who=parties,
        number=numbers,
        to=st.none() | parties,
        under=maybe,
        condition=st.sampled_from(CONDITIONS),
        later=st.booleans(),
    )
    def scan(
        self, kind: str, who: str, number: int, to: str | None, under: int | None, condition: str, later: bool
    ) -> None:
        piece = pick(self.play.pieces(), number)
        fields: dict[str, Any] = {}
        if kind in ("offer", "receive", "redirect") and to != who:
            fields["counterparty"] = to
        if kind in ("pack", "unpack"):
            containers = self.play.pieces(INNER[piece.kind]) if INNER[piece.kind] else []
            if not containers:
                kind = "hold"
            else:
                fields["container"] = pick(containers, number).code
        if kind == "report":
            fields["condition"] = condition
        sealed = self.play.manifests("sealed", "dispatched", "receiving", "closed")
        if under is not None and sealed:
            fields["manifest"] = pick(sealed, under).code
        self.play.scan(who, kind, piece.code, later=later, **fields)

    @precondition(lambda self: self.play.pieces())
    @rule(number=numbers, giver=numbers, to=parties, names=st.booleans(), later=st.booleans())
    def hand_over(self, number: int, giver: int, to: str, names: bool, later: bool) -> None:
        """Let one of those who claim a piece offer it, and another receive it."""
        piece = pick(self.play.pieces(), number)
        claims = [party for party in self.play.claims(piece.code) if party in PARTIES and party != to]
        if claims:
            self.play.scan(pick(claims, giver), "offer", piece.code, counterparty=to if names else None)
        self.play.scan(to, "receive", piece.code, later=later)

    @precondition(lambda self: self.play.manifests("dispatched", "receiving"))
    @rule(number=numbers, line=numbers, damaged=st.booleans(), names=st.booleans(), later=st.booleans())
    def receive_line(self, number: int, line: int, damaged: bool, names: bool, later: bool) -> None:
        """Let the receiver scan a line of a manifest, as it should."""
        manifest = pick(self.play.manifests("dispatched", "receiving"), number)
        self.play.scan(
            manifest.receiver,
            "receive",
            manifest.lines[line % len(manifest.lines)],
            later=later,
            manifest=manifest.code if names else None,
            condition="damaged" if damaged and line % 3 == 0 else None,
        )

    @precondition(lambda self: self.play.manifests("sealed", "dispatched", "receiving"))
    @rule(
        number=numbers,
        kind=st.sampled_from(("receive", "receive", "refuse", "offer")),
        who=parties,
        later=st.booleans(),
    )
    def scan_list(self, number: int, kind: str, who: str, later: bool) -> None:
        """Scan the barcode of a manifest."""
        manifest = pick(self.play.manifests("sealed", "dispatched", "receiving"), number)
        self.play.scan(who, kind, manifest.code, later=later)

    @precondition(lambda self: any(self.play.pocket.values()))
    @rule(order=st.lists(numbers, min_size=1, max_size=5), groups=st.integers(1, 3), number=numbers)
    def come_online(self, order: list[int], groups: int, number: int) -> None:
        """Let a device send what it kept, in any order and grouping."""
        kept = [party for party in PARTIES if self.play.pocket[party]]
        self.play.empty_pocket(pick(kept, number), order, groups)

    @precondition(lambda self: self.play.notebook.by_id)
    @rule(number=numbers)
    def repeat(self, number: int) -> None:
        self.play.repeat(pick(list(self.play.notebook.by_id), number))

    @precondition(lambda self: self.play.notebook.by_id)
    @rule(number=numbers, field=st.sampled_from(("reason", "counterparty", "condition", "manifest", "kind")))
    def contradict(self, number: int, field: str) -> None:
        """Send other content under an id that is known."""
        row = pick(list(self.play.notebook.by_id), number)
        sealed = self.play.manifests("sealed", "dispatched", "receiving", "closed")
        value = {"reason": "other", "counterparty": OFFICE, "condition": "opened", "kind": "hold"}
        if self.play.raw[row][1]["kind"] == "correct" or self.play.raw[row][1]["code"].startswith("BK-"):
            field = "reason"
        if field == "manifest" and sealed:
            self.play.contradict(row, field, pick(sealed, number).code)
        else:
            self.play.contradict(row, field, value.get(field, "hold"))

    @precondition(lambda self: self.play.scanned)
    @rule(number=numbers, other=st.none() | parties, later=st.booleans())
    def take_back(self, number: int, other: str | None, later: bool) -> None:
        """Correct a scan, or a correction; mostly by the party that said it."""
        row = pick(self.play.scanned, number)
        self.play.correct(row, other or self.play.raw[row][0], later=later)

    @precondition(lambda self: any(scan.disputed for scan in self.play.notebook.by_id.values()))
    @rule(number=numbers, keep=st.integers(0, 1))
    def settle_dispute(self, number: int, keep: int) -> None:
        disputed = [row for row, scan in self.play.notebook.by_id.items() if scan.disputed]
        row = pick(disputed, number)
        self.play.correct(row, self.play.raw[row][0], keep=keep)

    @rule(
        what=st.sampled_from(("hours", "days", "sync", "messages", "crash", "web")),
        who=parties,
        much=st.integers(1, 60),
    )
    def meanwhile(self, what: str, who: str, much: int) -> None:
        """Let time pass, a device report that it has nothing, a worker run or die, a web process be replaced."""
        if what == "hours":
            self.play.tick(timedelta(hours=much / 10))
        elif what == "days":
            self.play.tick(timedelta(hours=80 if much > 30 else 30))
        elif what == "sync":
            self.play.upload(who, [])
        elif what == "messages":
            self.play.work(lambda: self.play.stage.run_messages(1 + much % 3))
        elif what == "crash":
            self.play.work(lambda: self.play.stage.crash_in_message(much))
        else:
            self.play.stage.restart_web()

    @invariant()
    def agrees(self) -> None:
        """Hold what was touched against the notebook."""
        checks.check_touched(self.play)
        self.play.agreed = True

    def teardown(self) -> None:
        """Hold everything against the notebook."""
        try:
            # After a difference another one would only hide it.
            if self.play.agreed:
                checks.check_everything(self.play)
        finally:
            self.play.stage.close()
