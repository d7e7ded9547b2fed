-- One row per run and period: whole runs as they were added up at import, the others from records.
SELECT
    first_date >= :start_date AS shown,
    workspace_id,
    job_id,
    run_id,
    job_name,
    last_date,
    records,
    unknown_ec2_records,
    serverless_records,
    ec2_cost,
    databricks_cost,
    total_cost
FROM chosen_runs
WHERE first_date >= :start_date OR last_date < :start_date
UNION ALL
SELECT *
FROM cut_period_runs
