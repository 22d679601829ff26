//! The address holds the state: path = page, query = what is chosen there.
//!
//! Paths are relative to the document's base, so that the same page works below any path.

use std::fmt::Write as _;

use limbeck_core::document::Direction;

/// What the address says to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// The history; empty texts mean nothing is chosen.
    History {
        /// Full identifier of the revision that is open.
        revision: String,
        /// What the rows are searched for.
        find: String,
    },
    /// A plan.
    Plan {
        /// Which way.
        direction: Direction,
        /// The target in the grammar of identifiers.
        target: String,
        /// Start rows instead of the database's: a comma-separated list of ids, or `base`. Such a plan cannot run.
        from: Option<String>,
    },
    /// SQL that is being written.
    Draft,
    /// The open heads, side by side.
    Merge,
    /// What ran on this server.
    Runs,
    /// One run.
    Run(u64),
    /// An address that means nothing here.
    Unknown(String),
}

impl Route {
    /// Returns the history with nothing chosen.
    pub fn history() -> Self {
        Self::History { revision: String::new(), find: String::new() }
    }

    /// Returns the plan of everything that is pending.
    pub fn upgrade_all() -> Self {
        Self::plan(Direction::Upgrade, "heads")
    }

    /// Returns the plan that starts where the database stands.
    pub fn plan(direction: Direction, target: impl Into<String>) -> Self {
        Self::Plan { direction, target: target.into(), from: None }
    }

    /// Reads an address: the path behind the base, without a leading slash, and the query without its question mark.
    pub fn parse(path: &str, query: &str) -> Self {
        let value = |name: &str| query_value(query, name);
        let page = value("page").filter(|_| path.is_empty()).unwrap_or_default();
        let path = if page.is_empty() { path } else { &page }.trim_matches('/');
        match path {
            "" => Self::History {
                revision: value("revision").unwrap_or_default(),
                find: value("find").unwrap_or_default(),
            },
            "plan" => {
                let direction = match value("direction").as_deref() {
                    Some("downgrade") => Direction::Downgrade,
                    _ => Direction::Upgrade,
                };
                let target =
                    value("target").filter(|t| !t.is_empty()).unwrap_or_else(|| default_target(direction).into());
                Self::Plan { direction, target, from: value("from").filter(|f| !f.is_empty()) }
            }
            "draft" => Self::Draft,
            "merge" => Self::Merge,
            "runs" => Self::Runs,
            _ => match path.strip_prefix("runs/").and_then(|id| id.parse().ok()) {
                Some(id) => Self::Run(id),
                None => Self::Unknown(path.to_owned()),
            },
        }
    }

    /// Returns the address behind the base, without a leading slash. [`Route::parse`] reads it back.
    pub fn address(&self) -> String {
        match self {
            Self::History { revision, find } => with_query("", &[("revision", revision), ("find", find)]),
            Self::Plan { direction, target, from } => with_query(
                "plan",
                &[
                    ("direction", direction_word(*direction)),
                    ("target", target),
                    ("from", from.as_deref().unwrap_or("")),
                ],
            ),
            Self::Draft => "draft".into(),
            Self::Merge => "merge".into(),
            Self::Runs => "runs".into(),
            Self::Run(id) => format!("runs/{id}"),
            Self::Unknown(path) => path.clone(),
        }
    }

    /// Returns the same address for a site of files, where only the page's own path is there: all of it in the query.
    pub fn query(&self) -> String {
        let address = self.address();
        let (path, query) = address.split_once('?').unwrap_or((&address, ""));
        if path.is_empty() {
            return address;
        }
        let page = with_query("", &[("page", path)]);
        if query.is_empty() { page } else { format!("{page}&{query}") }
    }

    /// Returns the words for the window's title.
    pub fn title(&self) -> &'static str {
        match self {
            Self::History { .. } => "History",
            Self::Plan { .. } => "Plan",
            Self::Draft => "Draft",
            Self::Merge => "Merge",
            Self::Runs | Self::Run(_) => "Runs",
            Self::Unknown(_) => "Not found",
        }
    }
}

/// Returns the word of the wire and of the address.
pub fn direction_word(direction: Direction) -> &'static str {
    match direction {
        Direction::Upgrade => "upgrade",
        Direction::Downgrade => "downgrade",
    }
}

