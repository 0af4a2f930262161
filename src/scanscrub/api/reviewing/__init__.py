"""Going through a cleaned folder beside its originals, and correcting it."""
