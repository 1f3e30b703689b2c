"""Who subscribed to the feed, and the secrets that sign what is sent."""

from postal.db.migrations import sql_migration

ID, VERSION, DESCRIPTION, forwards = sql_migration(
    __file__,
    "2026-11-22T01:35:00:000000",
    "integrations",
    "Subscriptions to the feed by webhooks",
)
