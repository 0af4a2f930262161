"""What is written in place of identifying values: pure functions of key and value."""
