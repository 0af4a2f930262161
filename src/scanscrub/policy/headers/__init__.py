"""What happens to each attribute of a header (PS3.15 Annex E)."""
