-- Add what one page taught to the coverage of one symbol, day by day.
-- $1 symbol, $2 data set, $3 timeframe, $4 days, $5 present, $6 absent, $7 unreachable.
-- What is stored stays present whatever is learnt later; rows are locked in the order of days, so
-- two writers of one symbol wait for each other instead of blocking each other for good.
INSERT INTO coverage AS c (symbol_id, data_set, timeframe, day, present, absent, unreachable)
SELECT
    $1, $2, $3, d.day, d.present::tstzmultirange, d.absent::tstzmultirange,
    d.unreachable::tstzmultirange
FROM unnest($4::date [], $5::text [], $6::text [], $7::text [])
    AS d (day, present, absent, unreachable)
ORDER BY d.day
ON CONFLICT (symbol_id, data_set, timeframe, day) DO UPDATE SET
    present = c.present + excluded.present,
    absent = c.absent + excluded.absent - c.present - excluded.present,
    unreachable = c.unreachable + excluded.unreachable
    - c.present - excluded.present - c.absent - excluded.absent,
    updated_at = now()
