-- $1 on or off; read by require_empty() in the down migrations of this session.
SELECT set_config('arb.allow_data_loss', $1, false)
