"""EPCIS 2.0 and CBV 2.0: our rows as events, events of others as scans, and what makes an event one. Pure."""
