-- Made anew each day from dossier_clock: the working microseconds of the latest finished clocks, ascending, and how many
-- of the intervals told when they began held their end. No procedure ('') is all of them, weekday 7 any.
CREATE TABLE estimate_history (
    clock text NOT NULL,
    route text NOT NULL,
    procedure text NOT NULL,
    weekday smallint NOT NULL CHECK (weekday BETWEEN 0 AND 7),
    spans bigint[] NOT NULL,
    judged integer NOT NULL CHECK (judged >= 0),
    inside integer NOT NULL CHECK (inside BETWEEN 0 AND judged),
    day date NOT NULL,
    PRIMARY KEY (clock, route, procedure, weekday)
);

-- One row a day on which histories were made: what they were and by which terms, and the coverage over all routes.
CREATE TABLE estimate_run (
    day date PRIMARY KEY,
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    confidence_percent integer NOT NULL CHECK (confidence_percent BETWEEN 1 AND 99),
    least integer NOT NULL CHECK (least > 0),
    judged bigint NOT NULL CHECK (judged >= 0),
    inside bigint NOT NULL CHECK (inside BETWEEN 0 AND judged)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON estimate_history, estimate_run TO postal_app;

INSERT INTO rule_constant (name, value, valid_from, citation, status) VALUES
    ('estimate.confidence_percent', '80', '1990-01-01',
     'Ước tính ngày đến được cấu hình: khoảng chứa 80% các lần trước', 'configured'),
    ('estimate.least', '30', '1990-01-01',
     'Dưới 30 lần trước thì không ước tính', 'configured'),
    ('estimate.most', '400', '1990-01-01',
     'Ước tính theo nhiều nhất 400 lần gần nhất', 'configured'),
    ('estimate.days', '365', '1990-01-01',
     'Ước tính theo một năm gần nhất', 'configured');
