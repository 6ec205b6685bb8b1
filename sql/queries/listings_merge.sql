-- Make symbols what the exchange lists, delete nothing.
-- $1 exchange, $2 when it was listed, $3 names that were listed but refused.
WITH current_symbols AS (
    SELECT * FROM symbols WHERE exchange_id = $1
),

judged AS (
    SELECT
        l.*,
        c.id AS known_id,
        c.symbol_base AS old_base,
        c.symbol_quote AS old_quote,
        c.symbol_base <> l.symbol_base OR c.symbol_quote <> l.symbol_quote AS has_new_name,
        CASE
            WHEN c.id IS NULL THEN 'new'
            WHEN c.delisted_at IS NOT NULL THEN 'relisted'
            WHEN c.symbol_base <> l.symbol_base OR c.symbol_quote <> l.symbol_quote THEN 'renamed'
            WHEN same.id IS NULL THEN 'changed'
            ELSE 'unchanged'
        END AS outcome
    FROM listings_staging AS l
    LEFT JOIN current_symbols AS c ON l.exchange_symbol = c.exchange_symbol
    LEFT JOIN current_symbols AS same
        ON
            c.id = same.id
            AND (
                same.status, same.is_active, same.tick_size, same.lot_size, same.contract_size,
                same.min_quantity, same.min_notional, same.maker_fee, same.taker_fee,
                same.funding_interval_hours, same.listed_at
            ) IS NOT DISTINCT FROM (
                l.status, l.is_active, l.tick_size, l.lot_size, l.contract_size,
                l.min_quantity, l.min_notional, l.maker_fee, l.taker_fee,
                l.funding_interval_hours, coalesce(l.listed_at, same.listed_at)
            )
),

gone AS (
    SELECT c.*
    FROM current_symbols AS c
    WHERE
        c.delisted_at IS NULL
        AND c.exchange_symbol <> ALL($3::TEXT [])
        AND NOT EXISTS (
            SELECT FROM listings_staging AS l WHERE l.exchange_symbol = c.exchange_symbol
        )
),

-- One id disappears and one appears with the same base and quote: it was renamed, and whoever
-- collected it wants to go on. Where several could be meant, none is.
heirs AS (
    SELECT
        min(g.id) AS old_id,
        min(g.exchange_symbol) AS old_symbol,
        bool_or(g.is_tracked) AS is_tracked,
        min(j.exchange_symbol) AS exchange_symbol
    FROM gone AS g
    INNER JOIN judged AS j
        ON
            g.symbol_base = j.symbol_base
            AND g.symbol_quote = j.symbol_quote
            AND j.outcome = 'new'
    GROUP BY g.symbol_base, g.symbol_quote
    HAVING count(*) = 1
),

inserted AS (
    INSERT INTO symbols (
        exchange_id, exchange_symbol, symbol_base, symbol_quote, status, is_active, is_tracked,
        tracked_at, tick_size, lot_size, contract_size, min_quantity, min_notional, maker_fee,
        taker_fee, funding_interval_hours, listed_at, first_seen_at, last_seen_at, updated_at
    )
    SELECT
        $1,
        j.exchange_symbol,
        j.symbol_base,
        j.symbol_quote,
        j.status,
        j.is_active,
        coalesce(h.is_tracked, false),
        CASE WHEN h.is_tracked THEN $2::TIMESTAMPTZ END,
        j.tick_size,
        j.lot_size,
        j.contract_size,
        j.min_quantity,
        j.min_notional,
        j.maker_fee,
        j.taker_fee,
        j.funding_interval_hours,
        j.listed_at,
        $2::TIMESTAMPTZ,
        $2::TIMESTAMPTZ,
        $2::TIMESTAMPTZ
    FROM judged AS j
    LEFT JOIN heirs AS h ON j.exchange_symbol = h.exchange_symbol
    WHERE j.outcome = 'new'
    ORDER BY j.exchange_symbol
    RETURNING id, exchange_symbol
),

updated AS (
    UPDATE symbols AS s SET
        symbol_base = j.symbol_base,
        symbol_quote = j.symbol_quote,
        status = j.status,
        is_active = j.is_active,
        tick_size = j.tick_size,
        lot_size = j.lot_size,
        contract_size = j.contract_size,
        min_quantity = j.min_quantity,
        min_notional = j.min_notional,
        maker_fee = j.maker_fee,
        taker_fee = j.taker_fee,
        funding_interval_hours = j.funding_interval_hours,
        listed_at = coalesce(j.listed_at, s.listed_at),
        delisted_at = null,
        successor_id = null,
        renamed_at = CASE WHEN j.has_new_name THEN $2::TIMESTAMPTZ ELSE s.renamed_at END,
        previous_base = CASE WHEN j.has_new_name THEN j.old_base ELSE s.previous_base END,
        previous_quote = CASE WHEN j.has_new_name THEN j.old_quote ELSE s.previous_quote END,
        last_seen_at = $2::TIMESTAMPTZ,
        updated_at = CASE WHEN j.outcome = 'unchanged' THEN s.updated_at ELSE $2::TIMESTAMPTZ END
    FROM judged AS j
    WHERE s.id = j.known_id
),

delisted AS (
    UPDATE symbols AS s SET
        is_active = false,
        delisted_at = $2::TIMESTAMPTZ,
        updated_at = $2::TIMESTAMPTZ,
        successor_id = (
            SELECT i.id
            FROM heirs AS h
            INNER JOIN inserted AS i ON h.exchange_symbol = i.exchange_symbol
            WHERE h.old_id = s.id
        )
    FROM gone AS g
    WHERE s.id = g.id
)

SELECT
    'renamed' AS outcome,
    h.old_symbol || ' → ' || h.exchange_symbol AS name
FROM heirs AS h
UNION ALL
SELECT
    j.outcome,
    CASE
        WHEN j.outcome = 'renamed' THEN
            format(
                '%s: %s/%s → %s/%s',
                j.exchange_symbol, j.old_base, j.old_quote, j.symbol_base, j.symbol_quote
            )
        ELSE j.exchange_symbol
    END
FROM judged AS j
WHERE NOT EXISTS (SELECT FROM heirs AS h WHERE h.exchange_symbol = j.exchange_symbol)
UNION ALL
SELECT
    'delisted',
    g.exchange_symbol
FROM gone AS g
WHERE NOT EXISTS (SELECT FROM heirs AS h WHERE h.old_id = g.id)
ORDER BY outcome, name
