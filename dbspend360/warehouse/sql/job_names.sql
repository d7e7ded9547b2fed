-- The names a job id went by and the workspaces it is in, whatever the days, the latest first.
-- One row per workspace and name; the name is NULL where records have none.
SELECT
    workspace_id,
    job_name,
    MIN(usage_date) AS first_date,
    MAX(usage_date) AS last_date
FROM chosen_job_days
GROUP BY workspace_id, job_name
ORDER BY MAX(usage_date) DESC, workspace_id, job_name NULLS LAST
LIMIT :most
