CREATE TABLE administrative_unit (
    code text PRIMARY KEY,
    province_code text REFERENCES administrative_unit ON DELETE RESTRICT,
    name text NOT NULL,
    search_key text NOT NULL,
    type text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    citation text NOT NULL,
    CHECK (valid_to > valid_from)
);

CREATE INDEX administrative_unit_province ON administrative_unit (province_code);

CREATE TABLE organisation (
    code text PRIMARY KEY CHECK (code ~ '^[A-Z0-9][A-Z0-9.\-]{1,34}$' AND code <> 'CITIZEN'),
    name text NOT NULL,
    search_key text NOT NULL,
    kind text NOT NULL
        CHECK (kind IN ('post_office', 'hub', 'carrier', 'desk', 'unit', 'authority', 'ministry')),
    level text NOT NULL CHECK (level IN ('central', 'province', 'commune')),
    parent text REFERENCES organisation ON DELETE RESTRICT CHECK (parent <> code),
    unit_code text REFERENCES administrative_unit ON DELETE RESTRICT,
    calendar text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    successor text REFERENCES organisation ON DELETE RESTRICT CHECK (successor <> code),
    address_public text,
    CHECK (valid_to > valid_from),
    CHECK (successor IS NULL OR valid_to IS NOT NULL)
);

CREATE INDEX organisation_parent ON organisation (parent);
CREATE INDEX organisation_successor ON organisation (successor) WHERE successor IS NOT NULL;

GRANT SELECT ON administrative_unit TO postal_app;
GRANT SELECT, INSERT, UPDATE ON organisation TO postal_app;
