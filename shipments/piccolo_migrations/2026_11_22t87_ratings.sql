-- A projection: the rating of each dossier that stands. Who served is what was known when it was given.
CREATE TABLE rating (
    dossier text PRIMARY KEY,
    row_id uuid NOT NULL,
    score text NOT NULL CHECK (score IN ('satisfied', 'neutral', 'dissatisfied')),
    attitude text CHECK (attitude IN ('satisfied', 'neutral', 'dissatisfied')),
    given_at timestamptz NOT NULL,
    first_at timestamptz NOT NULL,
    revisions integer NOT NULL CHECK (revisions >= 0),
    noted boolean NOT NULL,
    authority text NOT NULL,
    desk text,
    office text,
    deliverer text,
    courier text,
    officer text,
    procedure text NOT NULL,
    delivered_at timestamptz
);

CREATE INDEX rating_given ON rating (given_at DESC, dossier DESC);
CREATE INDEX rating_authority ON rating (authority, given_at);
CREATE INDEX rating_office ON rating (office, given_at);

-- Personal data: erasable, and only here. The ledger holds a commitment made with `salt`, by the row of the rating.
CREATE TABLE rating_note (
    row_id uuid PRIMARY KEY,
    dossier text NOT NULL,
    note text,
    salt bytea,
    created_at timestamptz NOT NULL,
    erased_at timestamptz
);

CREATE INDEX rating_note_dossier ON rating_note (dossier);

GRANT SELECT, INSERT, UPDATE, DELETE ON rating TO postal_app;
GRANT SELECT, INSERT, UPDATE ON rating_note TO postal_app;

INSERT INTO rule_constant (name, value, valid_from, citation, status) VALUES
    ('rating.replace_days', '30', '2018-01-01', 'Cấu hình: số ngày được đánh giá lại, kể từ lần đánh giá đầu',
     'configured');
