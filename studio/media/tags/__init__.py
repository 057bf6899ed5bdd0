"""A line of JSON inside media files, and what is not the media taken out of them, without encoding anything anew.

Each container has a file of its own with three functions:

    embed(source, target, line) -> bool   write a copy with the line in it; False where it cannot be put in without harm
    strip(source, target) -> bool         write a copy with nothing but what is needed to show the media
    read(path) -> str | None              the line that is in a file; bounded in time and memory

They raise BrokenFileError where the file is not built as its kind says, and OSError. `target` is a new file.
"""
