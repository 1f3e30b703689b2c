-- Each notice ends in a state that says what became of it; the release before this one writes only some of them.
ALTER TABLE notification_notice DROP CONSTRAINT notification_notice_state_check;
ALTER TABLE notification_notice ADD CONSTRAINT notification_notice_state_check
    CHECK (state IN ('waiting', 'sending', 'sent', 'delivered', 'failed', 'withdrawn', 'expired'));

-- What a gateway or a mail server says later of what it took. Delivered and failed may both be said, in either order.
CREATE TABLE notification_report (
    notice uuid NOT NULL REFERENCES notification_notice ON DELETE RESTRICT,
    state text NOT NULL CHECK (state IN ('delivered', 'failed')),
    reason text NULL,
    at timestamptz NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (notice, state)
);

-- A member of staff who asks to be told by mail of what the desks where he or she works must act on. The subscription
-- (of no dossier) keeps state, address and link as those of citizens do.
CREATE TABLE notification_staff (
    subscription uuid PRIMARY KEY REFERENCES notification_subscription ON DELETE RESTRICT,
    person text NOT NULL,
    rhythm text NOT NULL CHECK (rhythm IN ('at_once', 'daily')),
    kinds text[] NOT NULL,
    quiet_from smallint NOT NULL CHECK (quiet_from BETWEEN 0 AND 23),
    quiet_until smallint NOT NULL CHECK (quiet_until BETWEEN 0 AND 23)
);
CREATE INDEX notification_staff_person ON notification_staff (person);

-- What there is to tell, once for each fact, until a notice takes it along.
CREATE TABLE notification_staff_fact (
    subscription uuid NOT NULL REFERENCES notification_staff ON DELETE RESTRICT,
    fact text NOT NULL,
    kind text NOT NULL,
    code text NOT NULL,
    at timestamptz NOT NULL,
    notice uuid NULL REFERENCES notification_notice ON DELETE RESTRICT,
    PRIMARY KEY (subscription, fact)
);
CREATE INDEX notification_staff_fact_untold ON notification_staff_fact (subscription) WHERE notice IS NULL;

GRANT SELECT, INSERT ON notification_report TO postal_app;
GRANT SELECT, INSERT, UPDATE ON notification_staff, notification_staff_fact TO postal_app;
