-- Index orders by customer, concurrently
--
-- "My orders" reads the whole table. CONCURRENTLY lets checkout go on meanwhile, and it
-- cannot run in a transaction. A build that was interrupted leaves an invalid index of
-- this name behind; the first statement takes it away, so that running this again is safe.
--
-- Revision ID: b8830d1fe250
-- Revises: 4ea9d83b17c5
-- Create Date: 2026-11-16T07:55:01Z

-- migrate:up transaction:false
DROP INDEX CONCURRENTLY IF EXISTS orders_customer_id_idx;
CREATE INDEX CONCURRENTLY orders_customer_id_idx ON orders (customer_id, placed_at DESC);

-- migrate:down transaction:false
DROP INDEX CONCURRENTLY IF EXISTS orders_customer_id_idx;
