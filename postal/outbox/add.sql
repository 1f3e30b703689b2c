INSERT INTO outbox (id, topic, key, payload, created_at, available_at, attempts)
VALUES ($1, $2, $3, $4::jsonb, $5, $6, 0)
