"""The viewer: one picture, clip, sound or prompt, seen well."""
