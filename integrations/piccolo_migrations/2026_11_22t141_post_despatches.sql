-- What one side announced to the other, by its number. No custody: nobody holds a piece because it was announced.
CREATE TABLE post_despatch (
    id uuid PRIMARY KEY,
    partner text NOT NULL,
    direction text NOT NULL CHECK (direction IN ('in', 'out')),
    number text NOT NULL,
    giver text NOT NULL,
    receiver text NOT NULL,
    content bytea NOT NULL,
    announcement jsonb NOT NULL,
    announced_at timestamptz NOT NULL,
    answered_at timestamptz NULL,
    final boolean NOT NULL DEFAULT false,
    asked boolean NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX post_despatch_number ON post_despatch (partner, direction, number);
CREATE INDEX post_despatch_receiver ON post_despatch (receiver, announced_at DESC, id);
CREATE INDEX post_despatch_giver ON post_despatch (giver, announced_at DESC, id);
CREATE INDEX post_despatch_name ON post_despatch (number);
CREATE INDEX post_despatch_unanswered ON post_despatch (announced_at) WHERE direction = 'in' AND NOT final;

CREATE TABLE post_despatch_piece (
    despatch uuid NOT NULL REFERENCES post_despatch ON DELETE RESTRICT,
    piece text NOT NULL,
    PRIMARY KEY (despatch, piece)
);
CREATE INDEX post_despatch_piece_piece ON post_despatch_piece (piece);

-- Each answer, ours or the partner's: the first, and what changed with every later one.
CREATE TABLE post_despatch_answer (
    despatch uuid NOT NULL REFERENCES post_despatch ON DELETE RESTRICT,
    number integer NOT NULL CHECK (number > 0),
    at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    lines jsonb NOT NULL,
    PRIMARY KEY (despatch, number)
);

GRANT SELECT, INSERT, UPDATE ON post_despatch TO postal_app;
GRANT SELECT, INSERT, DELETE ON post_despatch_piece TO postal_app;
GRANT SELECT, INSERT ON post_despatch_answer TO postal_app;
