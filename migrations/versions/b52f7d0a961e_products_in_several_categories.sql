-- Products in several categories
--
-- Expand: the new tables are filled from product.category, which stays until every reader
-- has moved. The column goes in a later revision.
--
-- Revision ID: b52f7d0a961e
-- Revises: 3d20e5b7c418
-- Create Date: 2026-10-22T10:15:40Z

-- migrate:up
CREATE TABLE category (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    parent_id bigint REFERENCES category,
    name text NOT NULL,
    UNIQUE (parent_id, name)
);

CREATE TABLE product_category (
    product_id bigint NOT NULL REFERENCES product ON DELETE CASCADE,
    category_id bigint NOT NULL REFERENCES category,
    PRIMARY KEY (product_id, category_id)
);

CREATE INDEX product_category_category_id_idx ON product_category (category_id);

INSERT INTO category (name)
SELECT DISTINCT category FROM product WHERE category IS NOT NULL ORDER BY category;

INSERT INTO product_category (product_id, category_id)
SELECT product.id, category.id
FROM product JOIN category ON category.name = product.category;

-- migrate:down
DROP TABLE product_category;
DROP TABLE category;
