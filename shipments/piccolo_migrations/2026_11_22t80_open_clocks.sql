-- Rows written by the release before have the defaults until their dossier is refreshed (`postal rebuild` refreshes all).
ALTER TABLE dossier_clock
    ADD COLUMN calendar_version integer NOT NULL DEFAULT 1,
    ADD COLUMN rule text NULL,
    ADD COLUMN reading text NULL,
    ADD COLUMN limit_text text NULL,
    ADD COLUMN holder text NULL,
    ADD COLUMN near_at timestamptz NULL,
    ADD COLUMN paused_since timestamptz NULL,
    ADD COLUMN due_before timestamptz NULL,
    ADD COLUMN verdict_before text NULL,
    ADD COLUMN due_index timestamptz NULL,
    ADD COLUMN verdict_index text NULL,
    ADD COLUMN flags text[] NOT NULL DEFAULT '{}';

COMMENT ON COLUMN dossier_clock.holder IS 'whose step an open clock waits for';
COMMENT ON COLUMN dossier_clock.near_at IS 'from then on an open clock that does not pause is near due';
COMMENT ON COLUMN dossier_clock.paused_since IS 'an open clock that waits for the citizen stands here';
COMMENT ON COLUMN dossier_clock.due_before IS 'as it was when the clock began, where a later decision on the calendar moved it';
COMMENT ON COLUMN dossier_clock.due_index IS 'C3: the due instant of indicator 2.1 of QĐ 766/QĐ-TTg, which subtracts waits';

-- Not validated: there is nothing in the new columns yet, and to look would keep everybody waiting.
ALTER TABLE dossier_clock
    ADD CONSTRAINT dossier_clock_verdict_before
        CHECK (verdict_before IN ('early', 'on_time', 'late', 'undecided')) NOT VALID,
    ADD CONSTRAINT dossier_clock_verdict_index
        CHECK (verdict_index IN ('early', 'on_time', 'late', 'undecided')) NOT VALID;
