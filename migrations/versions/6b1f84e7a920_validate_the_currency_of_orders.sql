-- Validate the currency of orders
--
-- Revision ID: 6b1f84e7a920
-- Revises: 9c41d07b58e3
-- Create Date: 2026-11-20T13:58:05Z

-- migrate:up
ALTER TABLE orders VALIDATE CONSTRAINT orders_currency_fkey;

-- migrate:down
-- Validated cannot be taken back, only made again.
ALTER TABLE orders
    DROP CONSTRAINT orders_currency_fkey,
    ADD CONSTRAINT orders_currency_fkey FOREIGN KEY (currency) REFERENCES currency NOT VALID;
