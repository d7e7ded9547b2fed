-- What all records are worth at most, in USD, whatever their signs: one row; NULL without records.
SELECT COALESCE(SUM(ABS(ec2_cost)), 0) + COALESCE(SUM(ABS(databricks_cost)), 0) AS worth
FROM spends
