"""What a run leaves: staged copies, the journal and the crosswalk."""
