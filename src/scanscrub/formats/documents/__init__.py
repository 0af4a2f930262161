"""Documents and texts that hold pictures: opened in memory, within bounds."""
