-- A projection: the case of each dossier, folded from its events.
CREATE TABLE dossier (
    code text PRIMARY KEY,
    procedure text NOT NULL,
    procedure_version integer NULL,
    authority text NOT NULL,
    desk text NOT NULL,
    office text NULL,
    service_mode text NOT NULL CHECK (service_mode IN ('submit', 'return', 'both')),
    registered_at timestamptz NOT NULL,
    registered_by text NULL,
    status smallint NOT NULL CHECK (status BETWEEN 1 AND 10),
    due_first timestamptz NULL,
    due_now timestamptz NULL,
    received_at timestamptz NULL,
    completed_at timestamptz NULL,
    result_at_desk_at timestamptz NULL,
    ended_at timestamptz NULL,
    closed_at timestamptz NULL,
    withdrawn boolean NOT NULL,
    unit text NULL,
    supplements integer NOT NULL,
    extensions integer NOT NULL,
    flags text[] NOT NULL,
    source text NULL
);

CREATE INDEX dossier_registered ON dossier (registered_at DESC, code DESC);
CREATE INDEX dossier_open_due ON dossier (due_now) WHERE ended_at IS NULL;
CREATE INDEX dossier_desk ON dossier (desk, registered_at DESC);

-- Personal data: erasable, and only here. The ledger holds commitments made with `salt`.
CREATE TABLE applicant (
    dossier text PRIMARY KEY,
    name text NULL,
    phone text NULL,
    address text NULL,
    email text NULL,
    identity_type text NULL,
    identity_number text NULL,
    salt bytea NULL,
    created_at timestamptz NOT NULL,
    erased_at timestamptz NULL
);

CREATE TABLE document_line (
    dossier text NOT NULL,
    number smallint NOT NULL CHECK (number > 0),
    name text NULL,
    form text NOT NULL CHECK (form IN ('original', 'copy', 'electronic')),
    copies integer NOT NULL CHECK (copies > 0),
    sheets integer NOT NULL CHECK (sheets > 0),
    to_return boolean NOT NULL,
    PRIMARY KEY (dossier, number)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON dossier TO postal_app;
GRANT SELECT, INSERT, UPDATE ON applicant TO postal_app;
GRANT SELECT, INSERT, UPDATE ON document_line TO postal_app;
