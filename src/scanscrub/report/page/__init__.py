"""``report.html``."""
