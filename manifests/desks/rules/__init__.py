"""Pure rules of the desk: what is to be done first, what was scanned, what a form says."""
