"""Whether names of files and folders point at a person."""
