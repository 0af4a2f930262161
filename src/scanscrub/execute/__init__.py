"""Running tasks over items: serially or in processes. Knows nothing about images."""
