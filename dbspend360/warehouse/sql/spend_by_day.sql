-- One row per UTC day, USD. A run over midnight counts on both of its days.
SELECT
    usage_date,
    COUNT(DISTINCT (workspace_id, job_id))                          AS jobs,
    COUNT(DISTINCT (workspace_id, job_id, run_id))                  AS runs,
    COUNT(*)                                                        AS records,
    COUNT(*) FILTER (WHERE ec2_cost IS NULL)                        AS unknown_ec2_records,
    COUNT(*) FILTER (WHERE ec2_cost IS NULL AND cluster_id IS NULL) AS serverless_records,
    SUM(ec2_cost)                                                   AS ec2_cost,
    SUM(databricks_cost)                                            AS databricks_cost,
    COALESCE(SUM(ec2_cost), 0) + COALESCE(SUM(databricks_cost), 0)  AS total_cost,
    CAST(CAST(COALESCE(SUM(ec2_cost), 0) + COALESCE(SUM(databricks_cost), 0) AS DOUBLE)
         / COUNT(DISTINCT (workspace_id, job_id, run_id)) AS DECIMAL(28, 6)) AS average_run_cost
FROM chosen_spends
GROUP BY usage_date
