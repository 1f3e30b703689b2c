-- Makes the counter of a new prefix; DO UPDATE, unlike DO NOTHING, locks and returns the row either way.
INSERT INTO serial_counter (prefix, next_counter)
VALUES ($1, 0)
ON CONFLICT (prefix) DO UPDATE SET next_counter = serial_counter.next_counter
RETURNING next_counter
