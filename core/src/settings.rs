//! `limbeck.toml`: the settings of a migrations directory.

use toml::de::{DeTable, DeValue};

use crate::diagnostic::Diagnostic;
use crate::document::lock_timeout;
use crate::nearest::nearest;
use crate::place::Places;
use crate::script;

pub use crate::document::{DatabaseSettings, LintSettings, RuleLevel, RuleSetting, Settings};

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
