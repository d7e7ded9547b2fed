-- One day, as the table shows it, USD.
WITH sums AS (
    SELECT
        usage_date,
        COUNT(DISTINCT (workspace_id, job_id))       AS jobs,
        CAST(SUM(records) AS BIGINT)                 AS records,
        CAST(SUM(unknown_ec2_records) AS BIGINT)     AS unknown_ec2_records,
        CAST(SUM(serverless_records) AS BIGINT)      AS serverless_records,
        CAST(SUM(ec2_cost) AS DECIMAL(18, 6))        AS ec2_cost,
        CAST(SUM(databricks_cost) AS DECIMAL(18, 6)) AS databricks_cost
    FROM rolled.job_days
    GROUP BY usage_date
),
runs_of_days AS (
    SELECT first_date AS usage_date, COUNT(*) AS runs
    FROM rolled.runs
    WHERE first_date = last_date
    GROUP BY first_date
    UNION ALL
    SELECT usage_date, COUNT(DISTINCT (workspace_id, job_id, run_id))
    FROM rolled.uneven_spends
    WHERE run_first_date < run_last_date
    GROUP BY usage_date
),
counts AS (
    SELECT usage_date, CAST(SUM(runs) AS BIGINT) AS runs
    FROM runs_of_days
    GROUP BY usage_date
)
SELECT
    sums.*,
    counts.runs,
    CAST(COALESCE(sums.ec2_cost, 0) + COALESCE(sums.databricks_cost, 0) AS DECIMAL(18, 6))
        AS total_cost
FROM sums
JOIN counts ON counts.usage_date = sums.usage_date
