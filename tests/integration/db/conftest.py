"""Tests here change the schema, so each has a database of its own."""

import pytest


@pytest.fixture
def database(own_database):
    """These tests change the schema."""
    return own_database
