-- What each dossier adds to the figures, so that it can be taken away again, and the sums by day and month. All are
-- functions of the rows of dossiers and of their clocks; nothing here depends on when or in what order they came.
CREATE TABLE figure_dossier (
    dossier text PRIMARY KEY,
    authority text NOT NULL,
    desk text NOT NULL,
    office text NOT NULL,
    procedure text NOT NULL,
    channel text NOT NULL CHECK (channel IN ('direct', 'online', 'post'))
);

CREATE INDEX figure_dossier_desk ON figure_dossier (desk);
CREATE INDEX figure_dossier_authority ON figure_dossier (authority);
CREATE INDEX figure_dossier_office ON figure_dossier (office);

CREATE TABLE figure_part (
    dossier text NOT NULL,
    measure text NOT NULL,
    ordinal integer NOT NULL,
    day date NOT NULL,
    holder text NOT NULL,
    n bigint NOT NULL CHECK (n > 0),
    bucket smallint NOT NULL CHECK (bucket >= 0),
    calendar_ms bigint NOT NULL CHECK (calendar_ms >= 0),
    working_ms bigint NOT NULL CHECK (working_ms >= 0),
    PRIMARY KEY (dossier, measure, ordinal)
);

-- From a figure to its dossiers, newest first.
CREATE INDEX figure_part_day ON figure_part (measure, day, dossier);

-- `cut` says by what is counted: 'all', 'authority', ..., or two of them joined by '+', in `value` and `second`. `bucket`
-- is 0 for counts; a row with a bucket counts the clocks whose length lies in it. A reader needs the index alone.
CREATE TABLE figure (
    cut text NOT NULL,
    grain text NOT NULL CHECK (grain IN ('day', 'month')),
    period date NOT NULL,
    measure text NOT NULL,
    value text NOT NULL,
    second text NOT NULL,
    bucket smallint NOT NULL CHECK (bucket >= 0),
    n bigint NOT NULL,
    calendar_ms bigint NOT NULL,
    working_ms bigint NOT NULL,
    PRIMARY KEY (cut, grain, period, measure, value, second, bucket) INCLUDE (n, calendar_ms, working_ms)
);

-- Days of the past whose figures changed since they were published; the next daily publication looks at them.
CREATE TABLE figure_changed_day (
    day date PRIMARY KEY,
    dossiers integer NOT NULL CHECK (dossiers >= 0)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON figure_dossier, figure_part, figure, figure_changed_day TO postal_app;
