"""Money of dossiers: what was collected, refunded and remitted, and what each person still answers for."""
