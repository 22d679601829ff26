//! Queries over what is there, mostly right.

use limbeck_core::document::schema::{Column, Table, TableKind};

use super::expression::Class;
use super::pen::{Pen, bare};

/// What a query being written may name: how each source is called, with its columns.
#[derive(Debug, Clone, Default)]
struct Sight {
    sources: Vec<(String, Vec<(String, String)>)>,
}

impl Sight {
    /// Returns a column with its type, as one names it.
    fn column(&self, pen: &mut Pen) -> (String, String) {
        if pen.dice.percent(1) {
            return (pen.new_column(None), "integer".to_owned());
        }
        let Some((source, columns)) = pen.dice.any(&self.sources).cloned() else {
            return ("1".to_owned(), "integer".to_owned());
        };
        let Some((column, of)) = pen.dice.any(&columns).cloned() else {
            return ("NULL".to_owned(), "text".to_owned());
        };
        let shared = self.sources.iter().filter(|(_, all)| all.iter().any(|(name, _)| *name == column)).count();
        let bare = (shared == 1 && pen.dice.percent(60)) || pen.dice.percent(1);
        (if bare { column } else { format!("{source}.{column}") }, of)
    }

    /// Returns a column of a class, if some are tried.
    fn column_of(&self, pen: &mut Pen, class: Class) -> Option<(String, String)> {
        let tried: Vec<(String, String)> = (0..6).map(|_| self.column(pen)).collect();
        tried.into_iter().find(|(_, of)| pen.class(of) == class)
    }
}

/// Returns a query over what is there.
pub(super) fn query(pen: &mut Pen) -> Option<String> {
    if pen.dice.percent(6) {
        return Some(with(pen));
    }
    if pen.dice.percent(6) {
        return Some(set(pen));
    }
    if pen.dice.percent(2)
        && let Some(table) = pen.table_of(|kind| kind != TableKind::ForeignTable)
    {
        let name = pen.named(table);
        return Some(match pen.dice.below(4) {
            0 => format!("TABLE ONLY {name}"),
            1 => format!("SELECT 1 FROM (TABLE {name}) q"),
            2 => format!("SELECT 1 UNION TABLE {name}"),
            _ => format!("TABLE {name}"),
        });
    }
    if pen.dice.percent(3) {
        return Some(
            pen.dice
                .one(&[
                    "VALUES (1, 'a'), (2, 'b')",
                    "VALUES (1), (NULL), (2.5)",
                    "VALUES (1, 'a'), (2)",
                    "SELECT 1 AS one, 'x'::text AS two, NULL",
                    "SELECT",
                    "SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS v(n, t) WHERE n > 1",
                    "SELECT n FROM generate_series(1, 3) AS n",
                    "SELECT 'a' UNION SELECT 'b'",
                    "SELECT true, now(), current_date, 1.5, 'x'::varchar(3), '1'::int, interval '1 day'",
                ])
                .to_owned(),
        );
    }
    Some(select(pen, 2))
}

/// Returns a condition over the columns of a table, which may ask other tables.
pub(super) fn condition_over(pen: &mut Pen, table: &Table) -> String {
    let sight = Sight { sources: vec![(bare(&table.name).to_owned(), columns_of(table))] };
    if pen.dice.percent(70) {
        let inner = sub_query(pen, &sight, 1);
        let (column, _) = sight.column(pen);
        return match pen.dice.below(5) {
            0 | 1 => format!("EXISTS ({inner})"),
            2 => format!("NOT EXISTS ({inner}) OR {column} IS NULL"),
            3 => format!("{column} = ({inner})"),
            _ => format!("{column} IN ({inner})"),
        };
    }
    condition(pen, &sight, 2)
}

/// Returns a condition over rows of a table, each by its name.
pub(super) fn condition_of_rows(pen: &mut Pen, table: &Table, rows: &[&str]) -> String {
    let sight = rows_of(table, rows);
    condition(pen, &sight, 1)
}

