-- Until the end of the transaction: every statement is planned with its values.
SELECT set_config('plan_cache_mode', 'force_custom_plan', true)
