"""Documents, passages, encoder and index: what both sides share. Imports nothing of ingest and service."""
