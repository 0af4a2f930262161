"""Reading and writing file formats."""
