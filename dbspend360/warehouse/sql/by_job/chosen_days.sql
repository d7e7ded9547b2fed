-- Days of the jobs asked for, from what each job cost on each day.
SELECT
    usage_date,
    SUM(unknown_ec2_records) AS unknown_ec2_records,
    SUM(ec2_cost)            AS ec2_cost,
    SUM(databricks_cost)     AS databricks_cost
FROM chosen_job_days
GROUP BY usage_date
