-- Orders to collect at home: a projection of the ledger, without anything about a person.
CREATE TABLE post_order (
    code text PRIMARY KEY,
    partner text NOT NULL,
    number text NOT NULL,
    version integer NOT NULL,
    state smallint NOT NULL CHECK (state BETWEEN 0 AND 4),
    office text NOT NULL,
    agency text NOT NULL,
    dossier text NULL,
    item text NULL,
    cod bigint NOT NULL CHECK (cod >= 0),
    courier text NULL,
    reason text NULL,
    registered_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX post_order_number ON post_order (partner, number);
CREATE INDEX post_order_office ON post_order (office, state, registered_at, code);
CREATE INDEX post_order_agency ON post_order (agency, state, registered_at, code);
CREATE INDEX post_order_item ON post_order (item) WHERE item IS NOT NULL;
CREATE INDEX post_order_dossier ON post_order (dossier) WHERE dossier IS NOT NULL;

-- What each version of an order says of people: apart from the ledger, which holds a salted commitment to it; erasable.
CREATE TABLE post_order_form (
    code text NOT NULL,
    version integer NOT NULL,
    digest bytea NULL,
    salt bytea NULL,
    form jsonb NULL,
    made_at timestamptz NOT NULL,
    erased_at timestamptz NULL,
    PRIMARY KEY (code, version)
);

-- Each event that a partner told of, by its own numbering, whether we could make a scan of it or not.
CREATE TABLE post_event (
    partner text NOT NULL,
    journal text NOT NULL,
    sequence bigint NOT NULL,
    digest bytea NOT NULL,
    scan uuid NULL,
    outcome text NOT NULL CHECK (outcome IN ('scanned', 'kept', 'refused')),
    code text NOT NULL,
    event jsonb NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (partner, journal, sequence)
);

-- How far our own numbering of the events that a partner is told of has come.
CREATE TABLE post_journal (
    partner text PRIMARY KEY,
    journal text NOT NULL,
    last bigint NOT NULL CHECK (last >= 0)
);

-- Numbers of the reasons of an unsuccessful delivery, dated. Those of the UPU were not found: these are configured.
CREATE TABLE post_reason (
    number text NOT NULL CHECK (number ~ '^[0-9]{2,3}$'),
    reason text NOT NULL CHECK (reason ~ '^[a-z0-9_.]{1,64}$'),
    action text NOT NULL CHECK (action IN ('1', '2', '3', '4')),
    name_vi text NOT NULL,
    name_en text NOT NULL,
    valid_from date NOT NULL,
    valid_to date NULL,
    status text NOT NULL CHECK (status IN ('found', 'configured', 'test')),
    PRIMARY KEY (number, valid_from)
);
INSERT INTO post_reason (number, reason, action, name_vi, name_en, valid_from, status)
VALUES
    ('10', 'wrong_address', '3', 'Sai địa chỉ', 'Wrong address', '2025-07-01', 'configured'),
    ('11', 'nobody_home', '1', 'Không có người nhận ở nhà', 'Nobody at home', '2025-07-01', 'configured'),
    ('12', 'appointment', '1', 'Người nhận hẹn lại', 'The recipient asked for another time', '2025-07-01', 'configured'),
    ('13', 'refused', '4', 'Từ chối nhận', 'Refused', '2025-07-01', 'configured'),
    ('14', 'moved', '3', 'Chuyển nơi ở', 'Moved away', '2025-07-01', 'configured'),
    ('15', 'no_identity', '2', 'Không xuất trình giấy tờ', 'Showed no paper', '2025-07-01', 'configured'),
    ('16', 'no_authorisation', '2', 'Người nhận thay không có giấy ủy quyền', 'The proxy had no authorisation',
     '2025-07-01', 'configured'),
    ('17', 'unpaid', '2', 'Không nộp phí', 'Did not pay', '2025-07-01', 'configured'),
    ('18', 'disaster', '1', 'Thiên tai, giao thông', 'Disaster or traffic', '2025-07-01', 'configured'),
    ('19', 'old_papers_missing', '2', 'Giấy tờ cần thu hồi chưa có', 'Old papers were not there', '2025-07-01',
     'configured'),
    ('99', 'other', '1', 'Lý do khác', 'Another reason', '2025-07-01', 'configured');

GRANT SELECT, INSERT, UPDATE, DELETE ON post_order TO postal_app;
GRANT SELECT, INSERT, UPDATE ON post_order_form, post_event, post_journal TO postal_app;
GRANT SELECT ON post_reason TO postal_app;
