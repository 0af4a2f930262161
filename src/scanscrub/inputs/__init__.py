"""Where inputs come from: paths, folders, a git index or history."""
