"""Where the entropy-coded data of a JPEG ends: followed to its last bit, and cut there."""
