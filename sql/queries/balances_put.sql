-- Store a sample of one account and what the account holds now.
-- Amounts come as text and are judged by the casts and the checks. What is below the threshold and
-- otherwise sound is passed over; all else, sound or not, goes to the table, which refuses it if
-- it must. A row of the same time and asset that stands there already is left as it is; what is
-- held now is not overwritten by an older sample.
-- $1 exchange, $2 threshold, $3 assets, $4 milliseconds of receipt, $5 available, $6 locked,
-- $7 frozen, $8 borrowed, $9 interest, $10 milliseconds of the exchange.
-- Returns per asset: stored, unchanged, dust or empty.
WITH given AS (
    SELECT
        r.asset_name,
        TIMESTAMPTZ 'epoch' + r.timestamp * INTERVAL '1 millisecond' AS timestamp,
        r.available::NUMERIC AS available,
        r.locked::NUMERIC AS locked,
        r.frozen::NUMERIC AS frozen,
        r.borrowed::NUMERIC AS borrowed,
        r.interest::NUMERIC AS interest,
        TIMESTAMPTZ 'epoch' + r.exchange_timestamp * INTERVAL '1 millisecond' AS exchange_timestamp
    FROM unnest(
        $3::TEXT [], $4::BIGINT [], $5::TEXT [], $6::TEXT [], $7::TEXT [], $8::TEXT [], $9::TEXT [],
        $10::BIGINT []
    ) AS r (
        asset_name, timestamp, available, locked, frozen, borrowed, interest, exchange_timestamp
    )
),

judged AS (
    SELECT
        g.*,
        -- least() passes over nulls; NaN is above every number.
        least(g.available, g.locked, g.frozen, g.borrowed, g.interest) >= 0
        AND is_valid_name(g.asset_name)
        AND (g.available + g.locked < $2::NUMERIC OR g.available + g.locked = 0) AS is_dust
    FROM given AS g
),

put AS (
    INSERT INTO balance_snapshots (
        exchange_id, asset_name, timestamp, available_balance, locked_balance, frozen_balance,
        borrowing_balance, interest_balance, exchange_timestamp
    )
    SELECT
        $1,
        j.asset_name,
        j.timestamp,
        j.available,
        j.locked,
        j.frozen,
        j.borrowed,
        j.interest,
        j.exchange_timestamp
    FROM judged AS j
    WHERE NOT j.is_dust
    ON CONFLICT (timestamp, exchange_id, asset_name) DO NOTHING
    RETURNING
        asset_name, timestamp, available_balance, locked_balance, frozen_balance,
        borrowing_balance, interest_balance, exchange_timestamp
),

latest AS (
    INSERT INTO latest_balances AS l (
        exchange_id, asset_name, timestamp, available_balance, locked_balance, frozen_balance,
        borrowing_balance, interest_balance, exchange_timestamp
    )
    SELECT
        $1,
        p.asset_name,
        p.timestamp,
        p.available_balance,
        p.locked_balance,
        p.frozen_balance,
        p.borrowing_balance,
        p.interest_balance,
        p.exchange_timestamp
    FROM put AS p
    ON CONFLICT (exchange_id, asset_name) DO UPDATE SET
        timestamp = excluded.timestamp,
        available_balance = excluded.available_balance,
        locked_balance = excluded.locked_balance,
        frozen_balance = excluded.frozen_balance,
        borrowing_balance = excluded.borrowing_balance,
        interest_balance = excluded.interest_balance,
        exchange_timestamp = excluded.exchange_timestamp
    WHERE l.timestamp < excluded.timestamp
)

SELECT
    j.asset_name,
    CASE
        WHEN j.is_dust AND j.available + j.locked = 0 THEN 'empty'
        WHEN j.is_dust THEN 'dust'
        WHEN p.asset_name IS NULL THEN 'unchanged'
        ELSE 'stored'
    END AS outcome
FROM judged AS j
LEFT JOIN put AS p ON j.asset_name = p.asset_name AND j.timestamp = p.timestamp
