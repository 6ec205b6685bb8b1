-- What selling at the best bid of one exchange and buying at the best ask of another brings, for a
-- picture: per base and quote the widest of each stretch, basis points as floats. $1 symbols,
-- $2 length of a stretch, $3 and $4 the window, half-open, $5 also for every pair of exchanges.
WITH books AS (
    SELECT
        b.symbol_id,
        -- Of all exchanges in the same minute, which is what a beat samples.
        time_bucket(INTERVAL '1 minute', b.timestamp) AS minute,
        last(b.bid_price, b.timestamp) AS bid,
        last(b.ask_price, b.timestamp) AS ask
    FROM book_ticker_snapshots AS b
    WHERE b.symbol_id = any($1::INTEGER []) AND b.timestamp >= $3 AND b.timestamp < $4
    GROUP BY b.symbol_id, minute
),

named AS (
    SELECT
        b.minute,
        b.bid,
        b.ask,
        s.symbol_base || '/' || s.symbol_quote AS symbol,
        e.enum_value AS exchange
    FROM books AS b
    INNER JOIN symbols AS s ON b.symbol_id = s.id
    INNER JOIN exchanges AS e ON s.exchange_id = e.id
),

pairs AS (
    SELECT
        bought.symbol,
        bought.exchange AS buy_exchange,
        sold.exchange AS sell_exchange,
        bought.ask,
        sold.bid,
        CASE WHEN $5::BOOLEAN THEN bought.exchange || ' ' || sold.exchange ELSE '' END AS pair,
        time_bucket($2::INTERVAL, bought.minute) AS timestamp,
        ((sold.bid / bought.ask - 1) * 10000)::FLOAT8 AS bps
    FROM named AS bought
    INNER JOIN named AS sold
        ON
            bought.minute = sold.minute
            AND bought.symbol = sold.symbol
            AND bought.exchange <> sold.exchange
)

SELECT DISTINCT ON (symbol, pair, timestamp)
    symbol,
    buy_exchange,
    sell_exchange,
    timestamp,
    bps,
    ask::FLOAT8 AS ask,
    bid::FLOAT8 AS bid
FROM pairs
ORDER BY symbol ASC, pair ASC, timestamp ASC, bps DESC
