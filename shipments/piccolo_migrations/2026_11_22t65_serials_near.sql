-- Finds what was given out near a serial without reading the office's whole day.
DROP INDEX CONCURRENTLY IF EXISTS serial_given_near;
CREATE INDEX CONCURRENTLY serial_given_near ON serial_given (office, day, serial);
DROP INDEX CONCURRENTLY IF EXISTS serial_given_office_day;
