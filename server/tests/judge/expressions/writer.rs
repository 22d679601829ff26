//! Random expressions, mostly valid.

/// Makes an expression of a row of numbers: fewer and smaller ones make a simpler expression.
pub(super) struct Writer<'a> {
    pub(super) choices: std::slice::Iter<'a, u16>,
    pub(super) depth: usize,
    /// No column may stand here.
    pub(super) constant: bool,
}

/// Types by which expressions are made; of each a few columns and literals.
const KINDS: [(&str, &[&str], &[&str]); 15] = [
    ("bool", &["b"], &["true", "false", "'t'", "'yes'", "NULL", "bool 'off'"]),
    (
        "int4",
        &["i4", "judged.i4"],
        &["1", "0", "-1", "'7'", "'-7'", "2147483647", "NULL", "int '3'", "' 5 '", "42::int"],
    ),
    ("int2", &["i2"], &["1::int2", "'2'::smallint", "NULL::int2", "'40000'::int2"]),
    ("int8", &["i8"], &["2147483648", "1::bigint", "-9223372036854775808", "'9'::int8"]),
    (
        "numeric",
        &["n", "nn", "p"],
        &[
            "1.5",
            "0.50",
            "-1.5",
            "1e3",
            "1e-3",
            "'1.50'::numeric",
            "99999999999999999999",
            "'NaN'::numeric",
            "1.5::numeric(5,1)",
            "2::price",
            "'2.5'::price",
            ".5",
        ],
    ),
    (
        "float8",
        &["f8", "f4"],
        &[
            "1.5::float8",
            "'1e20'::float8",
            "'0.00001'::float4",
            "'1.10'::real",
            "'-0'::float8",
            "1::float8",
            "'123456789'::float4",
        ],
    ),
    (
        "text",
        &["t", "v", "c", "nm", "e", "\"Mixed Name\""],
        &[
            "'x'",
            "'it''s'",
            "'a\\b'",
            "E'a\\tb'",
            "''",
            "NULL",
            "'y'::text",
            "'abc'::varchar(2)",
            "'abc'::char(2)",
            "$$d$$",
            "'x'::varchar",
            "'z'::name",
            "'x'::email",
            "'q'::bpchar",
        ],
    ),
    (
        "date",
        &["d"],
        &["'2020-01-02'", "date '2020-1-2'", "'2020-02-30'", "current_date", "'hello'::date", "'infinity'::date"],
    ),
    (
        "timestamp",
        &["ts"],
        &["'2020-01-02 03:04'", "timestamp '2020-01-02 03:04:05.600'", "'2020-01-02'::timestamp(0)", "localtimestamp"],
    ),
    (
        "timestamptz",
        &["tz"],
        &[
            "now()",
            "current_timestamp",
            "'2020-01-02 03:04+02'",
            "timestamptz '2020-12-31 23:59:59.5-05:30'",
            "current_timestamp(2)",
            "'2020-01-01T00:00:00Z'",
            "clock_timestamp()",
        ],
    ),
    (
        "interval",
        &["iv"],
        &[
            "'1 day'",
            "interval '90 minutes'",
            "interval '1 year 2 months -3 days'",
            "'-1 day 2:03'::interval",
            "'1.5 days'::interval",
            "interval '2 weeks 04:05:06.7'",
            "'36 hours'::interval",
            "'18 months'::interval",
        ],
    ),
    (
        "jsonb",
        &["jb"],
        &[
            "'{}'",
            "'{\"b\": 1, \"a\": [1,2.50 , null], \"aa\": \"x\\ny\"}'",
            "'[]'::jsonb",
            "'{\"a\":1,\"a\":2}'::jsonb",
            "'{bad}'",
            "'1e2'::jsonb",
        ],
    ),
    (
        "uuid",
        &["u"],
        &[
            "gen_random_uuid()",
            "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'",
            "'nope'::uuid",
            "'{a0eebc999c0b4ef8bb6d6bb9bd380a11}'::uuid",
        ],
    ),
    (
        "text[]",
        &["ta", "va"],
        &[
            "'{}'",
            "'{a,\"b c\",NULL}'",
            "ARRAY['a', 'b']",
            "ARRAY[]::text[]",
            "ARRAY[t, v]",
            "'{\"\",null}'::text[]",
            "ARRAY['x']::varchar(3)[]",
        ],
    ),
    ("mood", &["m"], &["'ok'", "'sad'::mood", "'so so'", "'angry'", "NULL::mood"]),
];

