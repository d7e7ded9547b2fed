-- The same from the days of jobs as they were added up at import.
SELECT
    workspace_id,
    job_id,
    MAX_BY(job_name, CONCAT(CAST(usage_date AS STRING), job_name)) AS job_name
FROM rolled.job_days
WHERE usage_date BETWEEN :begin_date AND :until_date
  AND job_name <> ''
GROUP BY workspace_id, job_id
