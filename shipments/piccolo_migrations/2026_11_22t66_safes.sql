-- Which office's safe of which day a remittance goes into. The release before writes the columns that it knows.
ALTER TABLE remittance ADD COLUMN safe text;

CREATE INDEX remittance_safe ON remittance (safe) WHERE safe IS NOT NULL;
CREATE INDEX remittance_line_account ON remittance_line (account);
