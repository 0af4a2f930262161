"""What a file's header says of its patient, and the search for it everywhere else."""
