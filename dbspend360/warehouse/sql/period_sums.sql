-- What the runs of each of the two periods add up to, USD.
SELECT
    shown,
    COUNT(*)                               AS total_runs,
    COUNT(DISTINCT (workspace_id, job_id)) AS total_jobs,
    SUM(records)                           AS total_records,
    SUM(unknown_ec2_records)               AS unknown_ec2_records,
    SUM(serverless_records)                AS serverless_records,
    SUM(COALESCE(ec2_cost, 0))             AS ec2_cost,
    SUM(COALESCE(databricks_cost, 0))      AS databricks_cost,
    CAST(MEDIAN(CAST(total_cost AS DOUBLE)) AS DECIMAL(28, 6)) AS median_cost
FROM period_runs
GROUP BY shown
