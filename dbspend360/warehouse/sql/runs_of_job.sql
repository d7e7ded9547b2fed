-- The latest runs of a job that began in some days, oldest first, whole cost in USD.
-- The run asked about is among them, however many others began on its day.
SELECT run_id, first_date, ec2_cost, databricks_cost
FROM (
    SELECT
        run_id,
        MIN(usage_date)                   AS first_date,
        SUM(COALESCE(ec2_cost, 0))        AS ec2_cost,
        SUM(COALESCE(databricks_cost, 0)) AS databricks_cost
    FROM spends
    WHERE workspace_id = :workspace_id
      AND job_id = :job_id
    GROUP BY run_id
    HAVING MIN(usage_date) BETWEEN :first_date AND :last_date
    ORDER BY CASE WHEN run_id = :run_id THEN 0 ELSE 1 END, MIN(usage_date) DESC, run_id DESC
    LIMIT :most
) AS latest
ORDER BY first_date, run_id
