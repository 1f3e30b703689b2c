"""Migrations of the platform, raw SQL, one noun a file."""
