-- Both are trusted extensions: whoever may create in the database may create them.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;

-- What one types without diacritics: lower case, đ as d, single spaces; the same for NFC and NFD and both placements of
-- tones. It says what `postal.network.rules.search_key` says of Vietnamese text; a property holds them equal.
CREATE FUNCTION search_key(written text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
SELECT btrim(regexp_replace(
    lower(regexp_replace(normalize(translate(written, 'Đđ', 'dd'), NFD), U&'[\0300-\036F]', '', 'g')),
    '[^a-z0-9]+', ' ', 'g'
))
$$;

-- A key says as much as the name does: it stands in the same erasable row, and a trigger keeps it, so that whoever
-- corrects or erases the name corrects or erases the key, in the release before this one too.
ALTER TABLE applicant
    ADD COLUMN name_key text NULL,
    ADD COLUMN desk text NULL,
    ADD COLUMN authority text NULL;
COMMENT ON COLUMN applicant.name_key IS 'personal data as the name is: goes with it';
COMMENT ON COLUMN applicant.desk IS 'of the dossier, so that a search never reads those of others';

CREATE FUNCTION applicant_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.name_key := search_key(NEW.name);
    IF NEW.desk IS NULL THEN
        SELECT dossier.desk, dossier.authority INTO NEW.desk, NEW.authority
        FROM dossier WHERE dossier.code = NEW.dossier;
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER applicant_key BEFORE INSERT OR UPDATE ON applicant
    FOR EACH ROW EXECUTE FUNCTION applicant_key();

UPDATE applicant SET name = name WHERE name IS NOT NULL;

GRANT EXECUTE ON FUNCTION search_key TO postal_app;
