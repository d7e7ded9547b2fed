-- What each of the jobs asked for cost in as many days before, USD.
SELECT
    workspace_id,
    job_id,
    SUM(COALESCE(ec2_cost, 0) + COALESCE(databricks_cost, 0)) AS previous_cost
FROM spends
WHERE usage_date >= :before_date AND usage_date < :first_date
  AND (:job_name = ''
       OR CONTAINS(LOWER(COALESCE(job_name, '')), LOWER(:job_name))
       OR job_id = :job_name)
  AND (:workspace_id = '' OR workspace_id = :workspace_id)
  AND (:job_id = '' OR job_id = :job_id)
  AND (:cluster_id = '' OR cluster_id = :cluster_id)
GROUP BY workspace_id, job_id
