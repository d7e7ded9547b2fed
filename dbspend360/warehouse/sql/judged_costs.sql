-- Whole runs, and what each job cost on each day, USD as far as known. A run that goes on for more
-- days than `:longest` is judged by its days only.
SELECT
    workspace_id,
    job_id,
    run_id,
    FALSE                       AS is_day,
    MIN(usage_date)             AS first_date,
    MAX(usage_date)             AS last_date,
    1                           AS runs,
    SUM(cost)                   AS cost,
    SUM(databricks_cost)        AS databricks_cost,
    SUM(late_ec2_records) = 0   AS is_complete
FROM judged_spends
GROUP BY workspace_id, job_id, run_id
HAVING MAX(usage_date) < MIN(usage_date) + :longest
UNION ALL
SELECT
    workspace_id,
    job_id,
    NULL,
    TRUE,
    usage_date,
    usage_date,
    COUNT(*),
    SUM(cost),
    SUM(databricks_cost),
    SUM(late_ec2_records) = 0
FROM judged_spends
GROUP BY workspace_id, job_id, usage_date
