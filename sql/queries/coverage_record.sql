-- Add what pages taught to the coverage, one row per symbol and day.
-- $1 data set, $2 symbols, $3 timeframes, $4 days, $5 present, $6 absent, $7 unreachable.
-- What is stored stays present whatever is learnt later; rows are locked in one order, so writers
-- whose pages share days wait for each other instead of blocking each other for good.
INSERT INTO coverage AS c (symbol_id, data_set, timeframe, day, present, absent, unreachable)
SELECT
    d.symbol_id, $1, d.timeframe, d.day, d.present,
    d.absent - d.present,
    d.unreachable - d.absent - d.present
FROM unnest(
    $2::integer [], $3::text [], $4::date [],
    $5::text []::tstzmultirange [], $6::text []::tstzmultirange [], $7::text []::tstzmultirange []
) AS d (symbol_id, timeframe, day, present, absent, unreachable)
ORDER BY d.symbol_id, d.timeframe, d.day
ON CONFLICT (symbol_id, data_set, timeframe, day) DO UPDATE SET
    present = c.present + excluded.present,
    absent = c.absent + excluded.absent - c.present - excluded.present,
    unreachable = c.unreachable + excluded.unreachable
    - c.present - excluded.present - c.absent - excluded.absent,
    updated_at = now()
