-- The settings of all persons whose key begins so: one row per person and key, the newest.
SELECT
    user_id,
    config_key,
    config_value,
    CAST(created_at AS STRING) AS created_at,
    CAST(updated_at AS STRING) AS updated_at
FROM app_configs
WHERE LEFT(config_key, LENGTH(:prefix)) = :prefix
QUALIFY ROW_NUMBER() OVER (
    PARTITION BY user_id, config_key ORDER BY updated_at DESC, config_value
) = 1
LIMIT :most
