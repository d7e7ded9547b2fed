-- The days as they were added up at import.
SELECT
    usage_date,
    jobs,
    runs,
    records,
    unknown_ec2_records,
    serverless_records,
    ec2_cost,
    databricks_cost,
    total_cost,
    CAST(CAST(total_cost AS DOUBLE) / runs AS DECIMAL(28, 6)) AS average_run_cost
FROM rolled.days
WHERE usage_date BETWEEN :first_date AND :last_date
