-- The same as they were added up at import, but only those of the days that are judged.
SELECT
    workspace_id,
    job_id,
    run_id,
    FALSE                                         AS is_day,
    first_date,
    last_date,
    1                                             AS runs,
    total_cost                                    AS cost,
    COALESCE(databricks_cost, 0)                  AS databricks_cost,
    unknown_ec2_records = serverless_records      AS is_complete
FROM rolled.runs
WHERE last_date >= :first_date
  AND first_date <= :last_date
  AND last_date < first_date + :longest
  AND (:job_id = '' OR (job_id = :job_id AND workspace_id = :workspace_id))
UNION ALL
SELECT
    workspace_id,
    job_id,
    NULL,
    TRUE,
    usage_date,
    usage_date,
    runs,
    cost,
    databricks_cost,
    is_complete
FROM rolled.job_totals
WHERE usage_date BETWEEN :first_date AND :last_date
  AND (:job_id = '' OR (job_id = :job_id AND workspace_id = :workspace_id))
