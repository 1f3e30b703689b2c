"""Figures of dossiers: what the directives ask to be counted, kept as sums that read the same at any size."""
