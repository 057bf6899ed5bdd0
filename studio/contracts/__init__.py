"""Both wire formats, one small file a group of operations. Knows nothing of the product."""
