"""Answers for programs: health and downloads."""
