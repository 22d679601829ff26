//! `limbeck.toml`: the settings of a migrations directory.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use toml::de::{DeTable, DeValue};

use crate::diagnostic::Diagnostic;
use crate::nearest::nearest;
use crate::place::Places;
use crate::script;

/// Settings; every one has a default, so that an empty file or none is legal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// What the project is called; none leaves it to whoever knows the directory.
    pub name: Option<String>,
    /// Name of the version table; Alembic's by default.
    pub version_table: String,
    /// Schema of the version table; none leaves it to the search path.
    pub version_table_schema: Option<String>,
    /// Pattern of the names of new files below `versions/`, without `.sql`; see [`script::file_name`].
    pub file_template: String,
    /// How long a statement waits for a lock before it gives up; none waits for ever. In JSON as in the file, `3s`.
    #[serde(with = "lock_timeout")]
    pub lock_timeout: Option<Duration>,
    /// How the database is found.
    pub database: DatabaseSettings,
    /// What `limbeck lint` looks for.
    #[serde(skip_serializing_if = "LintSettings::is_default")]
    pub lint: LintSettings,
}

/// The table `[database]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DatabaseSettings {
    /// Environment variable that holds the URL; the file itself never holds a password.
    pub url_variable: String,
}

/// The table `[lint]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LintSettings {
    /// How much the findings of rules matter, by the name of the rule; the names are not looked at here.
    pub rules: BTreeMap<String, RuleSetting>,
}

impl LintSettings {
    fn is_default(&self) -> bool {
        self.rules.is_empty()
    }
}

/// How much the findings of a rule matter in a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RuleLevel {
    /// It is not asked.
    Off,
    /// Worth knowing.
    Info,
    /// Somebody should look.
    Warning,
    /// It must not go on.
    Error,
}

/// A rule in the table `[lint.rules]`. In JSON it is its level alone.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(from = "RuleLevel", into = "RuleLevel")]
pub struct RuleSetting {
    /// How much it matters.
    pub level: RuleLevel,
    /// Where the file names it, where it was read from one.
    pub place: Option<script::Span>,
}

impl From<RuleLevel> for RuleSetting {
    fn from(level: RuleLevel) -> Self {
        Self { level, place: None }
    }
}

impl From<RuleSetting> for RuleLevel {
    fn from(setting: RuleSetting) -> Self {
        setting.level
    }
}

/// Two settings are equal wherever they stand.
impl PartialEq for RuleSetting {
    fn eq(&self, other: &Self) -> bool {
        self.level == other.level
    }
}

impl Eq for RuleSetting {}

impl Default for Settings {
    fn default() -> Self {
        Self {
            name: None,
            version_table: "alembic_version".to_owned(),
            version_table_schema: None,
            file_template: "{id}_{slug}".to_owned(),
            lock_timeout: Some(Duration::from_secs(3)),
            database: DatabaseSettings::default(),
            lint: LintSettings::default(),
        }
    }
}

impl Default for DatabaseSettings {
    fn default() -> Self {
        Self { url_variable: "DATABASE_URL".to_owned() }
    }
}

type Taken = Result<(), String>;

/// One key: its name, how its text is taken, and what such a text looks like.
struct Key {
    name: &'static str,
    take: fn(&mut Settings, &str) -> Taken,
    example: &'static str,
}

const TOP: &[Key] = &[
    Key {
        name: "name",
        take: |settings, text| named(text).map(|text| settings.name = Some(text)),
        example: "\"shop\"",
    },
    Key {
        name: "version_table",
        take: |settings, text| relation(text).map(|text| settings.version_table = text),
        example: "\"alembic_version\"",
    },
    Key {
        name: "version_table_schema",
        take: |settings, text| relation(text).map(|text| settings.version_table_schema = Some(text)),
        example: "\"public\"",
    },
    Key {
        name: "file_template",
        take: |settings, text| match script::check_pattern(text) {
            Some(wrong) => Err(wrong),
            None => {
                settings.file_template = text.to_owned();
                Ok(())
            }
        },
        example: "\"{id}_{slug}\"",
    },
    Key {
        name: "lock_timeout",
        take: |settings, text| lock_timeout::parse(text).map(|limit| settings.lock_timeout = limit),
        example: "\"3s\", \"500ms\" or \"off\"",
    },
];

const DATABASE: &[Key] = &[Key {
    name: "url_variable",
    take: |settings, text| variable(text).map(|text| settings.database.url_variable = text),
    example: "\"DATABASE_URL\"",
}];

impl Settings {
    /// Reads the text of `limbeck.toml`; what cannot be read is a finding, and keeps its default.
    pub fn parse(path: &str, text: &str) -> (Self, Vec<Diagnostic>) {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let (table, errors) = DeTable::parse_recoverable(text);
        let mut reader = Reader { path, text, settings: Self::default(), findings: Vec::new() };
        for error in errors {
            let message = format!("not TOML: {}", error.message().lines().next().unwrap_or_default());
            reader.wrong("malformed-settings", message, error.span(), "see https://toml.io for the syntax".to_owned());
        }
        reader.table("", TOP, &["database", "lint"], table.get_ref());
        reader.findings.sort_by_key(|finding| finding.start);
        (reader.settings, reader.findings)
    }
}

