-- One row per day, USD. Unknown EC2 stays NULL.
SELECT
    usage_date,
    COUNT(*) FILTER (WHERE ec2_cost IS NULL) AS unknown_ec2_records,
    SUM(ec2_cost)                            AS ec2_cost,
    SUM(databricks_cost)                     AS databricks_cost
FROM chosen_spends
GROUP BY usage_date
