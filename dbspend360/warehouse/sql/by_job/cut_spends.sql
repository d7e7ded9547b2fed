-- Records inside the days and of the jobs asked for, of the runs that are not among `chosen_runs`.
SELECT *
FROM rolled.uneven_spends
WHERE usage_date BETWEEN :first_date AND :last_date
  AND (run_first_date < :first_date
       OR run_last_date > :last_date
       OR (:job_name <> '' AND job_id <> :job_name AND NOT has_one_name))
  AND (:job_name = ''
       OR CONTAINS(LOWER(COALESCE(job_name, '')), LOWER(:job_name))
       OR job_id = :job_name)
  AND (:workspace_id = '' OR workspace_id = :workspace_id)
  AND (:job_id = '' OR job_id = :job_id)
