-- Spend per day, split into EC2 and Databricks, USD.
-- One row per day with any record, oldest first; a day without records has no row.
-- EC2 is NULL where not one record of the day has it.
SELECT
    usage_date,
    ec2_cost,
    COALESCE(databricks_cost, 0) AS databricks_cost,
    unknown_ec2_records
FROM chosen_days
ORDER BY usage_date
