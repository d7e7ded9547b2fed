-- One row per job: its latest name, and what its runs cost inside the days asked for, USD.
-- `previous_cost` is what it cost in as many days before, NULL where it has no record then; both it
-- and the change are NULL where those days are not all in the data.
WITH jobs AS (
    SELECT
        workspace_id,
        job_id,
        MAX_BY(job_name, CONCAT(CAST(last_date AS STRING), job_name))
            FILTER (WHERE job_name IS NOT NULL)                            AS job_name,
        MAX_BY(run_as, CONCAT(CAST(last_date AS STRING), run_id))
            FILTER (WHERE run_as IS NOT NULL)                              AS run_as,
        MAX_BY(team, CONCAT(CAST(last_date AS STRING), run_id))
            FILTER (WHERE team IS NOT NULL)                                AS team,
        MIN(first_date)                                                    AS first_date,
        MAX(last_date)                                                     AS last_date,
        COUNT(*)                                                           AS runs,
        SUM(records)                                                       AS records,
        SUM(unknown_ec2_records)                                           AS unknown_ec2_records,
        SUM(serverless_records)                                            AS serverless_records,
        SUM(ec2_cost)                                                      AS ec2_cost,
        SUM(databricks_cost)                                               AS databricks_cost,
        SUM(total_cost)                                                    AS total_cost,
        CAST(CAST(SUM(total_cost) AS DOUBLE) / COUNT(*) AS DECIMAL(28, 6)) AS average_run_cost
    FROM spend_by_run
    GROUP BY workspace_id, job_id
)
SELECT
    jobs.*,
    CASE WHEN :is_comparable THEN job_costs_before.previous_cost END AS previous_cost,
    CASE WHEN :is_comparable
         THEN jobs.total_cost - COALESCE(job_costs_before.previous_cost, 0) END AS cost_change
FROM jobs
LEFT JOIN job_costs_before
    ON job_costs_before.workspace_id = jobs.workspace_id AND job_costs_before.job_id = jobs.job_id
