"""The agency's one-stop desk: what must be done first, and the forms to do it with."""
