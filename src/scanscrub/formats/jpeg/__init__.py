"""JPEG: segments, entropy-coded data, blocks masked in the DCT domain, and the proofs of both."""
