-- One row per day, job and name the job went by, USD. Unknown EC2 stays NULL.
SELECT
    usage_date,
    workspace_id,
    job_id,
    job_name,
    SUM(ec2_cost)        AS ec2_cost,
    SUM(databricks_cost) AS databricks_cost
FROM chosen_spends
GROUP BY usage_date, workspace_id, job_id, job_name