/// Returns a value over rows of a table, each by its name.
pub(super) fn value_of_rows(pen: &mut Pen, table: &Table, rows: &[&str]) -> String {
    let sight = rows_of(table, rows);
    scalar(pen, &sight, 1)
}

fn rows_of(table: &Table, rows: &[&str]) -> Sight {
    Sight { sources: rows.iter().map(|row| ((*row).to_owned(), columns_of(table))).collect() }
}

fn select(pen: &mut Pen, depth: usize) -> String {
    let mut sight = Sight::default();
    let from = sources(pen, &mut sight, depth);
    if pen.dice.percent(20) {
        return grouped(pen, &sight, &from, depth);
    }
    let mut list = Vec::new();
    for at in 0..=pen.dice.below(3) {
        let item = match pen.dice.below(100) {
            0..4 => "*".to_owned(),
            4..8 => match pen.dice.any(&sight.sources) {
                Some((name, _)) => format!("{name}.*"),
                None => "1".to_owned(),
            },
            8..45 => scalar(pen, &sight, depth),
            45..50 => windowed(pen, &sight),
            _ => sight.column(pen).0,
        };
        // Mostly so that no two are called alike.
        let alias = match (pen.dice.below(100), at) {
            _ if item.ends_with('*') => "",
            (0..20, _) => pen.dice.one(&[" AS name", " AS id", " AS extra", " AS \"Shown\"", " other"]),
            (20..40, _) | (_, 0) => "",
            (_, 1) => " AS second",
            (_, 2) => " AS \"Third\"",
            _ => " AS fourth",
        };
        list.push(format!("{item}{alias}"));
    }
    let distinct = pen.dice.weighted(&[(92, ""), (6, "DISTINCT "), (2, "DISTINCT ON (1) ")]);
    let mut text = format!("SELECT {distinct}{}{from}", list.join(", "));
    if pen.dice.percent(45) {
        text.push_str(&format!(" WHERE {}", condition(pen, &sight, depth)));
    }
    if pen.dice.percent(30) {
        let by = match pen.dice.below(4) {
            0 => pen.dice.one(&["1", "1", "1", "2", "1, 2", "9"]).to_owned(),
            1 if text.contains(" AS second") => pen.dice.one(&["second", "second", "lower('x')", "id"]).to_owned(),
            _ => sight.column(pen).0,
        };
        text.push_str(&format!(
            " ORDER BY {by}{}",
            pen.dice.weighted(&[(60, ""), (20, " DESC"), (10, " NULLS FIRST"), (10, " DESC NULLS LAST")])
        ));
    }
    if pen.dice.percent(10) {
        text.push_str(pen.dice.one(&[
            " LIMIT 10",
            " OFFSET 2",
            " LIMIT 10 OFFSET 5",
            " LIMIT ALL",
            " LIMIT 'x'",
            " FETCH FIRST 3 ROWS ONLY",
        ]));
    }
    text
}

fn grouped(pen: &mut Pen, sight: &Sight, from: &str, depth: usize) -> String {
    let (key, _) = sight.column(pen);
    let (other, _) = sight.column(pen);
    let sum = aggregate(pen, sight);
    let mut text = match pen.dice.below(6) {
        0 => format!("SELECT {sum}{from}"),
        1 => format!("SELECT {key}, {other}, {sum} AS total{from} GROUP BY {key}, {other}"),
        2 => format!("SELECT {key} AS k, {sum}{from} GROUP BY 1"),
        3 => format!("SELECT {key}, {other}, {sum}{from} GROUP BY {key}"),
        4 => {
            let value = scalar(pen, sight, 0);
            format!("SELECT {value} AS v, {sum}{from} GROUP BY {value}")
        }
        _ => format!("SELECT {key}, {sum}{from} WHERE {} GROUP BY {key}", condition(pen, sight, depth)),
    };
    if pen.dice.percent(25) && text.contains("GROUP BY") {
        let sum = aggregate(pen, sight);
        text.push_str(&format!(
            " HAVING {}",
            pen.dice.weighted(&[(6, "count(*) > 1"), (3, "true"), (1, "1"), (3, "sum(1) > 2")])
        ));
        if pen.dice.percent(40) {
            text.push_str(&format!(" ORDER BY {sum}"));
        }
    }
    text
}

