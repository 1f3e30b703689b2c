-- A projection: what the first registration of each piece said.
CREATE TABLE piece (
    code text PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('dossier', 'result', 'item', 'bag')),
    registered_at timestamptz NOT NULL,
    registered_by text NULL,
    origin text NOT NULL,
    destination text NOT NULL,
    authority text NULL,
    direction text NULL CHECK (direction IN ('inbound', 'outbound')),
    dossiers text[] NOT NULL,
    service text NULL
);

CREATE INDEX piece_registered ON piece (registered_at, code);
CREATE INDEX piece_dossiers ON piece USING gin (dossiers) WHERE dossiers <> '{}';

-- Where each prefix stands in its permutation. A serial is given out once, whether or not its piece came to be.
CREATE TABLE serial_counter (
    prefix text PRIMARY KEY,
    next_counter bigint NOT NULL CHECK (next_counter >= 0)
);

-- What an office gave out on a day, so that no two of its codes of that day are one digit apart.
CREATE TABLE serial_given (
    prefix text NOT NULL,
    serial integer NOT NULL CHECK (serial BETWEEN 0 AND 99999999),
    office text NOT NULL,
    day date NOT NULL,
    PRIMARY KEY (prefix, serial)
);

CREATE INDEX serial_given_office_day ON serial_given (office, day);

GRANT SELECT, INSERT, UPDATE, DELETE ON piece TO postal_app;
GRANT SELECT, INSERT, UPDATE ON serial_counter TO postal_app;
GRANT SELECT, INSERT ON serial_given TO postal_app;
