"""The platform: configuration, database, ledger, identity, network, calendars, law, HTTP and commands."""
