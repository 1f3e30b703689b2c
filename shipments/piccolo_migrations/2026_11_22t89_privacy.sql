-- A projection: each request of a data subject about a dossier, folded from its records. Limits are those reckoned
-- when it came in. Who asks is whom the dossier names, so nothing personal stands here.
CREATE TABLE privacy_request (
    code text PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('access', 'correction', 'erasure')),
    dossier text NOT NULL,
    organisation text NOT NULL,
    state text NOT NULL CHECK (state IN ('received', 'verified', 'done', 'partly', 'refused')),
    received_at timestamptz NOT NULL,
    reply_due timestamptz NOT NULL,
    due timestamptz NOT NULL,
    verified_at timestamptz,
    ended_at timestamptz,
    identity text,
    reason text,
    person text,
    late text[] NOT NULL,
    flags text[] NOT NULL
);

CREATE INDEX privacy_request_received ON privacy_request (received_at DESC, code DESC);
CREATE INDEX privacy_request_dossier ON privacy_request (dossier);
CREATE INDEX privacy_request_open ON privacy_request (due) WHERE state IN ('received', 'verified');

GRANT SELECT, INSERT, UPDATE, DELETE ON privacy_request TO postal_app;

-- A stored answer may say who somebody is: it is replaced by one that says that it was erased.
GRANT UPDATE (status, headers, body, fingerprint) ON idempotency_key TO postal_app;

INSERT INTO reason_code (code, applies_to, name_vi, name_en, valid_from) VALUES
    ('PRIVACY_NOT_IDENTIFIED', 'privacy', 'Không xác minh được người yêu cầu',
     'Who asks could not be identified', '2026-01-01'),
    ('PRIVACY_NOT_THE_SUBJECT', 'privacy', 'Người yêu cầu không phải chủ thể dữ liệu, không có ủy quyền',
     'Who asks is not the person concerned and has no authority', '2026-01-01'),
    ('PRIVACY_KEPT_BY_LAW', 'privacy', 'Chưa hết thời hạn lưu trữ theo quy định',
     'The law still demands that it is kept', '2026-01-01'),
    ('PRIVACY_NOTHING_HELD', 'privacy', 'Không lưu giữ dữ liệu nào của người này',
     'Nothing about this person is held', '2026-01-01'),
    ('PRIVACY_WITHDRAWN', 'privacy', 'Người yêu cầu rút lại', 'Withdrawn by who asked', '2026-01-01');
