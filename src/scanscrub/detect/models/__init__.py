"""Models from installed packages, their digests, and the runtimes that execute them."""
