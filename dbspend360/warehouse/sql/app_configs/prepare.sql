-- Make the table of users' settings where it is missing.
-- Serializable: of two who add the same key at once, one is refused instead of both added.
CREATE TABLE IF NOT EXISTS app_configs (
    config_key STRING,
    config_value STRING,
    user_id STRING,
    created_at TIMESTAMP,
    updated_at TIMESTAMP
)
USING DELTA
TBLPROPERTIES ('delta.isolationLevel' = 'Serializable')
