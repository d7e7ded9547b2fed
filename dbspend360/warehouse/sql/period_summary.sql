-- What the period and the one before add up to.
-- One row for each of the two that has records; `shown` is true for the period itself.
-- Costs are USD; a run's cost is what fell inside the period.
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
        MAX(job_name)                                                   AS job_name,
        MAX(usage_date)                                                 AS last_date,
        COUNT(*)                                                        AS records,
        COUNT(*) FILTER (WHERE ec2_cost IS NULL)                        AS unknown_ec2_records,
        COUNT(*) FILTER (WHERE ec2_cost IS NULL AND cluster_id IS NULL) AS serverless_records,
        SUM(COALESCE(ec2_cost, 0))                                      AS ec2_cost,
        SUM(COALESCE(databricks_cost, 0))                               AS databricks_cost
    FROM dated
    GROUP BY shown, workspace_id, job_id, run_id
),
ranked AS (
    SELECT
        *,
        ec2_cost + databricks_cost AS total_cost,
        ROW_NUMBER() OVER (
            PARTITION BY shown
            ORDER BY ec2_cost + databricks_cost DESC, workspace_id, job_id, run_id
        ) AS place,
        ROW_NUMBER() OVER (PARTITION BY shown, workspace_id, job_id ORDER BY run_id) AS place_in_job
    FROM runs
)
SELECT
    shown,
    COUNT(*)                                    AS total_runs,
    COUNT(*) FILTER (WHERE place_in_job = 1)    AS total_jobs,
    SUM(records)                                AS total_records,
    SUM(unknown_ec2_records)                    AS unknown_ec2_records,
    SUM(serverless_records)                     AS serverless_records,
    SUM(ec2_cost)                               AS ec2_cost,
    SUM(databricks_cost)                        AS databricks_cost,
    MEDIAN(total_cost)                          AS median_cost,
    MAX(total_cost)                             AS max_cost,
    MAX(workspace_id) FILTER (WHERE place = 1)  AS workspace_id,
    MAX(job_id) FILTER (WHERE place = 1)        AS job_id,
    MAX(run_id) FILTER (WHERE place = 1)        AS run_id,
    MAX(job_name) FILTER (WHERE place = 1)      AS job_name,
    MAX(last_date) FILTER (WHERE place = 1)     AS last_date
FROM ranked
GROUP BY shown