fn aggregate(pen: &mut Pen, sight: &Sight) -> String {
    let (column, of) = sight.column(pen);
    let class = pen.class(&of);
    let call = match (class, pen.dice.below(8)) {
        (_, 0) => "count(*)".to_owned(),
        (_, 1) => format!("count(DISTINCT {column})"),
        (_, 2) => format!("array_agg({column} ORDER BY {column})"),
        (_, 3) => format!("max({column})"),
        (Class::Number, _) => format!("{}({column})", pen.dice.one(&["sum", "avg", "min", "max", "count"])),
        (Class::Text, 4) => format!("string_agg({column}, ', ')"),
        (Class::Boolean, _) => format!("bool_or({column})"),
        (_, 5) => format!("json_agg({column})"),
        _ => format!("count({column})"),
    };
    match pen.dice.below(20) {
        0 => format!("{call} FILTER (WHERE {column} IS NOT NULL)"),
        1 => format!("coalesce({call}, NULL)"),
        2 => format!("sum({call})"),
        _ => call,
    }
}

fn windowed(pen: &mut Pen, sight: &Sight) -> String {
    let ((a, _), (b, _)) = (sight.column(pen), sight.column(pen));
    let function =
        pen.dice.weighted(&[(9, "row_number()"), (9, "rank()"), (9, "count(*)"), (9, "sum(1)"), (1, "lower('x')")]);
    let lag = format!("lag({a})");
    let function = if pen.dice.percent(20) { lag.as_str() } else { function };
    let window = match pen.dice.below(6) {
        0 => "()".to_owned(),
        1 => format!("(PARTITION BY {a})"),
        2 => format!("(ORDER BY {a} DESC)"),
        3 => format!("(PARTITION BY {a} ORDER BY {b})"),
        4 => format!("(PARTITION BY {a} ORDER BY {b} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"),
        _ => format!("(ORDER BY {a} NULLS FIRST)"),
    };
    format!("{function} OVER {window}")
}

fn columns_of(table: &Table) -> Vec<(String, String)> {
    let named = |column: &Column| (column.name.clone(), column.data_type.clone());
    table.columns.iter().map(named).collect()
}

fn source(pen: &mut Pen, sight: &mut Sight, depth: usize) -> String {
    let at = sight.sources.len();
    if depth > 0 && pen.dice.percent(12) {
        let mut inner = Sight::default();
        let from = sources(pen, &mut inner, depth - 1);
        let ((column, of), other) = (inner.column(pen), scalar(pen, &inner, depth - 1));
        let alias = format!("q{at}");
        sight.sources.push((alias.clone(), vec![("first".to_owned(), of), ("label".to_owned(), "json".to_owned())]));
        return format!("(SELECT {column} AS first, {other} AS label{from}) {alias}");
    }
    let Some(table) = pen.table_of(|kind| kind != TableKind::ForeignTable) else { return "nothing".to_owned() };
    let name = pen.named(table);
    let bare = name.rsplit('.').next().unwrap_or(&name).to_owned();
    let taken = sight.sources.iter().any(|(known, _)| *known == bare);
    if (taken && !pen.dice.percent(5)) || pen.dice.percent(40) {
        let alias = ["t", "u", "v", "w", "x"].get(at).copied().unwrap_or("z").to_owned();
        let columns = columns_of(table);
        if pen.dice.percent(4) && columns.len() > 1 {
            let mut renamed = columns.clone();
            "first".clone_into(&mut renamed[0].0);
            sight.sources.push((alias.clone(), renamed));
            return format!("{name} {alias}(first)");
        }
        sight.sources.push((alias.clone(), columns));
        return format!("{name} {}{alias}", pen.dice.maybe(50, "AS "));
    }
    sight.sources.push((bare, columns_of(table)));
    name
}

