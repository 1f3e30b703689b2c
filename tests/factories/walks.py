"""What a walk over all routes must be told of each: whose things it shows, and what it must be sent."""

from tests.factories.dossiers import DESK

CALLER = "the caller's own organisation"

PUBLIC = {
    "/static/{file_path}",
    "/problems/{code}",
    "/published-reports/{code}",
    "/api/v1/procedures/{code}",
    "/api/v1/procedures/{code}/versions",
    "/api/v1/procedures/{code}/end",
    "/procedures/{code}",
    "/law/procedures/{code}",
    "/law/constants/{name}",
    "/api/v1/calendars/{code}/decisions",
    "/api/v1/calendars/{code}/decisions/{decision}/withdraw",
    "/api/v1/track/{code}",
    "/api/v1/statistics/{day}",
    "/api/v1/statistics/{day}/data.csv",
    "/statistics/{day}",
    "/t/{code}",
    "/scan/lists/{work}",
    "/t/l/{token}",
    "/t/l/{token}/data",
    "/t/l/{token}/notices",
    "/n/{token}",
}
"""Routes whose parameter names nothing that belongs to anybody, or that answer the anonymous with little."""

PUBLIC_WHEN_READ = {"/api/v1/organisations/{code}"}

THINGS = {
    "dossiers": "dossier",
    "nonconformities": "nonconformity",
    "items": "item",
    "pieces": "item",
    "bags": "item",
    "manifests": "manifest",
    "scan": "manifest",
    "trips": "trip",
    "subscriptions": "subscription",
    "orders": "order",
    "post": "order",
    "despatches": "despatch",
    "discrepancies": "discrepancy",
    "incidents": "incident",
    "claims": "claim",
    "files": "file",
    "receipts": "receipt",
    "fees": "fee",
    "ratings": "rated",
    "feedback": "feedback",
    "inspections": "inspection",
    "privacy-requests": "privacy_request",
    "people": "person",
    "devices": "device",
    "shifts": "shift",
    "keys": "key",
    "board": "discrepancy",
    "organisations": "organisation",
    "reports": "report",
    "epcis": "capture",
    "done": "batch",
    "deliveries": "delivery",
    "notices": "notice",
    "partners": "partner",
    "inbox": "message",
    "intake": "manifest",
    "imports": "import",
}
"""What the first word of a path names."""

