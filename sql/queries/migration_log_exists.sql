SELECT to_regclass('public.migration_log') IS NOT NULL AS found
