"""The store's migrations, one file each under versions/. Numbers only go up; a released file is never changed."""
