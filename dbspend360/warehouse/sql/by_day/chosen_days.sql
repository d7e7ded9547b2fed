-- The days as they were added up at import.
SELECT usage_date, unknown_ec2_records, ec2_cost, databricks_cost
FROM rolled.days
WHERE usage_date BETWEEN :first_date AND :last_date
