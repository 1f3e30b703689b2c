"""What crosses our process boundary: imports, and the simulated network that drives the public API."""
