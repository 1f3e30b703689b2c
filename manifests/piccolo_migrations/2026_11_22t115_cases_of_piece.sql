-- The index of t33 has open cases alone.
CREATE INDEX discrepancy_of_piece ON discrepancy (piece);
