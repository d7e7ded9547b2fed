-- Every record of a run, whatever its days, oldest first, USD as stored (NULL is unknown).
-- Any job or any workspace will do when asked so: then the rows may be of several runs.
SELECT
    workspace_id,
    job_id,
    run_id,
    job_name,
    run_as,
    team,
    result_state,
    usage_date,
    cluster_id,
    ec2_cost,
    databricks_cost
FROM spends
WHERE run_id = :run_id
  AND (:any_job OR job_id = :job_id)
  AND (:any_workspace OR workspace_id = :workspace_id)
ORDER BY usage_date, workspace_id, job_id, cluster_id NULLS LAST, databricks_cost NULLS LAST, ec2_cost NULLS LAST
LIMIT :most
