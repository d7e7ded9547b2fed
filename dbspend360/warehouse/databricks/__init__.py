"""The SQL warehouse on Databricks, through its own connector."""
