-- A projection of records: what did not go as the process says, who owns it, why, what was done.
CREATE TABLE nonconformity (
    code text PRIMARY KEY,
    dossier text NOT NULL,
    span integer CHECK (span >= 0),
    step integer CHECK (step > 0),
    procedure text NOT NULL,
    authority text NOT NULL,
    unit text,
    origin text NOT NULL CHECK (origin IN ('hand', 'step')),
    hours_allowed integer CHECK (hours_allowed > 0),
    working_us bigint CHECK (working_us >= 0),
    opened_at timestamptz NOT NULL,
    opened_by text NOT NULL,
    owner text NOT NULL,
    owner_person text,
    cause text,
    action_row uuid,
    acted_at timestamptz,
    state text NOT NULL CHECK (state IN ('open', 'acted', 'closed')),
    closed_at timestamptz,
    effective boolean,
    published_at timestamptz,
    published_by text,
    publication text
);
COMMENT ON COLUMN nonconformity.span IS 'the ordinal of the clock C4 that it is about; NULL: about the case as a whole';
COMMENT ON COLUMN nonconformity.publication IS 'the number of the decision by which a person had it published';

CREATE INDEX nonconformity_newest ON nonconformity (opened_at DESC, code DESC);
CREATE INDEX nonconformity_authority ON nonconformity (authority, opened_at);
CREATE INDEX nonconformity_dossier ON nonconformity (dossier, span);

-- Free text: erasable, and only here. The ledger holds a commitment made with `salt`.
CREATE TABLE nonconformity_note (
    row uuid PRIMARY KEY,
    code text NOT NULL,
    salt bytea,
    note text,
    created_at timestamptz NOT NULL
);

CREATE INDEX nonconformity_note_code ON nonconformity_note (code);

GRANT SELECT, INSERT, UPDATE, DELETE ON nonconformity TO postal_app;
GRANT SELECT, INSERT, UPDATE ON nonconformity_note TO postal_app;

INSERT INTO reason_code (code, applies_to, name_vi, name_en, valid_from) VALUES
    ('STEP_OVER_TIME', 'nonconformity', 'Bước xử lý quá thời gian quy định', 'The step took longer than its hours',
     '2018-06-21'),
    ('STEP_SKIPPED', 'nonconformity', 'Bỏ qua bước của quy trình', 'A step of the process was left out', '2018-06-21'),
    ('EXTRA_PAPERS', 'nonconformity', 'Yêu cầu giấy tờ ngoài thành phần hồ sơ', 'Papers beyond the list were asked for',
     '2018-06-21'),
    ('WRONG_RESULT', 'nonconformity', 'Kết quả sai, phải sửa', 'The result was wrong', '2018-06-21'),
    ('RECORD_MISSING', 'nonconformity', 'Không ghi nhận theo quy trình', 'It was not recorded', '2018-06-21');
