-- By itself: making the indexes stops writers only, and adding the columns stopped everybody.
-- Sixteen transactions share a key, so that equal keys share an entry: 8 bytes a row and not 23 where each scan is a
-- transaction of its own. The rows of sixteen transactions are sorted by the reader.
CREATE INDEX ledger_feed ON ledger ((position >> 4)) WHERE position > 0;
CREATE INDEX ledger_feed_before ON ledger (id) WHERE position = 0;
CREATE INDEX ledger_dispute_feed ON ledger_dispute (position, id, content_hash);
