"""JPEG 2000 codestreams: walked to their last packet."""
