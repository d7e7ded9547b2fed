-- Of some jobs the dearest run and the dearest total of each day, USD, beside the middle of the
-- earlier ones. All runs of a job that began on a day have the same middle.
SELECT
    workspace_id,
    job_id,
    last_date,
    MAX(cost)               AS cost,
    is_complete,
    MAX(earlier)            AS earlier,
    MAX(low_cost)           AS low_cost,
    MAX(high_cost)          AS high_cost,
    MAX(earlier_databricks) AS earlier_databricks,
    MAX(low_databricks)     AS low_databricks,
    MAX(high_databricks)    AS high_databricks
FROM observed
WHERE CONTAINS(:jobs, CONCAT(:line, workspace_id, :unit, job_id, :line))
GROUP BY workspace_id, job_id, is_day, first_date, last_date, is_complete
ORDER BY last_date, workspace_id, job_id, is_day, first_date, is_complete
LIMIT :most
