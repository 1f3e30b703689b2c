INSERT INTO postal_list_entry (
    scope, version, procedure, eligible_submit, eligible_return, requires_presence, state_secret, reason
)
SELECT $1, $2, procedure, eligible_submit, eligible_return, requires_presence, state_secret, reason
FROM unnest($3::text[], $4::boolean[], $5::boolean[], $6::boolean[], $7::boolean[], $8::text[])
    AS given (procedure, eligible_submit, eligible_return, requires_presence, state_secret, reason)
