-- One row per run and period: what fell inside the period, and whether it is the one shown, USD.
SELECT
    shown,
    workspace_id,
    job_id,
    run_id,
    MAX(job_name)                                                   AS job_name,
    MAX(usage_date)                                                 AS last_date,
    COUNT(*)                                                        AS records,
    COUNT(*) FILTER (WHERE ec2_cost IS NULL)                        AS unknown_ec2_records,
    COUNT(*) FILTER (WHERE ec2_cost IS NULL AND cluster_id IS NULL) AS serverless_records,
    SUM(ec2_cost)                                                   AS ec2_cost,
    SUM(databricks_cost)                                            AS databricks_cost,
    COALESCE(SUM(ec2_cost), 0) + COALESCE(SUM(databricks_cost), 0)  AS total_cost
FROM (
    SELECT *, usage_date >= :start_date AS shown
    FROM chosen_spends
) AS dated
GROUP BY shown, workspace_id, job_id, run_id
