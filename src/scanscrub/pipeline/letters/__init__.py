"""Letters and reports: pages that are read before they are masked."""
