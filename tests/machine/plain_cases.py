"""Closing, told plainly: what it opens, and what a scan that comes to light later does to that."""

from datetime import datetime

from tests.machine.plain_manifests import EXCEPTIONS, Reconciling
from tests.machine.said import Case, Loss, Manifest, Notebook

FITS = {
    "compensated": ("missing", "misrouted", "damaged", "contested"),
    "accepted": ("extra", "damaged", "misrouted", "contested", "missing"),
    "recording_error": ("missing", "extra", "misrouted", "damaged", "contested", "matched", "unverified"),
}
"""What a person may settle in which way."""

BELIED_BY = {"compensated": ("matched", "unverified", "misrouted", "extra")}
"""What a piece may not turn out to be once it was settled so: paid for and then seen. Others: missing, by itself."""


def close(notebook: Notebook, manifest: Manifest, now: datetime) -> None:
    """Close a manifest: each exception becomes a case."""
    look = Reconciling(notebook, manifest, now)
    found = look.classes()
    manifest.closed = now
    manifest.cases = {
        code: Case(each, now, code in look.expected) for code, each in found.items() if each in EXCEPTIONS
    }


def notice(notebook: Notebook, codes: set[str]) -> None:
    """Note which closed manifests must be looked at again, since something about these codes came late."""
    named = set(codes)
    for code in codes:
        if code in notebook.manifests:
            named |= set(notebook.manifests[code].lines)
    for manifest in notebook.manifests.values():
        if manifest.closed and _came_late(notebook, manifest, named):
            manifest.look_again = True


def _came_late(notebook: Notebook, manifest: Manifest, codes: set[str]) -> bool:
    assert manifest.closed
    for scan in notebook.scans:
        for said, received in zip(scan.contents, scan.received, strict=True):
            names = said.get("manifest") == manifest.code
            bears = names or said.code == manifest.code or said.code in _within(notebook, manifest)
            early = said.at <= manifest.closed or said.kind == "correct"
            if said.code in codes and bears and received > manifest.closed and (names or early):
                return True
    return False


def _within(notebook: Notebook, manifest: Manifest) -> set[str]:
    """Give the pieces on the list, and whatever was ever packed in one of them, or scanned under it."""
    found = set(manifest.lines)
    everything = [said for scan in notebook.scans for said in scan.contents]
    found |= {said.code for said in everything if said.get("manifest") == manifest.code}
    while more := {
        said.code
        for said in everything
        if said.kind in ("pack", "unpack") and said.get("container") in found and said.code not in found
    }:
        found |= more
    return found


def look_again(notebook: Notebook, now: datetime) -> None:
    """Settle, open and reopen cases as what is known now demands; a person's word stands until the class changes."""
    while waiting := sorted(one.code for one in notebook.manifests.values() if one.look_again):
        for code in waiting:
            manifest = notebook.manifests[code]
            manifest.look_again = False
            if _reconsider(notebook, manifest, now):
                notice(notebook, {code})


def worked(notebook: Notebook, done: set[str], waiting: set[str], now: datetime) -> None:
    """Look again as a worker did that ran some messages; `waiting` are those that others still ask it to look at."""
    for code in sorted(done):
        manifest = notebook.manifests[code]
        if manifest.look_again:
            manifest.look_again = code in waiting
            if _reconsider(notebook, manifest, now):
                notice(notebook, {code})


def _reconsider(notebook: Notebook, manifest: Manifest, now: datetime) -> bool:
    changed = False
    look = Reconciling(notebook, manifest, now)
    found = look.classes()
    for code, line_class in found.items():
        case = manifest.cases.get(code)
        contradicted = case and line_class in BELIED_BY.get(case.resolution or "", ())
        if case and case.line_class != line_class and contradicted:
            _reopen(notebook, manifest, code, line_class, now)
            changed = True
        elif line_class not in EXCEPTIONS:
            # Of what a silent device may still tell of nobody has told yet.
            well = line_class != "awaiting_device"
            if well and case and case.resolution is None and case.line_class in EXCEPTIONS:
                case.resolution, changed = "late_scan", True
            continue
        elif case is None:
            manifest.cases[code], changed = Case(line_class, now, code in look.expected), True
        elif case.line_class != line_class or case.resolution == "late_scan":
            _reopen(notebook, manifest, code, line_class, now)
            changed = True
        else:
            continue
        manifest.cases[code].expected = code in look.expected
    for code, case in manifest.cases.items():
        # Nothing is told of it any more: it was scanned by mistake, and that was corrected.
        if code not in found and case.resolution is None and case.line_class in EXCEPTIONS:
            case.resolution, changed = "late_scan", True
    return changed


def gone(case: Case) -> bool:
    """Tell whether a case says that its piece is gone: what is damaged is there, whoever paid for it."""
    return case.resolution == "compensated" and case.line_class != "damaged"


def _reopen(notebook: Notebook, manifest: Manifest, code: str, line_class: str, now: datetime) -> None:
    case = manifest.cases[code]
    if gone(case):
        notebook.pieces[code].losses.append(Loss(now, manifest.code, withdrawn=True))
    case.line_class, case.resolution = line_class, None
    case.reopened += 1


def loss_in_question(notebook: Notebook) -> bool:
    """Tell whether a manifest that must be looked at again has a piece that was settled as gone."""
    return any(
        one.look_again and any(gone(case) for case in one.cases.values())
        for one in notebook.manifests.values()
    )


def crossed(notebook: Notebook) -> dict[str, set[tuple[str, str]]]:
    """Name for each piece that an open case misses on one manifest, and another one finds too much, both manifests.

    The case that was opened last counts on either side; among those opened at one instant any may.
    """
    missed: dict[str, list[tuple[datetime, str]]] = {}
    found: dict[str, list[tuple[datetime, str]]] = {}
    for manifest in notebook.manifests.values():
        for piece, case in manifest.cases.items():
            if case.resolution is not None:
                continue
            if case.line_class == "extra" or (case.line_class == "misrouted" and not case.expected):
                found.setdefault(piece, []).append((case.opened, manifest.code))
            elif case.line_class in ("missing", "misrouted"):
                missed.setdefault(piece, []).append((case.opened, manifest.code))
    crossings: dict[str, set[tuple[str, str]]] = {}
    for piece, where in found.items():
        for here in _latest(where):
            elsewhere = [one for one in missed.get(piece, ()) if one[1] != here]
            for own in _latest(elsewhere):
                crossings.setdefault(piece, set()).add((own, here))
    return crossings


def _latest(cases: list[tuple[datetime, str]]) -> set[str]:
    last = max((opened for opened, _ in cases), default=None)
    return {code for opened, code in cases if opened == last}
