DROP INDEX CONCURRENTLY IF EXISTS audit_organisation;
CREATE INDEX CONCURRENTLY audit_organisation ON audit (organisation, id);
DROP INDEX CONCURRENTLY IF EXISTS audit_actor;
CREATE INDEX CONCURRENTLY audit_actor ON audit (actor, id);
-- What a look was at: the code itself, a part of an inspector's address, or the thing to which a file was attached.
DROP INDEX CONCURRENTLY IF EXISTS audit_words;
CREATE INDEX CONCURRENTLY audit_words ON audit
USING gin (array_append(string_to_array(subject, '/'), detail ->> 'code'));
