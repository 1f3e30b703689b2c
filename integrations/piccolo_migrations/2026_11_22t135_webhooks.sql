-- A program of an organisation that is called with what happens. Its id is that of its destination of deliveries, and
-- its follower of the feed is called `webhook:<id>`. `wanted` are its filters, `replay` what it has asked to be sent
-- again and how far that goes. One that was deleted keeps its row, since deliveries name it.
CREATE TABLE webhook_subscription (
    id uuid PRIMARY KEY,
    organisation text NOT NULL,
    name text NOT NULL,
    url text NOT NULL,
    wanted jsonb NOT NULL,
    state text NOT NULL CHECK (state IN ('active', 'disabled', 'deleted')),
    why text NULL CHECK (why IN ('person', 'gone', 'failing')),
    state_at timestamptz NOT NULL,
    made_at timestamptz NOT NULL,
    failing_since timestamptz NULL,
    replay jsonb NULL,
    CHECK ((state = 'disabled') = (why IS NOT NULL))
);
CREATE INDEX webhook_subscription_organisation ON webhook_subscription (organisation, id) WHERE state <> 'deleted';

-- Secrets of a subscription, sealed; without an end the newest, with one it signs beside that until then.
CREATE TABLE webhook_secret (
    id uuid PRIMARY KEY,
    subscription uuid NOT NULL REFERENCES webhook_subscription ON DELETE RESTRICT,
    sealed bytea NOT NULL,
    made_at timestamptz NOT NULL,
    valid_until timestamptz NULL
);
CREATE INDEX webhook_secret_subscription ON webhook_secret (subscription);

INSERT INTO rule_constant (name, value, valid_from, citation, status) VALUES
    ('webhook.failing_days', '5', '2018-06-21',
     'Phần mềm nhận không trả lời được lần nào trong số ngày này thì ngừng gửi; được cấu hình', 'configured');

GRANT SELECT, INSERT, UPDATE ON webhook_subscription TO postal_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_secret TO postal_app;
