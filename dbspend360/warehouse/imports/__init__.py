"""How files become data: read, checked, written to a new version, published."""
