-- The days of jobs as they were added up at import.
SELECT *
FROM rolled.job_days
WHERE usage_date BETWEEN :first_date AND :last_date
  AND (:job_name = ''
       OR CONTAINS(LOWER(COALESCE(job_name, '')), LOWER(:job_name))
       OR job_id = :job_name)
  AND (:workspace_id = '' OR workspace_id = :workspace_id)
  AND (:job_id = '' OR job_id = :job_id)
