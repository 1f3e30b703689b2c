-- Who asked to be told of a dossier. The address stands apart, sealed, so that it can be erased; here is a keyed digest
-- by which the same address is known again. The token of the link in each notice is kept as a hash alone.
CREATE TABLE notification_subscription (
    id uuid PRIMARY KEY,
    dossier text NOT NULL,
    channel text NOT NULL CHECK (channel IN ('email', 'webhook', 'sms', 'zalo')),
    language text NOT NULL CHECK (language IN ('vi', 'en')),
    state text NOT NULL CHECK (state IN ('pending', 'active', 'ended')),
    address_digest bytea NOT NULL,
    token_hash bytea NOT NULL UNIQUE,
    made_at timestamptz NOT NULL,
    confirmed_at timestamptz NULL,
    ended_at timestamptz NULL,
    ended_why text NULL
);
CREATE UNIQUE INDEX notification_subscription_once ON notification_subscription (dossier, channel, address_digest)
    WHERE state <> 'ended';
CREATE INDEX notification_subscription_dossier ON notification_subscription (dossier);

CREATE TABLE notification_address (
    subscription uuid PRIMARY KEY REFERENCES notification_subscription ON DELETE RESTRICT,
    sealed bytea NOT NULL
);

-- What is to be told, once for each fact, and what became of it. This is an outbox of its own: a dialogue with a mail
-- server may take longer than a message of the outbox may run. `facts` holds instants and numbers, nothing personal.
CREATE TABLE notification_notice (
    id uuid PRIMARY KEY,
    subscription uuid NOT NULL REFERENCES notification_subscription ON DELETE RESTRICT,
    fact text NOT NULL,
    kind text NOT NULL,
    facts jsonb NOT NULL,
    at timestamptz NOT NULL,
    made_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'failed', 'withdrawn')),
    attempts integer NOT NULL CHECK (attempts >= 0),
    leased_until timestamptz NULL,
    ended_at timestamptz NULL,
    UNIQUE (subscription, fact)
);
CREATE INDEX notification_notice_due ON notification_notice (due_at) WHERE state IN ('waiting', 'sending');
CREATE INDEX notification_notice_failed ON notification_notice (ended_at DESC) WHERE state = 'failed';

-- Each try. Without an end nobody knows whether it arrived: its worker was killed between sending and noting.
CREATE TABLE notification_attempt (
    notice uuid NOT NULL REFERENCES notification_notice ON DELETE RESTRICT,
    number integer NOT NULL CHECK (number > 0),
    began_at timestamptz NOT NULL,
    ended_at timestamptz NULL,
    outcome text NULL CHECK (outcome IN ('sent', 'later', 'refused', 'unknown')),
    answer text NULL,
    PRIMARY KEY (notice, number)
);

-- How far the feed was read for facts to tell.
CREATE TABLE notification_cursor (
    "only" boolean PRIMARY KEY DEFAULT true CHECK ("only"),
    cursor jsonb NOT NULL
);

GRANT SELECT, INSERT, UPDATE ON notification_subscription, notification_notice, notification_attempt,
    notification_cursor TO postal_app;
GRANT SELECT, INSERT, DELETE ON notification_address TO postal_app;
