"""Nothing is sent: a property of the process, and not a hope about libraries.

Standard library only, and light: this comes before everything else is loaded.
"""
