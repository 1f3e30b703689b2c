"""Migrations of manifests, raw SQL, one noun a file."""
