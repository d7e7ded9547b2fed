"""Answers for programs: the JSON API, downloads and health."""
