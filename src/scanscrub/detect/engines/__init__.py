"""The engines that find writing, each of which says whether it can work."""
