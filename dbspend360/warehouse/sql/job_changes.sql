-- The jobs whose cost changed most against the period before, USD: the ones that rose most and the
-- ones that fell most, then one row with all others, whose ids are NULL.
-- A job's change counts what fell on days that are not complete for nothing: late costs look like
-- a saving. That is `early_change`, never above zero. Both together are the whole difference.
-- A cost is NULL where the job has no record in the period.
WITH costs AS (
    SELECT
        workspace_id,
        job_id,
        job_name,
        usage_date,
        usage_date >= :start_date                            AS shown,
        usage_date > :final_date
            OR (usage_date < :start_date AND usage_date > :final_before) AS early,
        COALESCE(ec2_cost, 0) + COALESCE(databricks_cost, 0) AS total_cost
    FROM chosen_job_days
),
jobs AS (
    SELECT
        workspace_id,
        job_id,
        MAX_BY(job_name, CONCAT(CAST(usage_date AS STRING), job_name))
            FILTER (WHERE job_name IS NOT NULL)  AS job_name,
        SUM(total_cost) FILTER (WHERE shown)     AS shown_cost,
        SUM(total_cost) FILTER (WHERE NOT shown) AS previous_cost,
        SUM(CASE WHEN early THEN 0 WHEN shown THEN total_cost ELSE -total_cost END) AS final_change,
        SUM(CASE WHEN NOT early THEN 0 WHEN shown THEN total_cost ELSE -total_cost END) AS late_change
    FROM costs
    GROUP BY workspace_id, job_id
),
changes AS (
    SELECT
        workspace_id,
        job_id,
        job_name,
        shown_cost,
        previous_cost,
        final_change + GREATEST(late_change, 0) AS cost_change,
        LEAST(late_change, 0)                   AS early_change
    FROM jobs
),
placed AS (
    SELECT
        changes.*,
        ROW_NUMBER() OVER (
            PARTITION BY cost_change > 0
            ORDER BY ABS(cost_change) DESC, workspace_id, job_id
        ) AS place
    FROM changes
),
listed AS (
    SELECT placed.*, place <= :most AND cost_change <> 0 AS is_listed
    FROM placed
)
SELECT
    MIN(workspace_id) FILTER (WHERE is_listed) AS workspace_id,
    MIN(job_id) FILTER (WHERE is_listed)       AS job_id,
    MIN(job_name) FILTER (WHERE is_listed)     AS job_name,
    COUNT(*)                                   AS jobs,
    SUM(shown_cost)                            AS shown_cost,
    SUM(previous_cost)                         AS previous_cost,
    SUM(cost_change)                           AS cost_change,
    SUM(early_change)                          AS early_change
FROM listed
GROUP BY
    is_listed,
    CASE WHEN is_listed THEN workspace_id END,
    CASE WHEN is_listed THEN job_id END
ORDER BY is_listed DESC, SUM(cost_change) DESC, MIN(workspace_id), MIN(job_id)
