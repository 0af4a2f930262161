"""The parts of `samples.make_samples`: people, headers, anatomy, writing, encoding."""
