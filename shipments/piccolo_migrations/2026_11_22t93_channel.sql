-- How a dossier came in where the post did not bring it, and how the citizen's own choice of the post was taken down.
-- Both are read from its registration; what was registered before says nothing about them.
ALTER TABLE dossier
    ADD COLUMN channel text NULL CHECK (channel IN ('direct', 'online', 'post')),
    ADD COLUMN consent text NULL CHECK (consent IN ('signed', 'spoken', 'online'));
