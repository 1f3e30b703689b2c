DROP INDEX CONCURRENTLY IF EXISTS audit_looks;
CREATE INDEX CONCURRENTLY audit_looks ON audit (id) WHERE action = 'applicant.read';
