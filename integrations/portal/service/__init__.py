"""The national portal's fields: reading, sending, taking in, watching."""
