"""Statements of the desk: its list, what is found, and what was done to many dossiers at once."""
