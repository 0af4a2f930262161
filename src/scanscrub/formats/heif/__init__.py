"""HEIC and AVIF: photos of telephones, of which a copy is a PNG."""