fn sources(pen: &mut Pen, sight: &mut Sight, depth: usize) -> String {
    let mut text = format!(" FROM {}", source(pen, sight, depth));
    for _ in 0..pen.dice.weighted(&[(55, 0), (35, 1), (10, 2)]) {
        let (left, of) = sight.column(pen);
        let both_have_id = |sight: &Sight| {
            sight.sources.iter().filter(|(_, columns)| columns.iter().any(|(name, _)| name == "id")).count() == 2
        };
        let before = sight.sources.len();
        let next = source(pen, sight, depth);
        let new = Sight { sources: sight.sources.get(before..).unwrap_or_default().to_vec() };
        let class = pen.class(&of);
        let (right, _) = new.column_of(pen, class).unwrap_or_else(|| new.column(pen));
        let join = pen.dice.one(&["JOIN", "JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "INNER JOIN"]);
        match pen.dice.below(12) {
            0 => text.push_str(&format!(", {next}")),
            1 => text.push_str(&format!(" CROSS JOIN {next}")),
            2 if both_have_id(sight) || pen.dice.percent(20) => {
                text.push_str(&format!(" {join} {next} USING (id)"));
            }
            3 if pen.dice.percent(50) => text.push_str(&format!(" NATURAL {join} {next}")),
            4 => {
                let on = condition(pen, sight, 0);
                text.push_str(&format!(" {join} {next} ON {on}"));
            }
            _ => text.push_str(&format!(" {join} {next} ON {left} = {right}")),
        }
    }
    text
}

fn scalar(pen: &mut Pen, sight: &Sight, depth: usize) -> String {
    let (column, of) = sight.column(pen);
    match pen.dice.below(14) {
        0 if depth > 0 => {
            let inner = sub_query(pen, sight, depth - 1);
            format!("({inner})")
        }
        1 if depth > 0 => {
            let inner = sub_query(pen, sight, depth - 1);
            format!(
                "{}({inner})",
                pen.dice.one(&["EXISTS ", "NOT EXISTS ", "ARRAY", "coalesce("]).trim_end_matches("coalesce(")
            )
        }
        2 => format!("CASE WHEN {column} IS NULL THEN 'none' ELSE 'some' END"),
        3 => format!("coalesce({column}, {})", pen.literal(&of)),
        4 => format!("{column}::text"),
        5 => pen.literal(&of),
        6 => pen.dice.one(&["'x'", "NULL", "1", "current_date", "now()", "true", "'a'::varchar(5)", "1.5"]).to_owned(),
        _ => match pen.class(&of) {
            Class::Number => format!("{column} {} 1", pen.dice.one(&["+", "*", "-", "/"])),
            Class::Text => match pen.dice.below(4) {
                0 => format!("upper({column})"),
                1 => format!("{column} || 'x'"),
                2 => format!("length({column})"),
                _ => format!("substring({column} from 1 for 3)"),
            },
            Class::Boolean => format!("NOT {column}"),
            Class::Moment => match pen.dice.below(3) {
                0 => format!("date_trunc('day', {column})"),
                1 => format!("extract(year from {column})"),
                _ => format!("({column} AT TIME ZONE 'UTC')::date"),
            },
            Class::Other => column,
        },
    }
}

fn sub_query(pen: &mut Pen, sight: &Sight, depth: usize) -> String {
    let mut inner = Sight::default();
    let from = source(pen, &mut inner, 0);
    let (column, of) = inner.column(pen);
    let mut both = inner.clone();
    both.sources.extend(sight.sources.iter().cloned());
    let value = match pen.dice.below(5) {
        0 => format!("max({column})"),
        1 => "count(*)".to_owned(),
        2 => "1".to_owned(),
        _ => column,
    };
    let class = pen.class(&of);
    let outer = sight.column_of(pen, class).map(|(name, _)| name);
    let (near, _) = inner.column_of(pen, class).unwrap_or_else(|| inner.column(pen));
    match (outer, pen.dice.below(3)) {
        (Some(outer), 0 | 1) => format!("SELECT {value} FROM {from} WHERE {near} = {outer}"),
        _ => format!("SELECT {value} FROM {from} WHERE {}", condition(pen, &both, depth)),
    }
}

fn condition(pen: &mut Pen, sight: &Sight, depth: usize) -> String {
    if depth > 0 && pen.dice.percent(14) {
        let inner = sub_query(pen, sight, depth - 1);
        let (column, _) = sight.column(pen);
        return match pen.dice.below(5) {
            0 => format!("EXISTS ({inner})"),
            1 => format!("NOT EXISTS ({inner})"),
            2 => format!("{column} NOT IN ({inner})"),
            3 => format!("{column} = ANY ({inner})"),
            _ => format!("{column} IN ({inner})"),
        };
    }
    if pen.dice.percent(12) {
        let (left, right) = (condition(pen, sight, 0), condition(pen, sight, 0));
        return format!("{left} {} {right}", pen.dice.one(&["AND", "OR"]));
    }
    let (column, of) = sight.column(pen);
    pen.condition(&[(column, of)])
}

fn with(pen: &mut Pen) -> String {
    if pen.dice.percent(25) {
        return pen
            .dice
            .one(&[
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT i FROM n",
                "WITH RECURSIVE n AS (SELECT 1 AS i UNION SELECT n.i + 1 FROM n WHERE n.i < 5) SELECT * FROM n",
                "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT n.i + 1.5 FROM n) SELECT * FROM n",
                "WITH RECURSIVE n AS (SELECT n.i FROM n) SELECT * FROM n",
                "WITH a AS (SELECT 1), a AS (SELECT 2) SELECT 1",
                "WITH a(x, y) AS (SELECT 1) SELECT x FROM a",
            ])
            .to_owned();
    }
    let inner = select(pen, 1);
    let materialized = pen.dice.weighted(&[(80, ""), (10, "MATERIALIZED "), (10, "NOT MATERIALIZED ")]);
    let list = pen.dice.weighted(&[(6, "*"), (6, "found.*"), (6, "1"), (6, "count(*)"), (1, "id")]);
    let tail = pen.dice.one(&["", " f", " WHERE true", " ORDER BY 1"]);
    format!("WITH found AS {materialized}({inner}) SELECT {list} FROM found{tail}")
}

fn set(pen: &mut Pen) -> String {
    let part = |pen: &mut Pen| {
        let mut sight = Sight::default();
        let from = source(pen, &mut sight, 0);
        let (column, _) = if pen.dice.percent(80) {
            sight.column_of(pen, Class::Number).unwrap_or_else(|| sight.column(pen))
        } else {
            sight.column(pen)
        };
        let other = pen.dice.weighted(&[(90, ""), (5, ", 'x'"), (5, ", 1 AS one")]);
        format!("SELECT {column}{other} FROM {from}")
    };
    let word = |pen: &mut Pen| pen.dice.weighted(&[(4, "UNION"), (6, "UNION ALL"), (2, "INTERSECT"), (2, "EXCEPT")]);
    let (a, b, c) = (part(pen), part(pen), part(pen));
    let (one, two) = (word(pen), word(pen));
    let tail =
        pen.dice.one(&["", "", " ORDER BY 1", " ORDER BY 1 DESC", " LIMIT 3", " ORDER BY id", " ORDER BY 1 + 1"]);
    match pen.dice.below(4) {
        0 => format!("{a} {one} {b} {two} {c}{tail}"),
        1 => format!("{a} {one} ({b} {two} {c}){tail}"),
        2 => format!("({a} ORDER BY 1) {one} {b}{tail}"),
        _ => format!("{a} {one} {b}{tail}"),
    }
}
