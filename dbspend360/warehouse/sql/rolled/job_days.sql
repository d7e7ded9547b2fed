-- A job under one name on one day, USD. Unknown EC2 stays NULL.
SELECT
    usage_date,
    workspace_id,
    job_id,
    job_name,
    COUNT(*)                                                        AS records,
    COUNT(*) FILTER (WHERE ec2_cost IS NULL)                        AS unknown_ec2_records,
    COUNT(*) FILTER (WHERE ec2_cost IS NULL AND cluster_id IS NULL) AS serverless_records,
    CAST(SUM(ec2_cost) AS DECIMAL(18, 6))                           AS ec2_cost,
    CAST(SUM(databricks_cost) AS DECIMAL(18, 6))                    AS databricks_cost
FROM spends
GROUP BY usage_date, workspace_id, job_id, job_name
