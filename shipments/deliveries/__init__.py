"""Rules of delivery: how often the recipient is invited before a return, and who may take the papers."""
