"""Every SQL statement of the post integration."""
