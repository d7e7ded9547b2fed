"""The page `/import`: a file is brought, looked at, and loaded, in the browser."""
