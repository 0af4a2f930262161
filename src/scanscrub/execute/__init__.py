"""Running tasks over items: serially, in processes or on a Dask cluster. Knows nothing about images."""
