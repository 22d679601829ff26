-- Currencies, and a clock for rows
--
-- Nothing sells yet. The two things every later table leans on: the currencies that we
-- can charge in, and the trigger function that keeps updated_at honest.
--
-- Revision ID: a0c4411e9d02
-- Revises:
-- Create Date: 2026-10-12T08:41:07Z

-- migrate:up
CREATE TABLE currency (
    code text PRIMARY KEY CHECK (code ~ '^[A-Z]{3}$'),
    name text NOT NULL,
    digits smallint NOT NULL DEFAULT 2 CHECK (digits BETWEEN 0 AND 4)
);

INSERT INTO currency (code, name, digits) VALUES
    ('EUR', 'Euro', 2),
    ('CHF', 'Swiss franc', 2),
    ('GBP', 'Pound sterling', 2),
    ('USD', 'US dollar', 2),
    ('JPY', 'Yen', 0);

CREATE FUNCTION touch_updated_at() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END;
$$;

-- migrate:down
DROP FUNCTION touch_updated_at();
DROP TABLE currency;
