"""Pictures for all views: decoded in worker threads, kept in a cache bounded in bytes."""
