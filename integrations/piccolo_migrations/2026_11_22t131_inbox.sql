-- Messages of partners, each once by its sender's own id. `sign` is a keyed digest of kind and bytes, by which the same
-- message is known again, also after its bytes were erased. `seq` is the order of receipt. `unended` counts tries in a
-- row that never came to an end: their process was killed, perhaps by them.
CREATE TABLE inbox_message (
    id uuid PRIMARY KEY,
    seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    partner uuid NOT NULL REFERENCES partner ON DELETE RESTRICT,
    message_id text NOT NULL CHECK (length(message_id) BETWEEN 1 AND 128),
    kind text NOT NULL,
    content_type text NOT NULL,
    headers jsonb NOT NULL,
    sign bytea NOT NULL,
    size integer NOT NULL CHECK (size >= 0),
    received_at timestamptz NOT NULL,
    keep_until timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'done', 'partly', 'failed')),
    code text NULL,
    message text NULL,
    results jsonb NOT NULL CHECK (jsonb_typeof(results) = 'array'),
    subjects text[] NOT NULL,
    tries integer NOT NULL CHECK (tries >= 0),
    unended integer NOT NULL CHECK (unended >= 0),
    due_at timestamptz NULL,
    early_until timestamptz NOT NULL,
    understood_at timestamptz NULL,
    erased_at timestamptz NULL,
    UNIQUE (partner, message_id)
);
CREATE INDEX inbox_message_waiting ON inbox_message (partner, seq) WHERE state = 'waiting';
CREATE INDEX inbox_message_due ON inbox_message (due_at) WHERE state = 'waiting';
CREATE INDEX inbox_message_listed ON inbox_message (partner, state, seq DESC);
CREATE INDEX inbox_message_subjects ON inbox_message USING gin (subjects);
CREATE INDEX inbox_message_kept ON inbox_message (keep_until) WHERE erased_at IS NULL;

-- The bytes themselves, sealed, apart so that they can be erased. They do not compress, so nobody shall try.
CREATE TABLE inbox_raw (
    message uuid PRIMARY KEY REFERENCES inbox_message ON DELETE RESTRICT,
    sealed bytea STORAGE EXTERNAL NOT NULL
);

-- Each try. Without an end its process was killed while it ran.
CREATE TABLE inbox_try (
    message uuid NOT NULL REFERENCES inbox_message ON DELETE RESTRICT,
    number integer NOT NULL CHECK (number > 0),
    began_at timestamptz NOT NULL,
    ended_at timestamptz NULL,
    state text NULL,
    code text NULL,
    PRIMARY KEY (message, number)
);

-- Whose turn it is to understand a partner's messages, one process at a time, by a lease of the machine's clock.
CREATE TABLE inbox_turn (
    partner uuid PRIMARY KEY REFERENCES partner ON DELETE RESTRICT,
    holder uuid NOT NULL,
    leased_until timestamptz NOT NULL
);

GRANT SELECT, INSERT, UPDATE ON inbox_message, inbox_try, inbox_turn TO postal_app;
GRANT SELECT, INSERT, DELETE ON inbox_raw TO postal_app;
