-- Split name into given and family
--
-- Letters to "Dear Ada Lovelace" look like letters from a machine. Everything up to the
-- first space is the given name, the rest the family name; a name of one word has none.
-- Putting the two together again gives the old name back, character for character.
--
-- A few hundred rows, and the shop is closed on Monday mornings, so this is one step. In a
-- shop that never closes it would be three: expand, fill in batches, contract.
--
-- Revision ID: 0f63aa9d7b14
-- Revises: 5c8e19d4fa63
-- Create Date: 2026-10-26T11:30:02Z

-- migrate:up
ALTER TABLE customer
    ADD COLUMN given_name text,
    ADD COLUMN family_name text;

UPDATE customer
SET given_name = split_part(name, ' ', 1),
    family_name = CASE
        WHEN strpos(name, ' ') > 0 THEN substr(name, strpos(name, ' ') + 1)
    END;

ALTER TABLE customer
    ALTER COLUMN given_name SET NOT NULL,
    DROP COLUMN name;

-- migrate:down
ALTER TABLE customer ADD COLUMN name text;

UPDATE customer SET name = concat_ws(' ', given_name, family_name);

ALTER TABLE customer
    ALTER COLUMN name SET NOT NULL,
    DROP COLUMN given_name,
    DROP COLUMN family_name;
