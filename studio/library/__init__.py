"""Media on disk: results placed by rename, dropped files taken in, thumbnails, export and trash."""
