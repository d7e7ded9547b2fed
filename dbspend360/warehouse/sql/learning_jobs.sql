-- The jobs whose latest run had fewer than `:enough` before it, by name.
WITH latest AS (
    SELECT
        workspace_id,
        job_id,
        MAX(job_name) AS job_name,
        MAX_BY(
            CASE WHEN is_complete THEN earlier ELSE earlier_databricks END,
            CONCAT(CAST(last_date AS STRING), run_id)
        ) AS earlier
    FROM observed
    WHERE NOT is_day
    GROUP BY workspace_id, job_id
)
SELECT workspace_id, job_id, job_name, earlier
FROM latest
WHERE earlier < :enough
ORDER BY job_name, workspace_id, job_id
LIMIT :most
