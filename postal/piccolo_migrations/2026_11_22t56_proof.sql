-- The hashes of leaves in the order of the log, as they were gathered: one row for each gathering, cut where 256 are
-- full, with the place in the ledger of its last one. Nothing of it is chained to the writing of rows.
CREATE TABLE proof_leaf (
    first bigint PRIMARY KEY CHECK (first >= 0),
    last_position bigint NOT NULL,
    last_turn bigint NOT NULL,
    last_id uuid NOT NULL,
    last_part bytea NOT NULL,
    hashes bytea NOT NULL CHECK (octet_length(hashes) BETWEEN 32 AND 8192 AND octet_length(hashes) % 32 = 0)
);
CREATE INDEX proof_leaf_place ON proof_leaf (last_position, last_turn, last_id, last_part);

-- The hash of each complete subtree of 256, 256 * 256, ... leaves (height 8, 16, ...).
CREATE TABLE proof_node (
    height smallint NOT NULL CHECK (height > 0 AND height % 8 = 0),
    index bigint NOT NULL CHECK (index >= 0),
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (height, index)
);

CREATE TABLE proof_checkpoint (
    number bigint PRIMARY KEY,
    size bigint NOT NULL,
    signed_at timestamptz NOT NULL,
    era smallint NOT NULL,
    eras text NOT NULL,
    root bytea NOT NULL CHECK (octet_length(root) = 32),
    key_id bytea NOT NULL,
    note text NOT NULL
);
CREATE INDEX proof_checkpoint_size ON proof_checkpoint (size, number);

-- Public keys only; a key is valid until the next one of its role begins.
CREATE TABLE proof_key (
    public_key bytea PRIMARY KEY CHECK (octet_length(public_key) = 32),
    role text NOT NULL CHECK (role IN ('log', 'promise')),
    name text NOT NULL,
    valid_from timestamptz NOT NULL
);

CREATE FUNCTION proof_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log is append-only: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON proof_leaf
    FOR EACH ROW EXECUTE FUNCTION proof_is_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON proof_node
    FOR EACH ROW EXECUTE FUNCTION proof_is_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON proof_checkpoint
    FOR EACH ROW EXECUTE FUNCTION proof_is_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON proof_key
    FOR EACH ROW EXECUTE FUNCTION proof_is_append_only();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON proof_leaf EXECUTE FUNCTION proof_is_append_only();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON proof_node EXECUTE FUNCTION proof_is_append_only();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON proof_checkpoint EXECUTE FUNCTION proof_is_append_only();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON proof_key EXECUTE FUNCTION proof_is_append_only();

GRANT SELECT, INSERT ON proof_leaf, proof_node, proof_checkpoint, proof_key TO postal_app;
