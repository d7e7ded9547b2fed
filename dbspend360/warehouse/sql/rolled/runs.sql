-- A whole run, whatever its days, USD. `has_one_name`: all its records have the same, or none has one.
SELECT
    workspace_id,
    job_id,
    run_id,
    MAX(job_name)                                                         AS job_name,
    MIN(usage_date)                                                       AS first_date,
    MAX(usage_date)                                                       AS last_date,
    MIN(cluster_id)                                                       AS cluster_id,
    COUNT(DISTINCT cluster_id)                                            AS clusters,
    MAX(run_as)                                                           AS run_as,
    MAX(team)                                                             AS team,
    MAX(result_state)                                                     AS result_state,
    COUNT(*)                                                              AS records,
    COUNT(*) FILTER (WHERE ec2_cost IS NULL)                              AS unknown_ec2_records,
    COUNT(*) FILTER (WHERE ec2_cost IS NULL AND cluster_id IS NULL)       AS serverless_records,
    CAST(SUM(ec2_cost) AS DECIMAL(18, 6))                                 AS ec2_cost,
    CAST(SUM(databricks_cost) AS DECIMAL(18, 6))                          AS databricks_cost,
    CAST(COALESCE(SUM(ec2_cost), 0) + COALESCE(SUM(databricks_cost), 0) AS DECIMAL(18, 6))
                                                                          AS total_cost,
    COUNT(job_name) IN (0, COUNT(*)) AND COUNT(DISTINCT job_name) < 2     AS has_one_name
FROM spends
GROUP BY workspace_id, job_id, run_id
