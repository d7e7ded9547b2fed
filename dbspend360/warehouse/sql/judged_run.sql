-- A run, and the days of its job where several runs share one, oldest first, each beside the middle
-- of the earlier ones, USD.
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
FROM observed
WHERE is_day OR run_id = :run_id
ORDER BY last_date, is_day DESC
LIMIT :most
