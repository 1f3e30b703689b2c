"""What integrations of the post decide: pure."""
