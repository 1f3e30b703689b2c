-- A text for an attribute or for content of XML, as `integrations.process_mining.rules.markup` writes it: what XML 1.0
-- cannot hold at all becomes a mark; line ends and tabs would be changed by readers of attributes.
CREATE FUNCTION xml_text(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE
        WHEN value ~ '[&<>"\x01-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]' THEN regexp_replace(
            replace(replace(replace(replace(replace(replace(replace(
                value,
                '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;'),
                chr(9), '&#9;'), chr(10), '&#10;'), chr(13), '&#13;'),
            '[\x01-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]', chr(65533), 'g'
        )
        ELSE value
    END
$$;
GRANT EXECUTE ON FUNCTION xml_text(text) TO postal_app;
