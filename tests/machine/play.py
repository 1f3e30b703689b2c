"""One run: every act is done to the real system and noted in the notebook, and the two must agree."""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from tests.machine import plain_cases, plain_manifests
from tests.machine.plain_custody import Custody
from tests.machine.said import CITIZEN, Closing, Device, Loss, Manifest, Notebook, Piece, Said
from tests.machine.stage import AUTHORITY, DESK, HUB, OFFICE, PARTIES, PROCEDURE, READER, Backdrop, Stage

BETWEEN = timedelta(minutes=20)
"""More than any clock's uncertainty and more than the time that an offer may come late: the order is plain."""

INNER = {"dossier": "item", "item": "bag", "bag": None}


class Play:
    """The acts of parties, devices and machines."""

    def __init__(self, backdrop: Backdrop) -> None:
        self.stage = Stage(backdrop)
        self.notebook = Notebook(devices={party: Device(party) for party in PARTIES})
        self.raw: dict[str, tuple[str, dict[str, Any]]] = {}
        self.pocket: dict[str, list[dict[str, Any]]] = {party: [] for party in PARTIES}
        self.scanned: list[str] = []
        self.touched: set[str] = set()
        self.agreed = True

    # What may be chosen.

    def pieces(self, kind: str | None = None) -> list[Piece]:
        """List the pieces, or those of a kind."""
        return [piece for piece in self.notebook.pieces.values() if kind in (None, piece.kind)]

    def claims(self, code: str) -> tuple[str, ...]:
        """Name the parties that claim a piece."""
        return Custody(self.notebook).of(code).claims

    def manifests(self, *states: str) -> list[Manifest]:
        """List the manifests in one of some states, or all."""
        return [
            one
            for one in self.notebook.manifests.values()
            if not states or plain_manifests.state_of(self.notebook, one) in states
        ]

    def tick(self, delta: timedelta = BETWEEN) -> Any:
        """Let time pass, so that no two acts are close together."""
        self.agreed = False
        return self.stage.advance(delta)

    def work(self, worker: Callable[[], None]) -> None:
        """Let a worker run or die within some messages; at what it looked again, the notebook does as well."""
        before = self.stage.second_looks()
        worker()
        after = self.stage.second_looks()
        done = {code for message, codes in before.items() if message not in after for code in codes}
        waiting = {code for codes in after.values() for code in codes}
        plain_cases.worked(self.notebook, done, waiting, self.stage.clock.instant)

    def write(self, codes: Iterable[str]) -> None:
        """Note that something about these codes was recorded."""
        named = set(codes)
        self.touched |= named
        plain_cases.notice(self.notebook, named)
        if plain_cases.loss_in_question(self.notebook):
            # When it is taken back is a step of the piece, so it must be known.
            lost = {code for one in self.notebook.manifests.values() for code in one.cases}
            self.stage.drain()
            plain_cases.look_again(self.notebook, self.stage.clock.instant)
            self.touched |= lost

    # Making things.

    def register_dossier(self) -> None:
        """Let the office register a dossier, still in the citizen's hands."""
        self.tick()
        answer = self.stage.post(
            OFFICE,
            "/dossiers",
            {
                "procedure": PROCEDURE,
                "authority": AUTHORITY,
                "desk": DESK,
                "office": OFFICE,
                "service_mode": "both",
                "applicant": {"name": "Nguyễn Thị Hằng", "phone": "0912 345 678"},
                "lines": [],
            },
        )
        assert answer.status_code == 201, answer.text
        code = answer.json()["code"]
        self.notebook.pieces[code] = Piece(code, "dossier", OFFICE, DESK, CITIZEN)
        self.write([code])

    def make(self, kind: str, maker: str, destination: str, inside: Sequence[Piece]) -> None:
        """Make an item or a bag with things in it."""
        now = self.tick()
        path = "/items" if kind == "item" else "/bags"
        codes = [piece.code for piece in inside]
        answer = self.stage.post(maker, path, {"destination": destination, "pieces": codes})
        assert answer.status_code == 201, answer.text
        code = answer.json()["code"]
        self.notebook.pieces[code] = Piece(code, kind, maker, destination, maker)
        for each in codes:
            self.notebook.hear(Said("pack", each, now, maker, fields=(("container", code),)), now)
        self.write([code, *codes])

    def packable(self, maker: str, kind: str) -> list[Piece]:
        """List what a party may pack into a new container."""
        custody = Custody(self.notebook)
        inner = "dossier" if kind == "item" else "item"
        return [
            piece
            for piece in self.pieces(inner)
            if maker in (piece.origin, piece.destination)
            and custody.of(piece.code).container is None
            and custody.of(piece.code).phase not in ("delivered", "lost")
        ]

    def instruct(self, who: str, kind: str, code: str, to: str) -> None:
        """Let a party call a piece back, or send it elsewhere; refused to others, and once it has arrived."""
        now = self.tick()
        piece, standing = self.notebook.pieces[code], Custody(self.notebook).of(code)
        bound_for = standing.asked[1] if standing.asked else piece.destination
        may = {piece.origin} if kind == "recall" else {piece.origin, standing.recipient}
        body = {"voucher": "PG-1"} | ({"destination": to} if kind == "redirect" else {})
        answer = self.stage.post(who, f"/pieces/{code}/{kind}", body)
        if who == HUB:
            assert answer.status_code == 403, answer.text
        elif kind == "redirect" and to == bound_for:
            assert (answer.status_code, answer.json()["code"]) == (422, "piece.same_destination"), answer.text
        elif who not in may:
            assert (answer.status_code, answer.json()["code"]) == (403, "piece.not_sender"), answer.text
        elif standing.reached or standing.phase == "delivered":
            assert (answer.status_code, answer.json()["code"]) == (409, "piece.already_delivered")
        else:
            assert answer.status_code == 200, answer.text
            fields = (("counterparty", to),) if kind == "redirect" else ()
            self.notebook.hear(Said(kind, code, now, who, fields=fields), now)
            self.write([code])

    def seal(self, who: str, code: str, number: str) -> None:
        """Close an item or a bag with a seal; a seal is used once, and only who has the thing puts it on."""
        now = self.tick()
        standing = Custody(self.notebook).of(code)
        answer = self.stage.post(who, f"/pieces/{code}/close", {"seal": number})
        if who not in standing.claims:
            assert answer.status_code in (403, 404), answer.text
        elif number in standing.seals:
            assert (answer.status_code, answer.json()["code"]) == (409, "piece.seal_used"), answer.text
        else:
            assert answer.status_code == 200, answer.text
            self.notebook.pieces[code].closed.append(Closing(now, number, who))
            self.write([code])

    # Manifests.

    def listable(self, giver: str) -> list[Piece]:
        """List the pieces that a giver knows."""
        return [piece for piece in self.pieces() if giver in (piece.origin, piece.destination)]

    def draft(self, giver: str, receiver: str, pieces: Sequence[Piece]) -> None:
        """Make a draft; refused if another open manifest keeps one of its pieces."""
        now = self.tick()
        codes = [piece.code for piece in pieces]
        taken = [code for code in codes if plain_manifests.open_manifests(self.notebook, code)]
        answer = self.stage.post(giver, "/manifests", {"receiver": receiver, "lines": codes})
        if taken:
            assert answer.status_code == 409, answer.text
            assert answer.json()["code"] == "manifest.piece_on_other"
            return
        assert answer.status_code == 201, answer.text
        code = answer.json()["code"]
        self.notebook.manifests[code] = Manifest(code, giver, receiver, codes, now)

    def plan(self, giver: str) -> None:
        """Let drafts be made of what waits at a giver."""
        now = self.tick()
        custody = Custody(self.notebook)
        waiting: dict[str, list[str]] = {}
        for piece in self.pieces():
            held = custody.of(piece.code)
            waits = held.claims == (giver,) and held.container is None and held.offer is None
            free = not plain_manifests.open_manifests(self.notebook, piece.code)
            bound_for = held.asked[1] if held.asked else piece.destination
            away = bound_for not in (giver, CITIZEN)
            if waits and free and away and held.phase in ("registered", "held"):
                waiting.setdefault(bound_for, []).append(piece.code)
        answer = self.stage.post(giver, "/manifests/plan", {})
        assert answer.status_code == 201, answer.text
        made = answer.json()["manifests"]
        planned = {one["receiver"]: [line["piece"] for line in one["lines"]] for one in made}
        assert planned == {to: sorted(codes) for to, codes in waiting.items()}
        for one in made:
            lines = planned[one["receiver"]]
            self.notebook.manifests[one["code"]] = Manifest(one["code"], giver, one["receiver"], lines, now)

    def act(self, manifest: Manifest, what: str) -> None:
        """Seal, dispatch, receive, cancel or close, also when it is too early or too late for that."""
        now = self.tick()
        state = plain_manifests.state_of(self.notebook, manifest)
        allowed = {
            "seal": state == "draft",
            "dispatch": state in ("sealed", "receiving") and manifest.dispatched is None,
            "receive": state in ("sealed", "dispatched", "receiving"),
            "cancel": state in ("draft", "sealed"),
            "close": state in ("dispatched", "receiving"),
        }[what]
        waiting = what == "close" and allowed and self._awaited(manifest)
        actor = manifest.receiver if what in ("receive", "close") else manifest.giver
        answer = self.stage.post(actor, f"/manifests/{manifest.code}/{what}")
        if not allowed or waiting:
            unseen = state == "draft" and actor == manifest.receiver
            assert answer.status_code == (404 if unseen else 409), answer.text
            assert not waiting or answer.json()["code"] == "manifest.awaiting_device"
            return
        assert answer.status_code == 200, answer.text
        self._note(manifest, what, now)
        self.write([manifest.code, *manifest.lines])

    def _awaited(self, manifest: Manifest) -> bool:
        found = plain_manifests.classes(self.notebook, manifest, self.stage.clock.instant)
        return "awaiting_device" in found.values()

    def _note(self, manifest: Manifest, what: str, now: Any) -> None:
        if what == "seal":
            manifest.sealed = now
        elif what == "dispatch":
            manifest.dispatched = now
        elif what == "cancel":
            manifest.cancelled = now
        elif what == "close":
            plain_cases.close(self.notebook, manifest, now)
        else:
            manifest.received = manifest.received or now
            fields = (("manifest", manifest.code), ("counterparty", manifest.giver))
            self.notebook.hear(Said("receive", manifest.code, now, manifest.receiver, fields=fields), now)

    def resolve(self, manifest: Manifest, pick: int, reason: str) -> None:
        """Let the giver settle one of the discrepancies of a manifest, by a reason that fits or that does not."""
        self.tick()
        answer = self.stage.get(manifest.giver, "/discrepancies", manifest=manifest.code, limit=200)
        cases = sorted(answer.json()["items"], key=lambda one: one["piece"])
        if cases:
            said = cases[pick % len(cases)]
            case = manifest.cases[said["piece"]]
            told = self.stage.post(
                manifest.giver,
                f"/discrepancies/{said['id']}/resolve",
                {"resolution": reason, "note": "Hai bên đã xác nhận"},
            )
            if case.resolution is not None:
                assert (told.status_code, told.json()["code"]) == (409, "discrepancy.resolved"), told.text
            elif case.line_class not in plain_cases.FITS[reason]:
                assert (told.status_code, told.json()["code"]) == (422, "discrepancy.reason_unfit"), told.text
            else:
                assert told.status_code == 200, told.text
                case.resolution = reason
                if plain_cases.gone(case):
                    loss = Loss(self.stage.clock.instant, manifest.code)
                    self.notebook.pieces[said["piece"]].losses.append(loss)
                self.write([manifest.code, said["piece"]])

    def settle_swap(self, number: int) -> None:
        """Settle whatever crossed between two manifests as one; what is proposed is what the notebook shows."""
        self.tick()
        swaps = self.stage.get(READER, "/discrepancies/swaps").json()
        crossings = {
            one["piece"]: (one["listed_on"], one["found_on"])
            for swap in swaps
            for one in swap["crossings"]
            if one["missing"] is not None
        }
        noted = plain_cases.crossed(self.notebook)
        assert crossings.keys() == noted.keys(), (swaps, noted)
        assert all(crossings[piece] in either for piece, either in noted.items()), (swaps, noted)
        if not swaps:
            return
        swap = swaps[number % len(swaps)]
        lists = [self.notebook.manifests[code] for code in swap["manifests"]]
        both = {lists[0].giver, lists[0].receiver} & {lists[1].giver, lists[1].receiver}
        cases = {row: one for one in swap["crossings"] for row in (one["missing"], one["extra"]) if row}
        for party in sorted({one for each in lists for one in (each.giver, each.receiver)}):
            told = self.stage.post(party, f"/discrepancies/{min(cases)}/swap")
            if party in both:
                assert told.status_code == 200, told.text
                break
            assert told.status_code in (403, 404, 409), told.text
        else:
            return
        for one in swap["crossings"]:
            for row, listed in ((one["missing"], one["listed_on"]), (one["extra"], one["found_on"])):
                if row is not None:
                    self.notebook.manifests[listed].cases[one["piece"]].resolution = "swapped"
        self.write(swap["manifests"])

    # Scans.

    def scan(self, who: str, kind: str, code: str, *, later: bool = False, **fields: Any) -> str:
        """Scan something; the device sends it at once, or keeps it until it has a network."""
        now = self.tick()
        stated = {name: value for name, value in fields.items() if value is not None}
        raw = self.stage.scanners[who].scan(kind, code, now, **stated)
        self.raw[raw["id"]] = (who, raw)
        self.scanned.append(raw["id"])
        if later:
            self.pocket[who].append(raw)
        else:
            self.upload(who, [raw])
        return raw["id"]

    def upload(self, who: str, raws: Sequence[dict[str, Any]]) -> None:
        """Send scans, new or not, and hold each verdict against what was said before."""
        now = self.tick(timedelta(minutes=1))
        expected, news = [], []
        for raw in raws:
            verdict = self.notebook.hear(said_of(raw, who), now)
            expected.append((raw["id"], verdict, None if verdict == "accepted" else "accepted"))
            if verdict != "repeated":
                news.append(raw["code"])
        device = self.notebook.devices[who]
        device.last = self.stage.scanners[who].seq
        device.held |= {raw["seq"] for raw in raws}
        device.syncs.append((now, device.last))
        results = self.stage.upload(who, list(raws))
        assert [(one["id"], one["verdict"], one["first"]) for one in results] == expected
        self.write(news)

    def empty_pocket(self, who: str, order: Sequence[int], groups: int) -> None:
        """Send what a device has kept, in some order and in some number of uploads."""
        kept, self.pocket[who] = self.pocket[who], []
        shuffled = [
            kept[place] for place in sorted(range(len(kept)), key=lambda n: (order[n % len(order)], n))
        ]
        size = max(1, len(shuffled) // groups)
        for start in range(0, len(shuffled), size):
            self.upload(who, shuffled[start : start + size])
        if not shuffled:
            self.upload(who, [])

    def repeat(self, row: str) -> None:
        """Send a scan again as it was, because its answer got lost."""
        who, raw = self.raw[row]
        self.upload(who, [raw, raw])

    def contradict(self, row: str, field: str, value: str) -> None:
        """Send other content under the same id."""
        who, raw = self.raw[row]
        self.upload(who, [{**raw, field: value}])

    def correct(self, row: str, who: str, *, keep: int | None = None, later: bool = False) -> None:
        """Take a scan back, or keep one of two contents."""
        code = self.raw[row][1]["code"]
        scan = self.notebook.by_id.get(row)
        if keep is None or scan is None or not scan.disputed:
            self.scan(who, "correct", code, corrects=row, later=later)
            return
        if scan.kept is not None or who != scan.contents[0].by:
            return
        scan.kept = keep % len(scan.contents)
        digest = self._digest(row, scan.contents[scan.kept])
        self.scan(who, "correct", code, corrects=row, keep=digest)

    def _digest(self, row: str, said: Said) -> str:
        """Find the hash of one of the contents of an id, as whoever settles the dispute reads it."""
        for each in self.stage.fetch(
            "SELECT content, encode(content_hash, 'hex') AS hash FROM ledger_dispute WHERE id = $1", row
        ):
            content = json.loads(each["content"])
            if (content["kind"], content.get("body", {})) == (said.kind, dict(said.fields)):
                return str(each["hash"])
        raise AssertionError(row)


def said_of(raw: dict[str, Any], who: str) -> Said:
    """Read what a scan says."""
    own = ("id", "seq", "kind", "code", "by", "occurred_at")
    fields = tuple(sorted((name, value) for name, value in raw.items() if name not in own))
    at = datetime.fromisoformat(raw["occurred_at"])
    return Said(raw["kind"], raw["code"], at, who, raw["id"], raw["seq"], fields)
