"""The parts of `make_samples`: people, headers, anatomy, writing, encoding."""
