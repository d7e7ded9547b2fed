-- Runs as they were added up at import; those that the days or a name cut, from their records.
SELECT
    workspace_id,
    job_id,
    run_id,
    job_name,
    first_date,
    last_date,
    cluster_id,
    clusters,
    run_as,
    team,
    result_state,
    records,
    unknown_ec2_records,
    serverless_records,
    ec2_cost,
    databricks_cost,
    total_cost
FROM chosen_runs
UNION ALL
SELECT
    workspace_id,
    job_id,
    run_id,
    job_name,
    first_date,
    last_date,
    cluster_id,
    clusters,
    run_as,
    team,
    result_state,
    records,
    unknown_ec2_records,
    serverless_records,
    CAST(ec2_cost AS DECIMAL(18, 6))        AS ec2_cost,
    CAST(databricks_cost AS DECIMAL(18, 6)) AS databricks_cost,
    CAST(total_cost AS DECIMAL(18, 6))      AS total_cost
FROM cut_runs