BODIES = {
    "POST /api/v1/dossiers/{code}/events": {"kind": "received"},
    "POST /nonconformities/{code}": {"act": "action", "cause": "OTHER", "action": "Nhắc lại quy trình"},
    "POST /api/v1/nonconformities/{code}/assign": {"person": "nv-1"},
    "POST /api/v1/nonconformities/{code}/action": {"cause": "OTHER", "action": "Nhắc lại quy trình"},
    "POST /api/v1/nonconformities/{code}/close": {"effective": True},
    "POST /api/v1/nonconformities/{code}/publication": {"decision": "1/QĐ"},
    "POST /api/v1/people/{code}/assignments": {"role": "clerk", "organisation": CALLER},
    "POST /admin/people/{code}/assignments": {"role": "clerk", "organisation": CALLER, "valid_from": ""},
    "POST /admin/organisations/{code}/change": {"name": "Bưu cục", "calendar": "VN-HC"},
    "POST /admin/organisations/{code}/end": {"valid_to": "2026-12-31"},
    "POST /board/{discrepancy}/resolve": {"resolution": "found"},
    "PUT /api/v1/people/{code}/password": {"password": "một mật khẩu khác"},
    "PUT /api/v1/manifests/{code}/lines": {"lines": []},
    "POST /api/v1/incidents/{code}/reissue": {"paper": 1, "state": "delivered"},
    "POST /api/v1/incidents/{code}/payment": {"amount": 1},
    "POST /api/v1/incidents/{code}/close": {"outcome": "INCIDENT_FOUND"},
    "POST /api/v1/claims/{code}/answer": {"outcome": "CLAIM_GRANTED"},
    "POST /api/v1/discrepancies/{discrepancy}/resolve": {"resolution": "found"},
    "POST /api/v1/discrepancies/{discrepancy}/assign": {"organisation": CALLER},
    "POST /api/v1/discrepancies/{discrepancy}/evidence": {"seal": "NP-1"},
    "POST /api/v1/dossiers/{code}/papers/returned": {"lines": [1]},
    "POST /api/v1/dossiers/{code}/papers/{statement}/correct": {"reason": "WRONG_PAPER"},
    "POST /api/v1/dossiers/{code}/old-papers": {"papers": [{"kind": "old_licence"}]},
    "POST /api/v1/dossiers/{code}/old-papers/receive": {"papers": [{"kind": "old_licence"}]},
    "POST /api/v1/dossiers/{code}/old-papers/waive": {"kind": "old_licence", "reason": "OTHER"},
    "POST /api/v1/fees/{fee}/refund": {"amount": 1, "receipt": "PC-OF-A", "person": "p-of-a"},
    "POST /api/v1/fees/{fee}/correct": {"reason": "OTHER"},
    "POST /api/v1/fees/remittances/{remittance}/count": {"lines": []},
    "POST /api/v1/fees/remittances/{remittance}/settle": {"receipt": "BL-OF-A", "resolution": "accepted"},
    "POST /api/v1/feedback/{code}/assign": {"category": "delay"},
    "POST /api/v1/feedback/{code}/ask": {"text": "Ở đâu?"},
    "POST /api/v1/feedback/{code}/refuse": {"reason": "FEEDBACK_NOT_OURS"},
    "POST /api/v1/feedback/{code}/answer": {"outcome": "FEEDBACK_EXPLAINED", "text": "Đã rõ"},
    "POST /api/v1/feedback/{code}/publish": {"title": "A", "question": "B", "answer": "C"},
    "POST /api/v1/privacy-requests/{code}/verify": {"identity": "cccd"},
    "POST /api/v1/privacy-requests/{code}/refuse": {"reason": "PRIVACY_WITHDRAWN"},
    "POST /api/v1/privacy-requests/{code}/correct": {"name": "Ân"},
    "POST /api/v1/inspections/{code}/findings": {"dossier": "X", "checks": {"papers": True}},
    "POST /api/v1/inspections/{code}/close": {"conclusion": "INSPECTION_AGREES"},
    "POST /api/v1/deliveries/{delivery}/replay": {"reason": "fixed"},
    "POST /deliveries/{destination}/replay": {"reason": "fixed", "which": "dead"},
    "PATCH /api/v1/subscriptions/{id}": {"name": "Phần mềm"},
    "POST /api/v1/subscriptions/{id}/replay": {"since": "2026-11-20T00:00:00+07:00"},
    "POST /api/v1/subscriptions/{id}/enable": {"begin": "now"},
    "POST /subscriptions/{id}": {"act": "test"},
    "POST /api/v1/trips/{code}/load": {"bags": ["TUI-20261123-000000000"]},
    "POST /api/v1/trips/{code}/unload": {"bags": ["TUI-20261123-000000000"]},
    "PATCH /api/v1/partners/{partner}": {"name": "Phần mềm"},
    "POST /api/v1/partners/{partner}/secrets": {"direction": "inbound"},
    "POST /api/v1/partners/{partner}/portal": {"service": "DongBoHoSoMC", "data": []},
    "POST /partners/{partner}/change": {"name": "Phần mềm"},
    "POST /partners/{partner}/rotate": {"direction": "inbound", "hours": "1"},
    "POST /partners/{partner}/state": {"state": "paused", "why": "Bảo trì"},
    "POST /api/v1/partners/{partner}/end": {"why": "Hết hợp đồng"},
    "POST /api/v1/pieces/{code}/recall": {"voucher": "PG-1"},
    "POST /api/v1/pieces/{code}/redirect": {"destination": CALLER, "voucher": "PG-1"},
    "POST /api/v1/pieces/{code}/close": {"seal": "NP-1"},
    "POST /api/v1/pieces/{code}/inventory": {"found": [], "seal": "NP-2", "condition": "seal_broken"},
}
"""Bodies of unsafe routes that need one."""

QUERIES = {
    "PATCH /api/v1/files/uploads/{upload}": {"offset": 0},
    "GET /api/v1/reports/{code}/rows": {"measure": "accepted"},
    "GET /api/v1/register": {"desk": DESK, "period": "2026M11"},
    "GET /api/v1/register.pdf": {"desk": DESK, "period": "2026M11"},
    "GET /api/v1/register.xlsx": {"desk": DESK, "period": "2026M11"},
}
"""Queries of routes that need one."""

SAID = {
    "POST /api/v1/partners/{partner}/messages/{name}": ({"name": "portal.progress"}, {"Message-Id": "tin-2"}),
}
"""What stands in the path of a route where it names no thing, and the headers that it needs."""

KEEPING = {"/api/v1/partners/{partner}/messages/{name}", "/api/v1/partners/{partner}/portal"}
"""These judge any JSON by rules of their own, and most of it only after it was kept."""

SILENCING = {"/partners/{partner}/state", "/api/v1/partners/{partner}/end"}
"""After these a partner is not heard any more."""

OWN_BUSINESS = {
    "/api/v1/subscriptions/{id}",
    "/api/v1/subscriptions/{id}/deliveries",
    "/api/v1/imports/{job}",
    "/api/v1/imports/{job}/errors",
    "/api/v1/imports/{job}/errors/file",
    "/api/v1/inbox/{message}/content",
    "/api/v1/partners/{partner}/messages/{name}",
}
"""How an organisation's own programs are set up, and what they sent: no inspector's role opens it; the ledger does."""


def said_at(method, path):
    """Give what stands in the path of a route where it names no thing, and the headers that it needs."""
    return SAID.get(f"{method} {path}", ({}, {}))
