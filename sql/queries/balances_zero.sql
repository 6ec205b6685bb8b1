-- Store as zero, once, what an account held and no longer holds.
-- What is held now being zero afterwards, the next sample finds nothing to store. An asset that was
-- seen after this sample was taken is not this sample's business.
-- $1 exchange, $2 when the sample was taken, $3 assets it shows as held or could not read.
-- Returns how many.
WITH gone AS (
    UPDATE latest_balances SET
        timestamp = $2,
        available_balance = 0,
        locked_balance = 0,
        frozen_balance = NULL,
        borrowing_balance = NULL,
        interest_balance = NULL,
        exchange_timestamp = NULL
    WHERE
        exchange_id = $1 AND total_balance > 0 AND timestamp < $2
        AND asset_name <> ALL($3::TEXT [])
    RETURNING exchange_id, asset_name, timestamp
),

put AS (
    INSERT INTO balance_snapshots (
        exchange_id, asset_name, timestamp, available_balance, locked_balance
    )
    SELECT
        exchange_id,
        asset_name,
        timestamp,
        0,
        0
    FROM gone
    ON CONFLICT (timestamp, exchange_id, asset_name) DO NOTHING
    RETURNING 1
)

SELECT count(*) FROM put
