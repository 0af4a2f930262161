"""What of a free text may stay."""
