"""A SQL warehouse on loopback that speaks the Databricks connector's own protocol over DuckDB.

The connector is the real one; what answers is not. It proves plumbing, wire types and errors, not
the dialect.
"""
