"""Migrations of shipments, raw SQL, one noun a file."""
