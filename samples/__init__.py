"""Sample images with invented identities, and the program that makes them."""
