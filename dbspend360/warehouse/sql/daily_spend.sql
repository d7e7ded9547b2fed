-- Spend per day, split into EC2 and Databricks, USD.
-- One row per day with any record, oldest first; a day without records has no row.
-- EC2 is NULL where not one record of the day has it.
SELECT
    usage_date,
    SUM(ec2_cost)                            AS ec2_cost,
    SUM(COALESCE(databricks_cost, 0))        AS databricks_cost,
    COUNT(*) FILTER (WHERE ec2_cost IS NULL) AS unknown_ec2_records
FROM chosen_spends
GROUP BY usage_date
ORDER BY usage_date
