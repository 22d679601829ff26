//! The settings of a project; `crate::settings` reads them.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::diagnostic::Position;

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
    /// Pattern of the names of new files below `versions/`, without `.sql`; see [`crate::script::file_name`].
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
    pub place: Option<(Position, Position)>,
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

/// `lock_timeout` as text.
pub(crate) mod lock_timeout {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    /// Returns the duration that a text spells; none for `off` and `0`.
    pub(crate) fn parse(text: &str) -> Result<Option<Duration>, String> {
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
