"""What a repository's owner has accepted: baseline and patterns."""
