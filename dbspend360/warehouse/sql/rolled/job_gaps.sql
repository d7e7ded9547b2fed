-- How many jobs ran on a day that had run before on another; NULL for the first time.
WITH job_dates AS (
    SELECT DISTINCT workspace_id, job_id, usage_date FROM rolled.job_days
),
gaps AS (
    SELECT
        usage_date,
        LAG(usage_date) OVER (PARTITION BY workspace_id, job_id ORDER BY usage_date)
            AS previous_date
    FROM job_dates
)
SELECT usage_date, previous_date, COUNT(*) AS jobs
FROM gaps
GROUP BY usage_date, previous_date
