-- Projections of the records about money. Amounts are whole đồng.
CREATE TABLE fee_entry (
    id uuid PRIMARY KEY,
    account text NOT NULL,
    organisation text NOT NULL,
    person text NOT NULL,
    day date NOT NULL,
    kind text NOT NULL CHECK (kind IN ('fee.collected', 'fee.refunded')),
    at timestamptz NOT NULL,
    dossier text NOT NULL,
    line text NOT NULL CHECK (line IN ('fee', 'charge', 'fare')),
    channel text NOT NULL CHECK (channel IN ('cash', 'transfer', 'online')),
    amount bigint NOT NULL CHECK (amount > 0),
    receipt text NOT NULL,
    fee uuid,
    reason text,
    void_by uuid
);

CREATE INDEX fee_entry_dossier ON fee_entry (dossier);
CREATE INDEX fee_entry_account ON fee_entry (account);
CREATE INDEX fee_entry_newest ON fee_entry (organisation, at DESC, id DESC);
CREATE INDEX fee_entry_receipt ON fee_entry (organisation, receipt);
CREATE INDEX fee_entry_refunds ON fee_entry (fee) WHERE fee IS NOT NULL;

CREATE TABLE fee_account (
    code text PRIMARY KEY,
    organisation text NOT NULL,
    person text NOT NULL,
    day date NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'closed', 'reopened')),
    figures jsonb NOT NULL,
    channels jsonb NOT NULL,
    flags text[] NOT NULL,
    closing jsonb,
    late uuid[] NOT NULL
);

CREATE INDEX fee_account_day ON fee_account (organisation, day, person);

CREATE TABLE remittance (
    code text PRIMARY KEY,
    organisation text NOT NULL,
    person text NOT NULL,
    receiver text NOT NULL,
    channel text NOT NULL CHECK (channel IN ('cash', 'transfer', 'online')),
    at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('handed', 'counted', 'differing', 'settled', 'withdrawn')),
    counted_at timestamptz,
    amount bigint NOT NULL,
    counted bigint NOT NULL
);

CREATE INDEX remittance_giver ON remittance (organisation, at DESC, code DESC);
CREATE INDEX remittance_receiver ON remittance (receiver, at DESC, code DESC);

CREATE TABLE remittance_line (
    remittance text NOT NULL,
    n integer NOT NULL,
    receipt text NOT NULL,
    fee uuid,
    account text NOT NULL,
    amount bigint NOT NULL,
    counted bigint NOT NULL,
    line_class text NOT NULL
        CHECK (line_class IN ('awaiting', 'matched', 'short', 'over', 'missing', 'unknown', 'twice')),
    owner text,
    resolution text,
    PRIMARY KEY (remittance, n)
);

CREATE INDEX remittance_line_fee ON remittance_line (fee) WHERE fee IS NOT NULL;

GRANT SELECT, INSERT, UPDATE, DELETE ON fee_entry, fee_account, remittance, remittance_line TO postal_app;
