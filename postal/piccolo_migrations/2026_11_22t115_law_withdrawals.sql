-- A rule that is withdrawn ends on the day on which it was to begin, so it holds on no day, for whoever asks and however; the
-- row stays. Where the day of its beginning is part of the key, withdrawn ones are numbered, and what stands has 0.
ALTER TABLE procedure DROP CONSTRAINT procedure_check,
    ADD CONSTRAINT procedure_span CHECK (valid_to >= valid_from);
ALTER TABLE postal_list DROP CONSTRAINT postal_list_check,
    ADD CONSTRAINT postal_list_span CHECK (valid_to >= valid_from);
ALTER TABLE transit_standard DROP CONSTRAINT transit_standard_check,
    ADD COLUMN withdrawn int4 NOT NULL DEFAULT 0,
    ADD CONSTRAINT transit_standard_span CHECK (valid_to > valid_from OR (withdrawn > 0) = (valid_to = valid_from)),
    DROP CONSTRAINT transit_standard_pkey, ADD PRIMARY KEY (zone, with_slip, valid_from, withdrawn);
ALTER TABLE rule_constant DROP CONSTRAINT rule_constant_check,
    ADD COLUMN withdrawn int4 NOT NULL DEFAULT 0,
    ADD CONSTRAINT rule_constant_span CHECK (valid_to > valid_from OR (withdrawn > 0) = (valid_to = valid_from)),
    DROP CONSTRAINT rule_constant_pkey, ADD PRIMARY KEY (name, valid_from, withdrawn);
ALTER TABLE code_pattern DROP CONSTRAINT code_pattern_check,
    ADD COLUMN withdrawn int4 NOT NULL DEFAULT 0,
    ADD CONSTRAINT code_pattern_span CHECK (valid_to > valid_from OR (withdrawn > 0) = (valid_to = valid_from)),
    DROP CONSTRAINT code_pattern_pkey, ADD PRIMARY KEY (name, valid_from, withdrawn);

ALTER TABLE law_change DROP CONSTRAINT law_change_action_check,
    ADD COLUMN reason text NULL,
    ADD CONSTRAINT law_change_action_check CHECK (action IN ('added', 'replaced', 'ended', 'withdrawn')),
    ADD CONSTRAINT law_change_reason CHECK ((action = 'withdrawn') = (reason IS NOT NULL));

CREATE OR REPLACE FUNCTION law_ends_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'valid_to' - 'withdrawn' IS DISTINCT FROM to_jsonb(OLD) - 'valid_to' - 'withdrawn' THEN
        RAISE EXCEPTION 'a rule of law is ended and replaced, never edited: % of %', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF OLD.valid_to <= OLD.valid_from AND NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'a rule of law that was withdrawn stays withdrawn: % of %', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
