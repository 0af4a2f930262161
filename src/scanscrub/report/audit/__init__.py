"""An audit, in every format but the page."""
