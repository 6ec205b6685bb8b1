-- $1 name of a check on symbols.
SELECT pg_get_constraintdef(oid, true)
FROM pg_constraint
WHERE conrelid = 'symbols'::REGCLASS AND conname = $1
