"""ICC profiles: what decides colors, and nothing else."""
