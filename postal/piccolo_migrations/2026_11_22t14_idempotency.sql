CREATE TABLE idempotency_key (
    actor text NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    status int2 NOT NULL,
    headers jsonb NOT NULL,
    body bytea NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (actor, key)
);

CREATE INDEX idempotency_key_created_at ON idempotency_key (created_at);

GRANT SELECT, INSERT, DELETE ON idempotency_key TO postal_app;
