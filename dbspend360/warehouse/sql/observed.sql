-- The runs and the days of jobs that ended from the first to the last day, each beside the middle
-- of the earlier ones. A day is looked at where several runs share it: a single one says the same.
SELECT
    judged_costs.*,
    COALESCE(job_name, '')          AS job_name,
    COALESCE(earlier, 0)            AS earlier,
    low_cost,
    high_cost,
    COALESCE(earlier_databricks, 0) AS earlier_databricks,
    low_databricks,
    high_databricks
FROM judged_costs
LEFT JOIN cost_norms USING (workspace_id, job_id, is_day, first_date)
LEFT JOIN latest_names USING (workspace_id, job_id)
WHERE last_date >= :first_date
  AND first_date <= :last_date
  AND (NOT is_day OR runs > 1)
