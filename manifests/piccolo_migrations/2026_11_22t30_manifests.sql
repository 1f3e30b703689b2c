-- Drafts stand here alone. What is sealed is a copy of the ledger's records, written by the projector, so that
-- `postal rebuild` restores it; it is not truncated, because drafts share the table and its one-open-manifest rule.
CREATE TABLE manifest (
    code text PRIMARY KEY,
    state text NOT NULL CHECK (
        state IN ('draft', 'sealed', 'dispatched', 'receiving', 'reconciled', 'closed', 'cancelled')
    ),
    giver text NOT NULL,
    receiver text NOT NULL CHECK (receiver <> giver),
    carrier text,
    route text,
    cut_off timestamptz,
    note text,
    created_at timestamptz NOT NULL,
    sealed_at timestamptz,
    dispatched_at timestamptz,
    receiving_at timestamptz,
    reconciled_at timestamptz,
    closed_at timestamptz,
    cancelled_at timestamptz,
    digest text CHECK (digest ~ '^[0-9a-f]{64}$'),
    CHECK ((sealed_at IS NULL) = (digest IS NULL))
);

CREATE INDEX manifest_giver ON manifest (giver, created_at, code);
CREATE INDEX manifest_receiver ON manifest (receiver, created_at, code);
CREATE INDEX manifest_carrier ON manifest (carrier, created_at, code) WHERE carrier IS NOT NULL;

CREATE TABLE manifest_line (
    manifest text NOT NULL REFERENCES manifest ON DELETE RESTRICT,
    n integer NOT NULL CHECK (n > 0),
    piece text NOT NULL,
    open boolean NOT NULL,
    PRIMARY KEY (manifest, n),
    UNIQUE (manifest, piece)
);

-- A piece is on at most one open manifest, however many write at once.
CREATE UNIQUE INDEX manifest_line_open ON manifest_line (piece) WHERE open;
CREATE INDEX manifest_line_piece ON manifest_line (piece);

-- A projection: the pieces that were scanned under a manifest, on its list or not.
CREATE TABLE manifest_scan (
    manifest text NOT NULL,
    piece text NOT NULL,
    PRIMARY KEY (manifest, piece)
);

CREATE INDEX manifest_scan_piece ON manifest_scan (piece);

GRANT SELECT, INSERT, UPDATE, DELETE ON manifest, manifest_line, manifest_scan TO postal_app;

INSERT INTO rule_constant (name, value, valid_from, citation, status) VALUES
    ('reconciliation.waiting_hours', '72', '1990-01-01',
     'Chờ thiết bị chưa đồng bộ: ba ngày kể từ khi bắt đầu nhận', 'configured'),
    ('discrepancy.deadline_days', '3', '1990-01-01',
     'Bên phải trả lời giải trình chênh lệch trong ba ngày làm việc', 'configured');
