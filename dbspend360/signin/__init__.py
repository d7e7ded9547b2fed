"""The door before all doors: who somebody is, and whether they may come in."""
