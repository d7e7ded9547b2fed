-- The records every other question starts from: the days and the jobs asked for.
-- An empty text is "all of them"; ids match whole, names in part and in any case.
SELECT *
FROM spends
WHERE usage_date BETWEEN :first_date AND :last_date
  AND (:job_name = ''
       OR CONTAINS(LOWER(COALESCE(job_name, '')), LOWER(:job_name))
       OR job_id = :job_name)
  AND (:workspace_id = '' OR workspace_id = :workspace_id)
  AND (:job_id = '' OR job_id = :job_id)
  AND (:cluster_id = '' OR cluster_id = :cluster_id)
