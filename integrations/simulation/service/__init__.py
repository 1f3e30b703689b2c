"""The half of the simulation that does things: it plays a world against a running system, over public HTTP alone."""
