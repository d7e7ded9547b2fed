"""The page: one file for each thing you can see on it."""
