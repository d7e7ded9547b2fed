-- All settings of one person: one row per key; of several rows the newest counts.
SELECT
    user_id,
    config_key,
    config_value,
    CAST(created_at AS STRING) AS created_at,
    CAST(updated_at AS STRING) AS updated_at
FROM app_configs
WHERE user_id = :user_id
QUALIFY ROW_NUMBER() OVER (
    PARTITION BY user_id, config_key ORDER BY updated_at DESC, config_value
) = 1
LIMIT :most
