DROP INDEX CONCURRENTLY IF EXISTS applicant_desk_key;

CREATE INDEX CONCURRENTLY applicant_desk_key ON applicant USING gin (desk, name_key gin_trgm_ops);

DROP INDEX CONCURRENTLY IF EXISTS applicant_authority_key;

CREATE INDEX CONCURRENTLY applicant_authority_key ON applicant USING gin (authority, name_key gin_trgm_ops);

DROP INDEX CONCURRENTLY IF EXISTS dossier_desk_code;

CREATE INDEX CONCURRENTLY dossier_desk_code ON dossier USING gin (desk, code gin_trgm_ops);

DROP INDEX CONCURRENTLY IF EXISTS dossier_authority_code;

CREATE INDEX CONCURRENTLY dossier_authority_code ON dossier USING gin (authority, code gin_trgm_ops);

DROP INDEX CONCURRENTLY IF EXISTS dossier_clock_desk;

CREATE INDEX CONCURRENTLY dossier_clock_desk
    ON dossier_clock (desk, clock, due, dossier) WHERE stopped_at IS NULL AND due IS NOT NULL;

DROP INDEX CONCURRENTLY IF EXISTS dossier_clock_authority;

CREATE INDEX CONCURRENTLY dossier_clock_authority
    ON dossier_clock (authority, clock, due, dossier) WHERE stopped_at IS NULL AND due IS NOT NULL;

DROP INDEX CONCURRENTLY IF EXISTS dossier_unit;

CREATE INDEX CONCURRENTLY dossier_unit ON dossier (unit, code) WHERE unit IS NOT NULL AND ended_at IS NULL;

DROP INDEX CONCURRENTLY IF EXISTS dossier_answered;

CREATE INDEX CONCURRENTLY dossier_answered ON dossier (desk, code) WHERE supplements > 0 AND status = 4;

DROP INDEX CONCURRENTLY IF EXISTS dossier_answered_authority;

CREATE INDEX CONCURRENTLY dossier_answered_authority ON dossier (authority, code) WHERE supplements > 0 AND status = 4;

DROP INDEX CONCURRENTLY IF EXISTS dossier_brought;

CREATE INDEX CONCURRENTLY dossier_brought
    ON dossier (desk, registered_at, code) WHERE status = 1 AND service_mode = 'return';
