-- Ask every customer for an e-mail
--
-- First half of NOT NULL: rows from now on must have one, old rows are filled. Adding the
-- check comes last, because its lock is held until the commit and filling takes a while.
-- An address under .invalid can never belong to anyone, so it is safe to take away again.
--
-- Revision ID: e07b6aa41c09
-- Revises: 51f9c2ea6d08
-- Create Date: 2026-11-18T15:12:48Z

-- migrate:up
UPDATE customer
SET email = 'customer-' || id || '@unknown.invalid'
WHERE email IS NULL;

ALTER TABLE customer
    ADD CONSTRAINT customer_email_present CHECK (email IS NOT NULL) NOT VALID;

-- migrate:down
ALTER TABLE customer DROP CONSTRAINT customer_email_present;

UPDATE customer
SET email = NULL
WHERE email = 'customer-' || id || '@unknown.invalid';
