-- How far each lane of a prefix has come. The lanes share the counters of a prefix among themselves, from the highest
-- down, while the release before counts from 0 up. Whoever takes a lane has it to himself until he commits.
CREATE TABLE serial_lane (
    prefix text NOT NULL,
    lane smallint NOT NULL CHECK (lane >= 0),
    era integer NOT NULL,
    turn integer NOT NULL CHECK (turn >= 0),
    PRIMARY KEY (prefix, lane)
);

GRANT SELECT, INSERT, UPDATE ON serial_lane TO postal_app;
