-- Runs of the jobs asked for that are whole inside the days, all under a name that was asked for.
SELECT *
FROM rolled.runs
WHERE first_date >= :first_date
  AND last_date <= :last_date
  AND (:job_name = ''
       OR job_id = :job_name
       OR (has_one_name AND CONTAINS(LOWER(COALESCE(job_name, '')), LOWER(:job_name))))
  AND (:workspace_id = '' OR workspace_id = :workspace_id)
  AND (:job_id = '' OR job_id = :job_id)
