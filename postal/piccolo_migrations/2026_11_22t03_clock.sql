CREATE TABLE system_mode (
    sole boolean PRIMARY KEY DEFAULT true CHECK (sole),
    mode text NOT NULL CHECK (mode IN ('real', 'simulated')),
    since timestamptz NOT NULL
);
CREATE TABLE simulated_clock (
    sole boolean PRIMARY KEY DEFAULT true CHECK (sole),
    now timestamptz NOT NULL
);
GRANT SELECT, INSERT ON system_mode TO postal_app;
GRANT SELECT, INSERT, UPDATE ON simulated_clock TO postal_app;
