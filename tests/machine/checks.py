"""What the real system says, held against the notebook."""

from typing import Any

from tests.machine import plain_cases, plain_manifests
from tests.machine.plain_custody import Custody, Standing
from tests.machine.play import Play
from tests.machine.said import Manifest
from tests.machine.stage import READER


def same(said: Any, noted: Any, what: str) -> None:
    """Hold what the system says against the notebook; a difference is told as such."""
    assert said == noted, f"{what}\n  system:   {said}\n  notebook: {noted}"


def check_piece(play: Play, code: str) -> None:
    """Ask who has a piece and how it came to that."""
    told = play.stage.get(READER, f"/pieces/{code}")
    assert told.status_code == 200, told.text
    said = told.json()
    expected = Custody(play.notebook).of(code)
    steps = [
        (step["kind"], step["claims"], step["container"], step["phase"], step["flags"])
        for step in said["timeline"]
        if step["via"] is None
    ]
    noted = [
        (one.kind, list(one.claims), one.container, one.phase, list(one.flags)) for one in expected.moments
    ]
    same(steps, noted, f"steps of {code}")
    offer, asked, seal = said["offer"], said["instruction"], said["seal"]
    found = {
        "claims": sorted(said["claims"]),
        "holder": said["holder"],
        "contested": said["contested"],
        "container": said["container"],
        "offer": (offer["giver"], offer["receiver"], offer["manifest"]) if offer else None,
        "phase": said["phase"],
        "condition": said["condition"],
        "unconfirmed_from": said["unconfirmed_from"],
        "undecided": said["undecided"],
        "asked": (asked["kind"], asked["destination"], asked["by"]) if asked else None,
        "bound_for": said["bound_for"],
        "seal": (seal["number"], seal["state"]) if seal else None,
    }
    same(found, _plain(expected, play.notebook.pieces[code].destination), code)
    rows = [step["row"] for step in said["timeline"] if step["via"] is None]
    for row, moment in zip(rows, expected.moments, strict=True):
        assert moment.id in (None, row)


def _plain(expected: Standing, destination: str) -> dict[str, Any]:
    return {
        "claims": sorted(expected.claims),
        "holder": expected.claims[0] if len(expected.claims) == 1 else None,
        "contested": len(expected.claims) > 1,
        "container": expected.container,
        "offer": expected.offer,
        "phase": expected.phase,
        "condition": expected.condition,
        "unconfirmed_from": expected.unconfirmed_from,
        "undecided": None,
        "asked": expected.asked,
        "bound_for": expected.asked[1] if expected.asked else destination,
        "seal": expected.seal,
    }


def check_manifest(play: Play, manifest: Manifest) -> None:
    """Ask in what state a manifest is, which lines it keeps, and the class of each piece."""
    notebook = play.notebook
    said = play.stage.get(READER, f"/manifests/{manifest.code}").json()
    same(said["state"], plain_manifests.state_of(notebook, manifest), manifest.code)
    kept = {piece: plain_manifests.keeps(notebook, manifest, piece) for piece in manifest.lines}
    same({line["piece"]: line["open"] for line in said["lines"]}, kept, f"open lines of {manifest.code}")
    if manifest.sealed:
        told = play.stage.get(READER, f"/manifests/{manifest.code}/reconciliation").json()
        found = {line["code"]: line["line_class"] for line in told["lines"]}
        assert len(found) == len(told["lines"]) == sum(told["counts"].values())
        classes = plain_manifests.classes(notebook, manifest, play.stage.clock.instant)
        same(found, classes, f"classes of {manifest.code}")


def check_touched(play: Play) -> None:
    """Ask about whatever the last act was about."""
    touched, play.touched = play.touched, set()
    for code in sorted(touched & play.notebook.pieces.keys()):
        check_piece(play, code)
        assert len(plain_manifests.open_manifests(play.notebook, code)) <= 1
    concerned = [
        one for one in play.notebook.manifests.values() if one.code in touched or touched & set(one.lines)
    ]
    for manifest in concerned[-2:]:
        check_manifest(play, manifest)


def check_ledger(play: Play) -> None:
    """Ask for the ids of all scans: those acknowledged, once each, and no others."""
    rows = play.stage.fetch("SELECT id::text AS id FROM ledger WHERE device IS NOT NULL")
    assert sorted(row["id"] for row in rows) == sorted(play.notebook.by_id)
    disputes = play.stage.fetch("SELECT id::text AS id, count(*) AS contents FROM ledger_dispute GROUP BY 1")
    assert {row["id"]: row["contents"] for row in disputes} == {
        row: len(scan.contents) for row, scan in play.notebook.by_id.items() if scan.disputed
    }
    twice = play.stage.fetch("SELECT piece FROM manifest_line WHERE open GROUP BY piece HAVING count(*) > 1")
    same(twice, [], "pieces on two open manifests")


def check_cases(play: Play) -> None:
    """Run whatever waits, and ask for every discrepancy."""
    play.stage.drain()
    plain_cases.look_again(play.notebook, play.stage.clock.instant)
    for manifest in play.notebook.manifests.values():
        told = play.stage.get(READER, "/discrepancies", manifest=manifest.code, limit=200).json()
        found = {
            one["piece"]: (one["line_class"], one["resolution"], one["reopened"]) for one in told["items"]
        }
        noted = {
            piece: (case.line_class, case.resolution, case.reopened) for piece, case in manifest.cases.items()
        }
        same(found, noted, f"discrepancies of {manifest.code}")


def check_everything(play: Play) -> None:
    """Hold all that can be asked against the notebook, and all that is derived against the ledger."""
    check_ledger(play)
    check_cases(play)
    for code in play.notebook.pieces:
        check_piece(play, code)
    for manifest in play.notebook.manifests.values():
        check_manifest(play, manifest)
    left = play.stage.fetch("SELECT topic, error FROM outbox WHERE done_at IS NULL")
    same(left, [], "outbox")
    before = play.stage.derived()
    play.stage.rebuild()
    same(play.stage.derived().splitlines(), before.splitlines(), "rebuilt")
    play.stage.drain()
