-- On its own: its lock keeps readers out too, and only for a moment; raising a lock that is held would deadlock with
-- whoever has read the ledger and is about to write.
DROP INDEX ledger_code;
