"""What partners send: kept as it came before it is understood, understood once, and again after a fix."""
