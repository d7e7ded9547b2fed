-- Write a setting with the moments it had, whatever stands there now.
-- Changes its rows or adds one. Times are texts with their zone.
MERGE INTO app_configs AS kept
USING (
    SELECT
        CAST(:user_id AS STRING)       AS user_id,
        CAST(:config_key AS STRING)    AS config_key,
        CAST(:config_value AS STRING)  AS config_value,
        CAST(:created_at AS TIMESTAMP) AS created_at,
        CAST(:updated_at AS TIMESTAMP) AS updated_at
) AS new
ON kept.user_id = new.user_id AND kept.config_key = new.config_key
WHEN MATCHED THEN
    UPDATE SET
        config_value = new.config_value,
        created_at = new.created_at,
        updated_at = new.updated_at
WHEN NOT MATCHED THEN
    INSERT (user_id, config_key, config_value, created_at, updated_at)
    VALUES (new.user_id, new.config_key, new.config_value, new.created_at, new.updated_at)
