-- A short PIN by which a person confirms a handover on a screen that the other side is signed in on. It opens no session
-- and is good for nothing else; after some wrong ones in a row it is dead until its owner sets another.
CREATE TABLE counter_pin (
    person text PRIMARY KEY REFERENCES person (code),
    pin_hash text NOT NULL,
    set_at timestamptz NOT NULL,
    failures integer NOT NULL DEFAULT 0
);

GRANT SELECT, INSERT, UPDATE, DELETE ON counter_pin TO postal_app;
