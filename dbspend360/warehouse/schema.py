"""The one table of the embedded warehouse, as every question reads it."""

SPENDS_TABLE = """
CREATE TABLE spends (
    usage_date      DATE NOT NULL,
    workspace_id    VARCHAR NOT NULL,   -- '' where the file has no workspaces
    job_id          VARCHAR NOT NULL,
    run_id          VARCHAR NOT NULL,
    cluster_id      VARCHAR,            -- NULL: no cluster of its own (serverless)
    job_name        VARCHAR,            -- NULL: a one-time run without a name
    ec2_cost        DECIMAL(18, 6),     -- USD; NULL: unknown, which is not zero
    databricks_cost DECIMAL(18, 6),     -- USD; NULL: unknown
    run_as          VARCHAR,
    result_state    VARCHAR,
    team            VARCHAR
)
"""
