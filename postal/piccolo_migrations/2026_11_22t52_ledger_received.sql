-- Rows stand in the order in which they were received, so the span of each few pages is enough to leave out what was
-- there before an instant: no byte a row. A reconciliation as of the past asks for what came later.
CREATE INDEX ledger_received ON ledger USING brin (received_at) WITH (autosummarize = on);
