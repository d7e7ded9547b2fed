-- Remove a setting, with its older rows, unless it changed since it was seen.
DELETE FROM app_configs
WHERE user_id = :user_id
  AND config_key = :config_key
  AND updated_at <= CAST(:seen AS TIMESTAMP)
