-- One synchronisation per exchange at a time; writers of time series are not held up.
SELECT id FROM exchanges WHERE enum_value = $1 FOR NO KEY UPDATE
