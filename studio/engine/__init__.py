"""A server of both contracts on this computer alone, with its own store, worker processes and renderers."""
