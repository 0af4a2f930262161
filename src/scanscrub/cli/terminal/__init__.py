"""What a run tells on a terminal: streams, words, progress."""
