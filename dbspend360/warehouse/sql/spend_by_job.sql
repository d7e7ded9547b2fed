-- One row per job: its latest name, and what its runs cost inside the days asked for, USD.
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
