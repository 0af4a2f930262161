"""Files that hold files: ZIP, tar, gzip, bzip2 and xz, read in memory within bounds."""
