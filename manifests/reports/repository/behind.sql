-- The dossiers of {column} behind a measure that an organisation may see, newest first.
SELECT code, procedure, received_at AS at
FROM counted
WHERE {measure}
  AND {column} = {value}
  AND ({everything}::boolean OR EXISTS (
      SELECT FROM visibility
      WHERE visibility.piece = counted.code AND visibility.organisation = ANY ({sees}::text[])
  ))
  AND ({at}::timestamptz IS NULL OR (received_at, code) < ({at}, {code}::text))
ORDER BY received_at DESC, code DESC
LIMIT {limit}
