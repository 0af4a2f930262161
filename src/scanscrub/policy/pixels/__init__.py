"""What happens to the writing that was found in pixels."""
