"""The pure half of the simulation: a seeded world, what its people do, and what is true in it."""
