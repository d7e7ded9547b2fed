-- The runs and days that cost most or rose most, those first, USD: all at or above the least of the
-- three that are bound. Rounded as these comparisons are, none that should be there is missing.
-- What is normal is known from `:enough` earlier ones on. While an EC2 cost is missing, Databricks
-- is compared with Databricks, and a dollar stands for as many as is usual.
WITH norms AS (
    SELECT
        observed.*,
        CAST(CASE WHEN is_complete THEN cost ELSE databricks_cost END AS DOUBLE) AS compared,
        CASE WHEN earlier >= :enough
             THEN (CAST(low_cost AS DOUBLE) + CAST(high_cost AS DOUBLE)) / 2 END AS usual,
        CASE WHEN earlier_databricks >= :enough
             THEN (CAST(low_databricks AS DOUBLE) + CAST(high_databricks AS DOUBLE)) / 2
        END AS usual_databricks
    FROM observed
),
rises AS (
    SELECT
        norms.*,
        CASE WHEN is_complete THEN usual ELSE usual_databricks END AS normal,
        CASE WHEN NOT is_complete AND usual_databricks > 0 AND usual > usual_databricks
             THEN usual / usual_databricks ELSE 1 END AS scale
    FROM norms
)
SELECT
    workspace_id,
    job_id,
    job_name,
    run_id,
    first_date,
    last_date,
    runs,
    cost,
    databricks_cost,
    is_complete,
    earlier,
    low_cost,
    high_cost,
    earlier_databricks,
    low_databricks,
    high_databricks
FROM rises
WHERE (cost >= CAST(:least_amount AS DECIMAL(28, 6))
       OR (compared - normal >= CAST(:least_percentage AS DOUBLE) * normal / 100 - 0.000001
           AND (compared - normal) * scale >= CAST(:least_increase AS DOUBLE) - 0.000001))
  AND (:job_name = ''
       OR CONTAINS(LOWER(job_name), LOWER(:job_name))
       OR job_id = :job_name)
ORDER BY
    GREATEST(cost, COALESCE((compared - normal) * scale, cost)) DESC,
    last_date, workspace_id, job_id, is_day, run_id
LIMIT :most
