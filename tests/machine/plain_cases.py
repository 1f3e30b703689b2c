"""Closing, told plainly: what it opens, and what a scan that comes to light later does to that."""

from datetime import datetime

from tests.machine.plain_manifests import EXCEPTIONS, classes
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
    found = classes(notebook, manifest, now)
    manifest.closed = now
    manifest.cases = {code: Case(each) for code, each in found.items() if each in EXCEPTIONS}


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


def _reconsider(notebook: Notebook, manifest: Manifest, now: datetime) -> bool:
    changed = False
    found = classes(notebook, manifest, now)
    for code, line_class in found.items():
        case = manifest.cases.get(code)
        contradicted = case and line_class in BELIED_BY.get(case.resolution or "", ())
        if case and case.line_class != line_class and contradicted:
            _reopen(notebook, manifest, code, line_class, now)
            changed = True
        elif line_class not in EXCEPTIONS:
            if case and case.resolution is None and case.line_class in EXCEPTIONS:
                case.resolution, changed = "late_scan", True
        elif case is None:
            manifest.cases[code], changed = Case(line_class), True
        elif case.line_class != line_class or case.resolution == "late_scan":
            _reopen(notebook, manifest, code, line_class, now)
            changed = True
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


def crossed(notebook: Notebook) -> set[tuple[str, str, str]]:
    """Name each piece that an open case misses on one manifest and another one finds, too much, on another."""
    missed: dict[str, list[Manifest]] = {}
    found: dict[str, list[Manifest]] = {}
    for manifest in sorted(notebook.manifests.values(), key=lambda one: one.closed or one.created):
        expected = _within(notebook, manifest)
        for piece, case in manifest.cases.items():
            if case.resolution is not None:
                continue
            listed = piece in manifest.lines
            if case.line_class == "extra" or (case.line_class == "misrouted" and not listed):
                found.setdefault(piece, []).append(manifest)
            elif case.line_class == "missing" or (case.line_class == "misrouted" and piece in expected):
                missed.setdefault(piece, []).append(manifest)
    return {
        (piece, [one for one in missed[piece] if one is not where[-1]][-1].code, where[-1].code)
        for piece, where in found.items()
        if any(one is not where[-1] for one in missed.get(piece, ()))
    }
