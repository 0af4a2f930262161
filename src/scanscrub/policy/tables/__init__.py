"""The standard's tables and our lists, as dated and sourced data files."""
