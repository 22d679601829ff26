-- Customers get a phone number
--
-- Revision ID: 51f9c2ea6d08
-- Revises: b8830d1fe250
-- Branch Labels: crm
-- Create Date: 2026-11-17T09:40:33Z

-- migrate:up
ALTER TABLE customer
    ADD COLUMN phone text,
    ADD COLUMN wants_news boolean NOT NULL DEFAULT false;

COMMENT ON COLUMN customer.phone IS 'E.164, for example +41445550100';

-- migrate:down
ALTER TABLE customer
    DROP COLUMN wants_news,
    DROP COLUMN phone;
