"""GIF, BMP and WebP."""
