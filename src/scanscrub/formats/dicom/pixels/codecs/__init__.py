"""One codec for each family of transfer syntaxes."""
