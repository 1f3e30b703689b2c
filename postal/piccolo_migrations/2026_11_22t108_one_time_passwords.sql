-- A password that somebody else made is good for a time only; null is one that its owner chose.
ALTER TABLE person ADD COLUMN password_expires_at timestamptz;
