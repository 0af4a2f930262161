"""What the formats of pictures share: samples, views, masks, bounds and the proof of a copy."""
