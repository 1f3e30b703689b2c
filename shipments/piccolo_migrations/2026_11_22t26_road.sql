-- All may be absent, so the release before goes on writing custody; it leaves them as they are.
ALTER TABLE custody
    ADD COLUMN instruction jsonb,
    ADD COLUMN seal jsonb,
    ADD COLUMN unverified text,
    ADD COLUMN refused_at timestamptz,
    ADD COLUMN trip text;
