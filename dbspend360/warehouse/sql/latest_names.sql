-- The name that a job had last.
SELECT
    workspace_id,
    job_id,
    MAX_BY(job_name, CONCAT(CAST(usage_date AS STRING), job_name)) AS job_name
FROM judged_spends
WHERE job_name <> ''
GROUP BY workspace_id, job_id
