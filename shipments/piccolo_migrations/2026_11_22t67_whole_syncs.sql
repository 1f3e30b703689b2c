-- Whether nothing was missing of the installation once a sync had come: what had kept a piece waiting ends with such a
-- one, which is then named. Not known of earlier syncs, nor of those that the release before notes.
ALTER TABLE device_sync ADD COLUMN whole boolean;
