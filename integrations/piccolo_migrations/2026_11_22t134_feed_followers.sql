-- How far each follower inside the system has read the feed. The cursor is that of `GET /events`, as an array.
CREATE TABLE feed_follower (
    name text PRIMARY KEY,
    cursor jsonb NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON feed_follower TO postal_app;
