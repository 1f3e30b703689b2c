"""Pieces under custody: dossiers, results, items and bags; their scans, cases, clocks and tracking."""
