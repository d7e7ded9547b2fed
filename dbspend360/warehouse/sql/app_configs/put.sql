-- Write a setting if it is still as it was seen; `seen` NULL: if there is none.
-- Changes one row or nothing: of several rows of a key the newest. Times are texts with their zone.
MERGE INTO app_configs AS kept
USING (
    SELECT
        CAST(:user_id AS STRING)       AS user_id,
        CAST(:config_key AS STRING)    AS config_key,
        CAST(:config_value AS STRING)  AS config_value,
        CAST(:updated_at AS TIMESTAMP) AS updated_at,
        CAST(:seen AS TIMESTAMP)       AS seen,
        (
            SELECT MAX(updated_at)
            FROM app_configs
            WHERE user_id = :user_id AND config_key = :config_key
        )                              AS newest
) AS new
ON kept.user_id = new.user_id AND kept.config_key = new.config_key
WHEN MATCHED AND kept.updated_at = new.seen AND new.newest = new.seen THEN
    UPDATE SET config_value = new.config_value, updated_at = new.updated_at
WHEN NOT MATCHED AND new.seen IS NULL THEN
    INSERT (user_id, config_key, config_value, created_at, updated_at)
    VALUES (new.user_id, new.config_key, new.config_value, new.updated_at, new.updated_at)
