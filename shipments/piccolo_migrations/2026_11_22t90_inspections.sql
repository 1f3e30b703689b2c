-- A projection: each inspection of a sample, as its records leave it. `sample` is drawn by `seed` from the population
-- of `population` dossiers whose sorted codes hash to `digest`, so that anybody can draw it again.
CREATE TABLE inspection (
    code text PRIMARY KEY,
    organisation text NOT NULL,
    inspector text NOT NULL,
    period_from date NOT NULL,
    period_to date NOT NULL,
    seed text NOT NULL,
    population integer NOT NULL,
    digest text NOT NULL,
    sample text[] NOT NULL,
    drawn_at timestamptz NOT NULL,
    drawn_by text,
    examined integer NOT NULL,
    agreeing integer NOT NULL,
    closed_at timestamptz,
    conclusion text
);

CREATE INDEX inspection_drawn ON inspection (drawn_at DESC, code DESC);
CREATE INDEX inspection_organisation ON inspection (organisation);

CREATE TABLE inspection_finding (
    row_id uuid PRIMARY KEY,
    inspection text NOT NULL,
    dossier text NOT NULL,
    at timestamptz NOT NULL,
    person text,
    checks jsonb NOT NULL,
    agrees boolean NOT NULL,
    remarked boolean NOT NULL
);

CREATE UNIQUE INDEX inspection_finding_one ON inspection_finding (inspection, dossier);

-- Free text of inspectors may name people: erasable, and only here. The ledger holds a commitment made with `salt`.
CREATE TABLE inspection_remark (
    row_id uuid PRIMARY KEY,
    inspection text NOT NULL,
    dossier text NOT NULL,
    remark text,
    salt bytea,
    created_at timestamptz NOT NULL,
    erased_at timestamptz
);

CREATE INDEX inspection_remark_dossier ON inspection_remark (dossier);

GRANT SELECT, INSERT, UPDATE, DELETE ON inspection, inspection_finding TO postal_app;
GRANT SELECT, INSERT, UPDATE ON inspection_remark TO postal_app;

INSERT INTO reason_code (code, applies_to, name_vi, name_en, valid_from) VALUES
    ('INSPECTION_AGREES', 'inspection', 'Sổ điện tử khớp hồ sơ giấy', 'The ledger agrees with the papers', '1990-01-01'),
    ('INSPECTION_REMEDY', 'inspection', 'Yêu cầu khắc phục', 'Remedies are demanded', '1990-01-01'),
    ('INSPECTION_REPORTED', 'inspection', 'Báo cáo, đề xuất xử lý với người đứng đầu',
     'Reported to the head with a proposal', '1990-01-01');
