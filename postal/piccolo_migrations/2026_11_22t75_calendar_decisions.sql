-- What a later decision makes of single days. The calendar before it is never overwritten: a version of a calendar is its
-- rows and the first so many decisions on it or on its base, in the order in which they were entered.
CREATE TABLE calendar_decision (
    id uuid PRIMARY KEY,
    calendar text NOT NULL REFERENCES calendar (code) ON DELETE RESTRICT,
    number text NOT NULL CHECK (number <> ''),
    decided_on date NOT NULL,
    title text NOT NULL CHECK (title <> ''),
    status text NOT NULL CHECK (status IN ('found', 'configured', 'test')),
    entered_at timestamptz NOT NULL,
    entered_by text NOT NULL,
    organisation text NULL,
    UNIQUE (calendar, number),
    UNIQUE (calendar, entered_at)
);
COMMENT ON COLUMN calendar_decision.number IS 'as printed, for example 8726/TB-BNV';
COMMENT ON COLUMN calendar_decision.entered_by IS 'the code of the person or key';

CREATE TABLE calendar_decision_day (
    decision uuid NOT NULL REFERENCES calendar_decision (id) ON DELETE RESTRICT,
    day date NOT NULL,
    change text NOT NULL CHECK (change IN ('off', 'work', 'hours')),
    as_weekday int2 NULL CHECK (as_weekday BETWEEN 0 AND 6),
    opens int2[] NULL,
    closes int2[] NULL,
    name text NOT NULL CHECK (name <> ''),
    PRIMARY KEY (decision, day),
    CHECK ((change = 'hours') = (opens IS NOT NULL AND closes IS NOT NULL)),
    CHECK (cardinality(opens) = cardinality(closes))
);
COMMENT ON COLUMN calendar_decision_day.opens IS 'minutes of the civil day, where the day has hours of its own';

GRANT SELECT, INSERT ON calendar_decision, calendar_decision_day TO postal_app;
