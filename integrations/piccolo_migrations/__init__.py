"""Migrations of integrations, raw SQL, one noun a file."""
