//! Constants that do not fit, where Postgres computes them before it looks at a row.

use limbeck_core::document::schema::TableKind;

use super::family::Family;
use super::pen::Pen;

pub(super) const FAMILIES: &[Family] = &[(6, "what does not fit", unfit)];

/// Values, about half of which cannot be computed.
const VALUES: [&str; 26] = [
    "99999999999",
    "70000",
    "1/0",
    "1 % 0",
    "2147483647 + 1",
    "300 * 300",
    "5 - 3",
    "'x'::text::integer",
    "'7'::text::integer",
    "99999999999::integer",
    "2.5",
    "1.0 / 0",
    "'abcdefghij'",
    "'abc' || 'defghij'",
    "NULL::integer / 0",
    "CASE WHEN 1 > 2 THEN 1/0 ELSE 5 END",
    "coalesce(3, 1/0)",
    "-(2 + 3)",
    "true",
    "date '2020-01-01'",
    "repeat('ab', 2)",
    "ARRAY[1, 2]::text::integer",
    "sqrt(4 - 5)",
    "abs(-7)",
    "lower('AB') || 1",
    "int4range(7, 5 - 1)::text",
];

const TYPES: [&str; 9] =
    ["integer", "smallint", "bigint", "numeric(4,2)", "varchar(3)", "char(2)", "text", "integer", "smallint"];

pub(super) fn value(pen: &mut Pen) -> String {
    pen.dice.one(&VALUES).to_owned()
}

fn unfit(pen: &mut Pen) -> Option<String> {
    let table = pen.table()?;
    let (name, column, new) = (pen.named(table), pen.column(table), pen.new_column(Some(table)));
    let (value, of) = (pen.dice.one(&VALUES), pen.dice.one(&TYPES));
    Some(match pen.dice.below(13) {
        0..3 => format!("ALTER TABLE {name} ADD COLUMN {new} {of} DEFAULT {value}"),
        3 => format!("ALTER TABLE {name} ADD COLUMN {new} {of} GENERATED ALWAYS AS ({value}) STORED"),
        4 => format!("ALTER TABLE {name} ALTER COLUMN {column} TYPE {of} USING {value}"),
        5 => format!("ALTER TABLE {name} ALTER COLUMN {column} SET DEFAULT {value}"),
        6 => format!("ALTER TABLE {name} ADD CHECK ({column} IS NOT NULL OR ({value}) IS NULL)"),
        7 => format!("ALTER TABLE {name} ADD CHECK (false AND ({value}) IS NULL) NOT VALID"),
        8 => format!("CREATE INDEX ON {name} (({value}), {column})"),
        9 => format!("CREATE INDEX ON {name} ({column}) WHERE ({value}) IS NOT NULL"),
        10 => format!("CREATE TABLE {} (id integer, a {of} DEFAULT {value})", super::tables::created(pen)),
        _ => {
            let partitioned = pen.schema.tables.iter().filter(|table| table.kind == TableKind::Partitioned);
            let all: Vec<_> = partitioned.collect();
            let parent = pen.dice.any(&all).copied()?;
            let parent = pen.named(parent);
            format!("CREATE TABLE {} PARTITION OF {parent} FOR VALUES IN ({value})", super::tables::created(pen))
        }
    })
}
