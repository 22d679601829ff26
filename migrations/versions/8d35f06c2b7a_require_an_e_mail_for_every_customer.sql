-- Require an e-mail for every customer
--
-- Second half: VALIDATE reads the table while everyone goes on working; after it Postgres
-- takes NOT NULL on trust, without reading again, and the check has done its duty.
--
-- Revision ID: 8d35f06c2b7a
-- Revises: e07b6aa41c09
-- Create Date: 2026-11-20T09:12:30Z

-- migrate:up
ALTER TABLE customer VALIDATE CONSTRAINT customer_email_present;
ALTER TABLE customer ALTER COLUMN email SET NOT NULL;
ALTER TABLE customer DROP CONSTRAINT customer_email_present;

-- migrate:down
ALTER TABLE customer
    ADD CONSTRAINT customer_email_present CHECK (email IS NOT NULL) NOT VALID;
ALTER TABLE customer ALTER COLUMN email DROP NOT NULL;
