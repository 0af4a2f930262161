"""Where `check` gets its inputs: folders, git work trees, an index, a history; and what it remembers of them."""
