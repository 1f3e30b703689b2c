"""Every page of the application, as the house tells them, and the addresses that fill them with what the house has."""

import re
from typing import Any, NamedTuple

NO_PAGES = {
    "/live",
    "/metrics",
    "/scan/sw.js",
    "/scan/manifest.webmanifest",
    "/scan/lists/{work}",
    "/verify.py",
    "/open-data/procedures.csv",
    "/open-data/procedures.json",
    "/open-data/fares.csv",
    "/open-data/fares.json",
    "/scan/work",
}
"""Routes without a place in the API's document that answer with something other than a page."""

FOREIGN = {"/docs"}
"""Pages that are another's program: without our stylesheet, and not ours to mend."""

OF_NOUNS = {
    "dossiers": "dossier",
    "pieces": "carried_item",
    "manifests": "manifest",
    "discrepancies": "discrepancy",
    "inspections": "inspection",
    "privacy-requests": "privacy_request",
    "feedback": "feedback",
    "incidents": "incident",
    "claims": "claim",
    "receipts": "receipt",
    "reports": "report",
    "imports": "import",
    "trips": "trip",
    "partners": "partner",
    "inbox": "message",
    "subscriptions": "subscription",
    "despatches": "despatch",
}
"""What the first word of a path names: a code of the house."""

FILLED = {
    "/t/{code}": "/t/{late}",
    "/t/l/{token}": "/t/l/{slip}",
    "/n/{token}": "/n/{notice}",
    "/admin/organisations/{code}": "/admin/organisations/{organisation}",
    "/admin/organisations/{code}/end": "/admin/organisations/{organisation}/end",
    "/admin/people/{code}": "/admin/people/{person}",
    "/admin/people/{code}/password": "/admin/people/{person}/password",
    "/admin/people/{code}/assignments/{assignment}/end": "/admin/people/{person}/assignments/{assignment}/end",
    "/admin/devices/{code}": "/admin/devices/{device}",
    "/admin/devices/{code}/revoke": "/admin/devices/{device}/revoke",
    "/admin/keys/{prefix}": "/admin/keys/{key}",
    "/admin/keys/{prefix}/revoke": "/admin/keys/{key}/revoke",
    "/audit/dossiers/{code}": "/audit/dossiers/{late}",
    "/desk/intake/{code}": "/desk/intake/{carried_manifest}",
    "/desk/dossiers/{code}": "/desk/dossiers/{late}",
    "/procedures/{code}": "/procedures/9.000001",
    "/law/procedures/{code}": "/law/procedures/9.000001",
    "/law/constants/{name}": "/law/constants/supplement.max",
    "/statistics/{day}": "/statistics/2026-11-18",
    "/published-reports/{code}": "/published-reports/{published_report}",
    "/leaders/dossiers": "/leaders/dossiers?figure=received",
    "/dossiers/{code}/clocks": "/dossiers/{late}/clocks",
    "/dossiers/{code}/apology": "/dossiers/{late}/apology",
    "/scan/handover/{manifest}": "/scan/handover/{carried_manifest}",
    "/manifests/{code}/draft": "/manifests/{draft}/draft",
    "/reports/{code}/rows": "/reports/{report}/rows?measure=accepted",
}
"""Addresses of pages whose path says too little; names in braces are codes of the house."""

ORDER = (
    None, "supervisor", "clerk", "desk", "agency_head", "control", "admin", "specialist", "post_desk", "sorter",
    "courier", "regulator", "scanner",
)  # fmt: skip
"""Who is asked first to look at a page; nobody signed in comes before everybody."""


class PageRoute(NamedTuple):
    """A route to a page, and who may go there."""

    path: str
    anonymous: bool
    roles: tuple[str, ...] | None

    def visitors(self) -> list[str | None]:
        """Give who may go there, by what the route states, in the order of ORDER."""
        if self.anonymous:
            return [None]
        allowed = set(ORDER) - {None, "scanner"} if self.roles is None else set(self.roles)
        return [role for role in ORDER if role in allowed]

    def address(self, codes: dict[str, str]) -> str:
        """Fill the path with codes of the house; a page of which nobody has said what belongs there is a fault."""
        noun = self.path.strip("/").split("/")[0]
        given = FILLED.get(self.path, self.path)
        if given == self.path and len(re.findall("{", given)) == 1 and noun in OF_NOUNS:
            given = re.sub(r"{\w+}", "{" + OF_NOUNS[noun] + "}", given)
        try:
            return given.format(**codes)
        except KeyError as missing:
            msg = f"{self.path}: say in FILLED (tests/browser/routes.py) what stands for {missing}"
            raise AssertionError(msg) from missing


def pages(told: list[dict[str, Any]]) -> list[PageRoute]:
    """Read what the house tells of its pages."""
    return [
        PageRoute(one["path"], one["anonymous"], None if one["roles"] is None else tuple(one["roles"]))
        for one in told
        if one["path"] not in NO_PAGES
    ]
