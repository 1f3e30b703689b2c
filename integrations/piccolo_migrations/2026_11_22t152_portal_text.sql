-- to_json is stable, so a function around it that claims to be immutable is called (1.7 microseconds a text) rather than
-- written into the statement (0.3).
ALTER FUNCTION portal_text(text) STABLE;
