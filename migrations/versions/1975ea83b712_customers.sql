-- Customers
--
-- The house accounts belong to the schema, not to a fixture: the till books walk-in sales
-- on the first, the back office books samples on the second, and orders that come in
-- through the marketplace stand on the third until they are matched.
--
-- Revision ID: 1975ea83b712
-- Revises: a0c4411e9d02
-- Create Date: 2026-10-12T13:20:55Z

-- migrate:up
CREATE TABLE customer (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    email text,
    name text NOT NULL
);

-- One account per address, however it is typed.
CREATE UNIQUE INDEX customer_email_key ON customer (lower(email));

CREATE TRIGGER customer_touch BEFORE UPDATE ON customer
    FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

INSERT INTO customer (name) VALUES
    ('Counter Sales'),
    ('Samples and Staff'),
    ('Marketplace');

-- migrate:down
DROP TABLE customer;
