-- The catalog writes times, intervals and names as the session likes them: like this, always.
SET LOCAL search_path TO public;
SET LOCAL timezone TO 'UTC';
SET LOCAL datestyle TO 'ISO';
SET LOCAL intervalstyle TO 'postgres';
