-- One row per run: what fell inside the days asked for, USD. Unknown EC2 stays NULL.
SELECT
    workspace_id,
    job_id,
    run_id,
    MAX(job_name)                                                   AS job_name,
    MIN(usage_date)                                                 AS first_date,
    MAX(usage_date)                                                 AS last_date,
    MIN(cluster_id)                                                 AS cluster_id,
    COUNT(DISTINCT cluster_id)                                      AS clusters,
    MAX(run_as)                                                     AS run_as,
    MAX(team)                                                       AS team,
    MAX(result_state)                                               AS result_state,
    COUNT(*)                                                        AS records,
    COUNT(*) FILTER (WHERE ec2_cost IS NULL)                        AS unknown_ec2_records,
    COUNT(*) FILTER (WHERE ec2_cost IS NULL AND cluster_id IS NULL) AS serverless_records,
    SUM(ec2_cost)                                                   AS ec2_cost,
    SUM(databricks_cost)                                            AS databricks_cost,
    COALESCE(SUM(ec2_cost), 0) + COALESCE(SUM(databricks_cost), 0)  AS total_cost
FROM chosen_spends
GROUP BY workspace_id, job_id, run_id
