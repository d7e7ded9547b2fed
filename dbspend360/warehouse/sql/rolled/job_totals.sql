-- What a job cost on a day, USD as far as known, and how many runs had a part in it.
SELECT
    first_date AS usage_date,
    workspace_id,
    job_id,
    runs,
    cost,
    databricks_cost,
    is_complete
FROM judged_costs
WHERE is_day
