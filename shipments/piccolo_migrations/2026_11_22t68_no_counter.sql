-- The release before gives serials out by lanes (serial_lane) and neither reads nor writes this table.
DROP TABLE serial_counter;