/// Returns the target that a direction takes when none is named: all pending up, one step down.
pub fn default_target(direction: Direction) -> &'static str {
    match direction {
        Direction::Upgrade => "heads",
        Direction::Downgrade => "-1",
    }
}

/// Returns where a plan starts when neither the address nor a database says it.
pub fn default_start(direction: Direction) -> &'static str {
    match direction {
        Direction::Upgrade => "base",
        Direction::Downgrade => "heads",
    }
}

fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut address = path.to_owned();
    let mut separator = '?';
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        address.push(separator);
        address.push_str(name);
        address.push('=');
        encode(value, &mut address);
        separator = '&';
    }
    address
}

fn encode(text: &str, into: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'@' | b':' | b',' => {
                into.push(byte.into());
            }
            // Writing to a String cannot fail.
            _ => write!(into, "%{byte:02X}").unwrap_or_default(),
        }
    }
}

fn query_value(query: &str, name: &str) -> Option<String> {
    let mut pairs = query.trim_start_matches('?').split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| decode(value))
}

/// Undoes percent encoding; a broken escape stands for itself, and a plus for a blank, as forms write it.
fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escape = (byte == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match escape.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(decoded) => {
                out.push(decoded);
                at += 3;
            }
            None => {
                out.push(if byte == b'+' { b' ' } else { byte });
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn round(route: &Route) -> (String, Route) {
        let address = route.address();
        let (path, query) = address.split_once('?').unwrap_or((&address, ""));
        let back = Route::parse(path, query);
        (address, back)
    }

    #[test]
    fn every_route_reads_its_own_address_back() {
        let cases = [
            (Route::history(), ""),
            (Route::History { revision: "e07b6aa41c09".into(), find: String::new() }, "?revision=e07b6aa41c09"),
            (Route::History { revision: String::new(), find: "a&b=c d+é".into() }, "?find=a%26b%3Dc%20d%2B%C3%A9"),
            (Route::upgrade_all(), "plan?direction=upgrade&target=heads"),
            (Route::plan(Direction::Downgrade, "-1"), "plan?direction=downgrade&target=-1"),
            (Route::plan(Direction::Upgrade, "crm@head+2"), "plan?direction=upgrade&target=crm@head%2B2"),
            (
                Route::Plan { direction: Direction::Upgrade, target: "heads".into(), from: Some("base".into()) },
                "plan?direction=upgrade&target=heads&from=base",
            ),
            (Route::Draft, "draft"),
            (Route::Merge, "merge"),
            (Route::Runs, "runs"),
            (Route::Run(12), "runs/12"),
            (Route::Unknown("schema/now".into()), "schema/now"),
        ];
        for (route, address) in cases {
            assert_eq!(round(&route), (address.to_owned(), route));
        }
    }

    #[test]
    fn on_a_site_of_files_the_query_holds_the_page_too() {
        let cases = [
            (Route::history(), ""),
            (Route::History { revision: "a".into(), find: "page".into() }, "?revision=a&find=page"),
            (Route::plan(Direction::Downgrade, "-1"), "?page=plan&direction=downgrade&target=-1"),
            (Route::Merge, "?page=merge"),
            (Route::Run(12), "?page=runs%2F12"),
            (Route::Unknown("a&b".into()), "?page=a%26b"),
        ];
        for (route, query) in cases {
            assert_eq!(route.query(), query);
            assert_eq!(Route::parse("", query), route);
        }
    }

    #[test]
    fn a_plan_without_a_target_takes_the_default_of_its_direction() {
        assert_eq!(Route::parse("plan", ""), Route::upgrade_all());
        assert_eq!(Route::parse("/plan/", "direction=downgrade"), Route::plan(Direction::Downgrade, "-1"));
        assert_eq!(Route::parse("plan", "direction=sideways&target="), Route::upgrade_all());
    }

    #[test]
    fn broken_escapes_stand_for_themselves() {
        assert_eq!(decode("100%"), "100%");
        assert_eq!(decode("%zz%4"), "%zz%4");
        assert_eq!(decode("%C3"), "\u{fffd}");
        assert_eq!(decode("%é"), "%é");
        assert_eq!(decode("a+b%2Bc"), "a b+c");
    }

    #[test]
    fn a_run_without_a_number_is_unknown() {
        assert_eq!(Route::parse("runs/x", ""), Route::Unknown("runs/x".into()));
        assert_eq!(Route::parse("runs/18446744073709551616", ""), Route::Unknown("runs/18446744073709551616".into()));
    }
}
