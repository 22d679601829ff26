-- Drop the old category column
--
-- Contract: nothing has read product.category since the release of 2 November.
-- Going back puts the first category by name into the column; a product that has several
-- keeps them all in product_category.
--
-- Revision ID: c7196e0d84b3
-- Revises: b52f7d0a961e
-- Create Date: 2026-11-05T09:48:26Z

-- migrate:up
ALTER TABLE product DROP COLUMN category;

-- migrate:down
ALTER TABLE product ADD COLUMN category text;

UPDATE product
SET category = (
    SELECT min(category.name)
    FROM product_category JOIN category ON category.id = product_category.category_id
    WHERE product_category.product_id = product.id
);
