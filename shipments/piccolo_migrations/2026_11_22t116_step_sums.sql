-- What the steps of each finished case add, so that it can be taken away again, and their sums by month of the case's
-- end. Both are functions of the rows of dossiers; nothing here depends on when or in what order they came.
--
-- `number` is that of the planned step, 0 for one that the process does not name, and -1 for the case itself, which is
-- counted so. What is unknown is empty, or 0 for a version.
CREATE TABLE step_part (
    dossier text NOT NULL,
    ordinal integer NOT NULL,
    authority text NOT NULL,
    desk text NOT NULL,
    unit text NOT NULL,
    procedure text NOT NULL,
    version integer NOT NULL,
    ended_at timestamptz NOT NULL,
    month date NOT NULL,
    number smallint NOT NULL CHECK (number >= -1),
    name text NOT NULL,
    party text NOT NULL,
    bucket smallint NOT NULL CHECK (bucket >= 0),
    waiting_us bigint NOT NULL CHECK (waiting_us >= 0),
    worked_us bigint NOT NULL CHECK (worked_us >= 0),
    exceeded smallint NOT NULL CHECK (exceeded IN (0, 1)),
    unseen smallint NOT NULL CHECK (unseen IN (0, 1)),
    PRIMARY KEY (dossier, ordinal)
);

-- From a sum to the steps that took too long, newest first, for each side of a case.
CREATE INDEX step_part_exceeded ON step_part (ended_at, dossier, ordinal) WHERE exceeded = 1;
CREATE INDEX step_part_authority ON step_part (authority, ended_at, dossier, ordinal) WHERE exceeded = 1;
CREATE INDEX step_part_desk ON step_part (desk, ended_at, dossier, ordinal) WHERE exceeded = 1;
CREATE INDEX step_part_unit ON step_part (unit, ended_at, dossier, ordinal) WHERE exceeded = 1;

-- A row whose authority, desk, unit and party are all empty counts the whole country: who reads everything reads these,
-- which do not grow with the network. `bucket` is that of a step's length; the rows of all buckets make the sum.
CREATE TABLE step_sum (
    month date NOT NULL,
    authority text NOT NULL,
    desk text NOT NULL,
    unit text NOT NULL,
    procedure text NOT NULL,
    version integer NOT NULL,
    number smallint NOT NULL,
    name text NOT NULL,
    party text NOT NULL,
    bucket smallint NOT NULL,
    n bigint NOT NULL CHECK (n >= 0),
    waiting_us bigint NOT NULL,
    worked_us bigint NOT NULL,
    exceeded bigint NOT NULL,
    unseen bigint NOT NULL,
    PRIMARY KEY (authority, month, desk, unit, procedure, version, number, name, party, bucket)
);

CREATE INDEX step_sum_desk ON step_sum (desk, month);
CREATE INDEX step_sum_unit ON step_sum (unit, month);

GRANT SELECT, INSERT, UPDATE, DELETE ON step_part, step_sum TO postal_app;
