"""The product's values and rules: frozen dataclasses, standard library only, no I/O, no async."""
