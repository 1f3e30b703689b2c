ALTER TABLE epcis_waiting DROP CONSTRAINT epcis_waiting_capture_fkey;
ALTER TABLE epcis_waiting ADD FOREIGN KEY (capture) REFERENCES epcis_capture ON DELETE RESTRICT;
