"""Pickup manifests: planning, sealing, receiving, and reconciliation of both sides' scans."""
