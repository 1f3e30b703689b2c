LOCK TABLE ledger_subject IN ACCESS EXCLUSIVE MODE;

-- Links lead from a subject to the codes whose rows name it, and back; which row made a link nobody asks, and the rows
-- say it themselves. A piece packed into and out of one bag is one link and not two, without the row's id in its key.
ALTER TABLE ledger_subject DISABLE TRIGGER append_only;
DELETE FROM ledger_subject AS link
USING ledger_subject AS earlier
WHERE earlier.subject = link.subject
AND earlier.code = link.code
AND earlier.stream = link.stream
AND earlier.row_id < link.row_id;
ALTER TABLE ledger_subject ENABLE TRIGGER append_only;

ALTER TABLE ledger_subject DROP CONSTRAINT ledger_subject_pkey;
ALTER TABLE ledger_subject ADD PRIMARY KEY (subject, code, stream);

-- Equal keys share one entry, which (code, subject) could not do.
DROP INDEX ledger_subject_code;
CREATE INDEX ledger_subject_by_code ON ledger_subject (code);
