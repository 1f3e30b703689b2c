"""Use cases of the desk, over the services of dossiers, clocks, manifests and custody."""