struct Reader<'a> {
    path: &'a str,
    text: &'a str,
    settings: Settings,
    findings: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn table(&mut self, prefix: &str, keys: &[Key], tables: &[&str], table: &DeTable<'_>) {
        for (name, value) in table {
            let span = Some(name.span());
            let name = name.get_ref().as_ref();
            let full = format!("{prefix}{name}");
            if let Some(key) = keys.iter().find(|key| key.name == name) {
                self.value(key, &full, value.get_ref(), value.span());
            } else if let (true, DeValue::Table(inner)) = (tables.contains(&name), value.get_ref()) {
                match (prefix, name) {
                    ("", "lint") => self.table("lint.", &[], &["rules"], inner),
                    ("lint.", "rules") => self.rules(inner),
                    _ => self.table(&format!("{full}."), DATABASE, &[], inner),
                }
            } else if tables.contains(&name) {
                let help = format!("write a table: `[{full}]`");
                self.wrong("malformed-settings", format!("'{full}' is no table"), span, help);
            } else {
                let known: Vec<&str> = keys.iter().map(|key| key.name).chain(tables.iter().copied()).collect();
                let help = match nearest(name, &known) {
                    Some(near) => format!("did you mean '{prefix}{near}'?"),
                    None => format!("the settings are {}", known.join(", ")),
                };
                self.wrong("unknown-setting", format!("unknown setting '{full}'"), span, help);
            }
        }
    }

    /// Reads the levels of rules. Which names there are is not known here.
    fn rules(&mut self, table: &DeTable<'_>) {
        for (name, value) in table {
            let text = value.get_ref().as_str();
            let level = match text {
                Some("off") => RuleLevel::Off,
                Some("info") => RuleLevel::Info,
                Some("warn" | "warning") => RuleLevel::Warning,
                Some("error") => RuleLevel::Error,
                _ => {
                    let name = name.get_ref();
                    let what = match text {
                        Some(text) => format!("'{text}'"),
                        None => article(value.get_ref().type_str()),
                    };
                    let message = format!("'lint.rules.{name}': {what} is no level");
                    let help = "write \"off\", \"info\", \"warning\" or \"error\"".to_owned();
                    self.wrong("malformed-settings", message, Some(value.span()), help);
                    continue;
                }
            };
            let mut places = Places::new(self.text, 1);
            let place = (places.of(name.span().start), places.of(name.span().end));
            let setting = RuleSetting { level, place: Some(place) };
            self.settings.lint.rules.insert(name.get_ref().clone().into_owned(), setting);
        }
    }

    fn value(&mut self, key: &Key, name: &str, value: &DeValue<'_>, span: std::ops::Range<usize>) {
        let taken = match value.as_str() {
            Some(text) => (key.take)(&mut self.settings, text),
            None => Err(format!("it is {}, not a text in quotes", article(value.type_str()))),
        };
        if let Err(reason) = taken {
            let help = format!("write {name} = {}", key.example);
            self.wrong("malformed-settings", format!("'{name}': {reason}"), Some(span), help);
        }
    }

    fn wrong(&mut self, code: &'static str, message: String, span: Option<std::ops::Range<usize>>, help: String) {
        let span = span.unwrap_or(0..0);
        let mut places = Places::new(self.text, 1);
        let (start, end) = (places.of(span.start), places.of(span.end.max(span.start)));
        self.findings.push(Diagnostic::error(code, message).path(self.path).span(start, end).help(help));
    }
}

fn article(kind: &str) -> String {
    let vowel = kind.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {kind}", if vowel { "an" } else { "a" })
}

fn named(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() || text.contains(char::is_control) {
        return Err("it is empty or has control characters".to_owned());
    }
    Ok(text.to_owned())
}

/// A name of a table or schema as Postgres keeps it, not as SQL would quote it.
fn relation(text: &str) -> Result<String, String> {
    match text {
        "" => Err("it is empty".to_owned()),
        text if text.len() > 63 => Err("Postgres keeps 63 bytes of a name".to_owned()),
        text if text.contains(char::is_control) => Err("it has control characters".to_owned()),
        text if text.contains(['.', '"']) => {
            Err("it is one name, without quotes; the schema is set by version_table_schema".to_owned())
        }
        text => Ok(text.to_owned()),
    }
}

fn variable(text: &str) -> Result<String, String> {
    let legal = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if legal {
        return Ok(text.to_owned());
    }
    Err("it is the name of an environment variable, not the URL itself".to_owned())
}

/// `lock_timeout` as text.
mod lock_timeout {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    /// Returns the duration that a text spells; none for `off` and `0`.
    pub(super) fn parse(text: &str) -> Result<Option<Duration>, String> {
        let text = text.trim();
        if matches!(text, "off" | "0") {
            return Ok(None);
        }
        let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at(digits);
        let millis = match unit.trim() {
            "ms" => Some(1),
            "s" => Some(1_000),
            "min" => Some(60_000),
            _ => None,
        };
        let limit = number.parse::<u64>().ok().zip(millis).and_then(|(number, millis)| number.checked_mul(millis));
        match limit {
            // Postgres keeps it in 32 bits, in milliseconds.
            Some(limit) if limit <= 2_147_483_647 => Ok((limit > 0).then(|| Duration::from_millis(limit))),
            _ => Err(format!("'{text}' is no duration")),
        }
    }

    pub(super) fn serialize<S: Serializer>(limit: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&match limit.map(|limit| limit.as_millis()) {
            None => "off".to_owned(),
            Some(millis) if millis % 1_000 == 0 => format!("{}s", millis / 1_000),
            Some(millis) => format!("{millis}ms"),
        })
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
        parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}
