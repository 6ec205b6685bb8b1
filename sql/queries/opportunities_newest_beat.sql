-- The newest beat opportunities were computed for, whether there were any or not.
SELECT max(timestamp) FROM arbitrage_beats
