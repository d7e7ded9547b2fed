-- What the period and the one before add up to.
-- One row for each of the two that has records; `shown` is true for the period itself.
-- Costs are USD; a run's cost is what fell inside the period.
-- Of several highest runs it names the first by its ids.
WITH dated AS (
    SELECT *, usage_date >= :start_date AS shown
    FROM chosen_spends
),
runs AS (
    SELECT
        shown,
        workspace_id,
        job_id,
        run_id,
        COUNT(*)                                                        AS records,
        COUNT(*) FILTER (WHERE ec2_cost IS NULL)                        AS unknown_ec2_records,
        COUNT(*) FILTER (WHERE ec2_cost IS NULL AND cluster_id IS NULL) AS serverless_records,
        COALESCE(SUM(ec2_cost), 0)                                      AS ec2_cost,
        COALESCE(SUM(databricks_cost), 0)                               AS databricks_cost,
        COALESCE(SUM(ec2_cost), 0) + COALESCE(SUM(databricks_cost), 0)  AS total_cost
    FROM dated
    GROUP BY shown, workspace_id, job_id, run_id
),
sums AS (
    SELECT
        shown,
        COUNT(*)                               AS total_runs,
        COUNT(DISTINCT (workspace_id, job_id)) AS total_jobs,
        SUM(records)                           AS total_records,
        SUM(unknown_ec2_records)               AS unknown_ec2_records,
        SUM(serverless_records)                AS serverless_records,
        SUM(ec2_cost)                          AS ec2_cost,
        SUM(databricks_cost)                   AS databricks_cost,
        CAST(MEDIAN(CAST(total_cost AS DOUBLE)) AS DECIMAL(28, 6)) AS median_cost,
        MAX(total_cost)                        AS max_cost
    FROM runs
    GROUP BY shown
),
highest AS (
    SELECT
        runs.*,
        ROW_NUMBER() OVER (
            PARTITION BY runs.shown
            ORDER BY runs.workspace_id, runs.job_id, runs.run_id
        ) AS place
    FROM runs
    JOIN sums ON runs.shown = sums.shown AND runs.total_cost = sums.max_cost
),
named AS (
    SELECT
        highest.shown,
        highest.workspace_id,
        highest.job_id,
        highest.run_id,
        MAX(dated.job_name)   AS job_name,
        MAX(dated.usage_date) AS last_date
    FROM highest
    JOIN dated
        ON  dated.shown = highest.shown
        AND dated.workspace_id = highest.workspace_id
        AND dated.job_id = highest.job_id
        AND dated.run_id = highest.run_id
    WHERE highest.place = 1
    GROUP BY highest.shown, highest.workspace_id, highest.job_id, highest.run_id
)
SELECT
    sums.*,
    named.workspace_id,
    named.job_id,
    named.run_id,
    named.job_name,
    named.last_date
FROM sums
JOIN named ON named.shown = sums.shown
