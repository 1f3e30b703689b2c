-- By bytes, whatever the collation of the database: the codes of a day share their beginning.
CREATE INDEX manifest_prefix ON manifest (code text_pattern_ops);
