"""The `studio` command: the same core as the window, without a screen."""
