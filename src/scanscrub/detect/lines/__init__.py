"""Lines of writing: made of a probability map, and of several detectors' together."""
