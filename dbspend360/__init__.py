"""What each Databricks job run costs: EC2 and Databricks together, to the cent."""
