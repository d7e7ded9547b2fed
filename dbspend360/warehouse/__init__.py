"""Where spend is read: the only room with SQL and drivers."""
