-- What each run cost on each of its days, USD; an empty job is every job. Unknown EC2 adds nothing
-- to the sum; on a cluster it is late and counted, without one it is inside the Databricks price.
-- From before the days that are judged until after them: long enough for what is normal, and for
-- runs that the days would cut.
SELECT
    usage_date,
    workspace_id,
    job_id,
    run_id,
    MAX(job_name)                                                       AS job_name,
    SUM(COALESCE(ec2_cost, 0) + COALESCE(databricks_cost, 0))           AS cost,
    SUM(COALESCE(databricks_cost, 0))                                   AS databricks_cost,
    COUNT(*) FILTER (WHERE ec2_cost IS NULL AND cluster_id IS NOT NULL) AS late_ec2_records
FROM spends
WHERE usage_date BETWEEN :begin_date AND :until_date
  AND (:job_id = '' OR (job_id = :job_id AND workspace_id = :workspace_id))
GROUP BY usage_date, workspace_id, job_id, run_id
