-- Make the table of job spends where it is missing, with all columns that the page can use.
CREATE TABLE IF NOT EXISTS job_spends (
    cluster_id STRING,
    ec2_cost DOUBLE,
    job_id STRING,
    run_id STRING,
    usage_date DATE,
    databricks_cost DECIMAL(38, 6),
    workspace_id STRING,
    job_name STRING,
    run_as STRING,
    result_state STRING,
    team STRING
)
USING DELTA
CLUSTER BY (usage_date)
