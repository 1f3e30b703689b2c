-- The clocks of each dossier as its rows give them. Nothing here depends on when it was computed: an open clock has
-- neither length nor verdict; whoever asks compares its due instant with the present.
CREATE TABLE dossier_clock (
    dossier text NOT NULL,
    clock text NOT NULL CHECK (clock IN ('C1', 'C2', 'C3', 'C4', 'C5', 'C6', 'C7')),
    ordinal integer NOT NULL,
    party text NULL,
    step text NULL,
    authority text NOT NULL,
    desk text NOT NULL,
    office text NULL,
    procedure text NOT NULL,
    route text NULL,
    month text NOT NULL,
    calendar text NOT NULL,
    started_at timestamptz NOT NULL,
    stopped_at timestamptz NULL,
    calendar_us bigint NULL CHECK (calendar_us >= 0),
    working_us bigint NULL CHECK (working_us BETWEEN 0 AND calendar_us),
    due timestamptz NULL,
    due_extended timestamptz NULL,
    verdict text NULL CHECK (verdict IN ('early', 'on_time', 'late', 'undecided')),
    verdict_extended text NULL CHECK (verdict_extended IN ('early', 'on_time', 'late', 'undecided')),
    PRIMARY KEY (dossier, clock, ordinal)
);

CREATE INDEX dossier_clock_started ON dossier_clock (clock, started_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON dossier_clock TO postal_app;