/// The same, for what is asked less often.
const RARE: [&str; 12] = [
    "'10.0.0.1'::inet",
    "'10.1.2.3/08'::inet",
    "time '9:05'",
    "'23:59:59.250'::time",
    "''::tsvector",
    "'10.0.0.1/32'::inet",
    "j",
    "bt",
    "ia",
    "ma",
    "'{\"a\":  1}'::json",
    "'\\xABcd'::bytea",
];

const CASTS: [&str; 28] = [
    "int",
    "bigint",
    "smallint",
    "numeric",
    "numeric(6,2)",
    "float8",
    "real",
    "text",
    "varchar",
    "varchar(10)",
    "char(3)",
    "bool",
    "date",
    "timestamp",
    "timestamptz",
    "timestamp(1)",
    "interval",
    "jsonb",
    "json",
    "uuid",
    "text[]",
    "mood",
    "price",
    "email",
    "int[]",
    "name",
    "varchar(4)[]",
    "time",
];

impl Writer<'_> {
    pub(super) fn pick(&mut self, of: usize) -> usize {
        self.choices.next().map_or(0, |choice| usize::from(*choice)) % of.max(1)
    }

    fn one<'t>(&mut self, of: &[&'t str]) -> &'t str {
        let at = self.pick(of.len());
        of[at]
    }

    fn kind(&mut self) -> &'static str {
        KINDS[self.pick(KINDS.len())].0
    }

    /// One that is compared and computed with.
    fn scalar(&mut self) -> &'static str {
        KINDS[1 + self.pick(KINDS.len() - 1)].0
    }

    fn number(&mut self) -> &'static str {
        self.one(&["int4", "numeric", "int8", "float8", "int2", "int4"])
    }

    fn leaf(&mut self, kind: &str) -> String {
        let (_, columns, literals) = KINDS.iter().find(|(name, ..)| *name == kind).unwrap_or(&KINDS[0]);
        match self.pick(4) {
            0 | 1 if !self.constant => self.one(columns).to_owned(),
            _ => self.one(literals).to_owned(),
        }
    }

    /// An operand: mostly in parentheses, unless it is simple.
    fn operand(&mut self, kind: &str) -> String {
        let written = self.write(kind);
        let simple = written.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '\'');
        if simple || self.pick(5) == 4 { written } else { format!("({written})") }
    }

    pub(super) fn write(&mut self, kind: &str) -> String {
        if self.depth > 4 || self.pick(3) == 0 {
            return self.leaf(kind);
        }
        self.depth += 1;
        let written = match self.pick(30) {
            // What does not fit.
            28 => {
                let other = self.kind();
                self.write(other)
            }
            29 => (*self.one(&RARE)).to_owned(),
            0..=7 => self.common(kind),
            _ => self.own(kind),
        };
        self.depth -= 1;
        written
    }

    /// What there is of any type.
    fn common(&mut self, kind: &str) -> String {
        match self.pick(10) {
            0 => format!("coalesce({}, {})", self.write(kind), self.write(kind)),
            1 => format!("CASE WHEN {} THEN {} ELSE {} END", self.write("bool"), self.write(kind), self.write(kind)),
            2 => {
                let of = self.scalar();
                let (value, one, then) = (self.write(of), self.write(of), self.write(kind));
                format!("CASE {value} WHEN {one} THEN {then} WHEN {} THEN {} END", self.write(of), self.write(kind))
            }
            3 => format!("nullif({}, {})", self.write(kind), self.write(kind)),
            4 => format!("{}({}, {})", self.one(&["greatest", "least"]), self.write(kind), self.write(kind)),
            5 | 6 => {
                let from = self.kind();
                let to = if self.pick(3) == 0 { self.one(&CASTS) } else { kind };
                format!("{}::{to}", self.operand(from))
            }
            7 => format!("CAST({} AS {kind})", self.write("text")),
            8 => format!("({})", self.write(kind)),
            _ => format!("(ARRAY[{}, {}])[{}]", self.write(kind), self.write(kind), self.write("int4")),
        }
    }

    fn own(&mut self, kind: &str) -> String {
        match kind {
            "bool" => self.truth(),
            "int4" => match self.pick(8) {
                0 | 1 => format!(
                    "{} {} {}",
                    self.operand("int4"),
                    self.one(&["+", "-", "*", "/", "%", "&", "|", "#", "<<"]),
                    self.operand("int4")
                ),
                2 => format!("length({})", self.write("text")),
                3 => format!("{} - {}", self.operand("date"), self.operand("date")),
                4 => format!("position({} in {})", self.operand("text"), self.operand("text")),
                5 => format!("array_length({}, {})", self.write("text[]"), self.write("int4")),
                6 => format!("- {}", self.operand("int4")),
                _ => format!(
                    "{}({})",
                    self.one(&["abs", "sign", "jsonb_array_length", "ascii", "cardinality"]),
                    self.write("int4")
                ),
            },
            "int2" | "int8" | "numeric" | "float8" => {
                let other = self.number();
                match self.pick(8) {
                    7 => format!("{}({})", self.one(&["twice", "public.twice"]), self.write(other)),
                    0..=2 => {
                        let operator = self.one(&["+", "-", "*", "/", "%", "^"]);
                        format!("{} {operator} {}", self.operand(kind), self.operand(other))
                    }
                    3 => format!(
                        "{}({})",
                        self.one(&["abs", "round", "ceil", "floor", "sqrt", "trunc", "sign", "ln"]),
                        self.write(kind)
                    ),
                    4 => format!("round({}, {})", self.write("numeric"), self.write("int4")),
                    5 => {
                        let of = self.one(&["timestamptz", "timestamp", "interval", "date"]);
                        let field = self.one(&["year", "epoch", "dow", "'month'", "HOUR"]);
                        format!("extract({field} FROM {})", self.write(of))
                    }
                    _ => format!(
                        "{}({}, {})",
                        self.one(&["power", "mod", "div", "log", "nextval"]),
                        self.write(kind),
                        self.write(other)
                    ),
                }
            }
            "text" => match self.pick(15) {
                14 => match self.pick(3) {
                    0 => format!("twice({})", self.write("mood")),
                    1 => format!("twice({}, times => {})", self.write("mood"), self.write("int4")),
                    _ => format!("twice(times := {}, of := {})", self.write("int4"), self.write("mood")),
                },
                0 | 1 => {
                    let other = self.kind();
                    format!("{} || {}", self.operand("text"), self.operand(other))
                }
                2 => format!(
                    "{}({})",
                    self.one(&["lower", "upper", "trim", "btrim", "md5", "initcap", "reverse", "quote_ident"]),
                    self.write("text")
                ),
                3 => format!(
                    "substring({} from {} for {})",
                    self.operand("text"),
                    self.operand("int4"),
                    self.operand("int4")
                ),
                4 => format!(
                    "{}({}, {})",
                    self.one(&["left", "right", "repeat", "substr", "lpad", "substring"]),
                    self.write("text"),
                    self.write("int4")
                ),
                5 => {
                    let other = self.kind();
                    format!("concat({}, {})", self.write("text"), self.write(other))
                }
                6 => format!("replace({}, {}, {})", self.write("text"), self.write("text"), self.write("text")),
                7 => format!("{} ->> {}", self.operand("jsonb"), self.leaf("text")),
                8 => format!("{} COLLATE \"C\"", self.operand("text")),
                9 => format!(
                    "trim({} {} from {})",
                    self.one(&["both", "leading", "trailing"]),
                    self.leaf("text"),
                    self.operand("text")
                ),
                10 => format!("to_char({}, 'YYYY')", self.write("timestamptz")),
                11 => format!("{}[{}]", self.leaf("text[]"), self.write("int4")),
                12 => self
                    .one(&[
                        "current_user",
                        "current_role",
                        "current_schema",
                        "session_user",
                        "current_setting('x.y', true)",
                        "version()",
                        "user",
                    ])
                    .to_owned(),
                _ => format!("format({}, {})", self.leaf("text"), self.write("text")),
            },
            "date" => match self.pick(4) {
                0 => format!("{} {} {}", self.operand("date"), self.one(&["+", "-"]), self.operand("int4")),
                1 => format!("{}::date", self.operand("timestamp")),
                2 => format!("make_date({}, {}, {})", self.write("int4"), self.write("int4"), self.write("int4")),
                _ => format!("date({})", self.write("timestamptz")),
            },
            "timestamp" | "timestamptz" => {
                let other = if kind == "timestamp" { "timestamptz" } else { "timestamp" };
                match self.pick(4) {
                    0 | 1 => format!("{} {} {}", self.operand(kind), self.one(&["+", "-"]), self.operand("interval")),
                    2 => format!("date_trunc({}, {})", self.one(&["'day'", "'month'"]), self.write(kind)),
                    _ => {
                        format!("{} AT TIME ZONE {}", self.operand(other), self.one(&["'UTC'", "t", "'Europe/Berlin'"]))
                    }
                }
            }
            "interval" => match self.pick(4) {
                0 => format!("{} * {}", self.operand("interval"), self.operand("int4")),
                1 => format!("{} - {}", self.operand("timestamptz"), self.operand("timestamp")),
                2 => format!("make_interval(days => {})", self.write("int4")),
                _ => format!("age({}, {})", self.write("timestamptz"), self.write("timestamptz")),
            },
            "jsonb" => match self.pick(5) {
                0 => format!("{} -> {}", self.operand("jsonb"), self.leaf("text")),
                1 => {
                    let other = self.kind();
                    format!("jsonb_build_object({}, {})", self.leaf("text"), self.write(other))
                }
                2 => format!("{} || {}", self.operand("jsonb"), self.operand("jsonb")),
                3 => format!("jsonb_set({}, {}, {})", self.write("jsonb"), self.write("text[]"), self.write("jsonb")),
                _ => {
                    let other = self.kind();
                    format!("to_jsonb({})", self.write(other))
                }
            },
            "text[]" => match self.pick(5) {
                0 => format!("ARRAY[{}, {}]", self.write("text"), self.write("text")),
                1 => format!("{} || {}", self.operand("text[]"), self.operand("text")),
                2 => format!("string_to_array({}, {})", self.write("text"), self.write("text")),
                3 => format!("{}[1:{}]", self.leaf("text[]"), self.write("int4")),
                _ => format!("array_append({}, {})", self.write("text[]"), self.write("text")),
            },
            _ => self.common(kind),
        }
    }

    fn truth(&mut self) -> String {
        let of = self.scalar();
        match self.pick(19) {
            18 => format!("\"Any\"({}, {})", self.write("text"), self.write("text")),
            0..=2 => format!(
                "{} {} {}",
                self.operand(of),
                self.one(&["=", "<>", "<", ">=", "!=", ">", "<="]),
                self.operand(of)
            ),
            3 => {
                let (a, b) = (self.number(), self.number());
                format!("{} {} {}", self.operand(a), self.one(&["=", "<", ">="]), self.operand(b))
            }
            4 => format!("{} AND {}", self.operand("bool"), self.operand("bool")),
            5 => format!("{} OR {} OR {}", self.operand("bool"), self.operand("bool"), self.operand("bool")),
            6 => format!("NOT {}", self.operand("bool")),
            7 => format!("{} IS {}NULL", self.operand(of), self.one(&["", "NOT "])),
            8 => format!(
                "{} {}IN ({}, {}, {})",
                self.operand(of),
                self.one(&["", "NOT "]),
                self.leaf(of),
                self.write(of),
                self.leaf(of)
            ),
            9 => format!(
                "{} {}BETWEEN {} AND {}",
                self.operand(of),
                self.one(&["", "NOT "]),
                self.operand(of),
                self.operand(of)
            ),
            10 => format!(
                "{} {} {}",
                self.operand("text"),
                self.one(&["LIKE", "NOT LIKE", "ILIKE", "NOT ILIKE", "~", "!~*", "SIMILAR TO"]),
                self.operand("text")
            ),
            11 => format!(
                "{} IS {}{}",
                self.operand("bool"),
                self.one(&["", "NOT "]),
                self.one(&["TRUE", "FALSE", "UNKNOWN"])
            ),
            12 => format!("{} IS {}DISTINCT FROM {}", self.operand(of), self.one(&["", "NOT "]), self.operand(of)),
            13 => format!(
                "{} {} {}(ARRAY[{}, {}])",
                self.operand(of),
                self.one(&["=", "<>", ">"]),
                self.one(&["ANY ", "ALL "]),
                self.write(of),
                self.write(of)
            ),
            14 => format!("{} = ANY ({})", self.operand("text"), self.write("text[]")),
            15 => format!("{} {} {}", self.operand("jsonb"), self.one(&["?", "@>", "<@", "="]), self.leaf("text")),
            16 => {
                format!("{} {} {}", self.operand("text[]"), self.one(&["&&", "@>", "<@", "="]), self.operand("text[]"))
            }
            _ => {
                let (a, b) = (self.scalar(), self.scalar());
                format!(
                    "({}, {}) {} ({}, {})",
                    self.write(a),
                    self.write(b),
                    self.one(&["=", "<>"]),
                    self.write(a),
                    self.write(b)
                )
            }
        }
    }
}
