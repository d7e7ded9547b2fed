-- The jobs that cost most in the period, dearest first, USD, and their cost in the one before.
-- `previous_cost` is NULL where the job has no record in the period before, EC2 where not one
-- record of the job has it.
WITH costs AS (
    SELECT
        workspace_id,
        job_id,
        job_name,
        usage_date,
        usage_date >= :start_date                                AS shown,
        ec2_cost,
        COALESCE(databricks_cost, 0)                             AS databricks_cost,
        COALESCE(ec2_cost, 0) + COALESCE(databricks_cost, 0)     AS total_cost
    FROM chosen_job_days
),
jobs AS (
    SELECT
        workspace_id,
        job_id,
        MAX_BY(job_name, CONCAT(CAST(usage_date AS STRING), job_name))
            FILTER (WHERE job_name IS NOT NULL)          AS job_name,
        SUM(ec2_cost) FILTER (WHERE shown)               AS ec2_cost,
        SUM(databricks_cost) FILTER (WHERE shown)        AS databricks_cost,
        SUM(total_cost) FILTER (WHERE shown)             AS shown_cost,
        SUM(total_cost) FILTER (WHERE NOT shown)         AS previous_cost
    FROM costs
    GROUP BY workspace_id, job_id
    HAVING COUNT(*) FILTER (WHERE shown) > 0
)
SELECT workspace_id, job_id, job_name, ec2_cost, databricks_cost, previous_cost
FROM jobs
ORDER BY shown_cost DESC, workspace_id, job_id
LIMIT :most
