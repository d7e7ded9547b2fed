-- The records as they stand in the table, USD. Equal records are all real: none is dropped.
SELECT
    usage_date,
    workspace_id,
    job_id,
    run_id,
    cluster_id,
    job_name,
    run_as,
    team,
    result_state,
    1                                                                           AS records,
    CASE WHEN ec2_cost IS NULL THEN 1 ELSE 0 END                                AS unknown_ec2_records,
    CASE WHEN ec2_cost IS NULL AND cluster_id IS NULL THEN 1 ELSE 0 END         AS serverless_records,
    ec2_cost,
    databricks_cost,
    COALESCE(ec2_cost, 0) + COALESCE(databricks_cost, 0)                        AS total_cost
FROM chosen_spends
