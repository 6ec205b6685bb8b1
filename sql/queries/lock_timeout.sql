-- Until the end of the transaction: how long a statement may wait for a lock. $1 as '5s'.
SELECT set_config('lock_timeout', $1, true)
