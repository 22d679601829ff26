//! The file `.env`, read as it stands: dotenvy expands `$`, cannot be told not to, and passwords have one.
//!
//! A line is `NAME=value`, with `export` before it or not. Values in single quotes stand for themselves, those in
//! double quotes know backslash escapes, and those without quotes end at ` #`. No value goes on in the next line.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

use super::SettingsError;

/// Returns those variables of the file that can concern Limbeck; none when there is no such file.
///
/// A line of another program that cannot be read is that program's concern.
pub(super) fn read(file: &Path, url_variable: &str) -> Result<BTreeMap<String, String>, SettingsError> {
    let unreadable = |error: std::io::Error| SettingsError::DotEnvUnreadable {
        path: file.display().to_string(),
        reason: error.to_string(),
    };
    match std::fs::metadata(file) {
        Ok(found) if found.is_file() => {}
        // Python people call a directory so.
        Ok(_) => return Ok(BTreeMap::new()),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(unreadable(error)),
    }
    let bytes = std::fs::read(file).map_err(unreadable)?;
    parse(&String::from_utf8_lossy(&bytes), url_variable)
        .map_err(|line| SettingsError::DotEnv { path: file.display().to_string(), line })
}

/// Returns the variables, or the number of the first line that ought to be one of ours and cannot be read.
fn parse(text: &str, url_variable: &str) -> Result<BTreeMap<String, String>, usize> {
    let mut variables = BTreeMap::new();
    for (position, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let line = line.trim();
        let line = match line.strip_prefix("export") {
            Some(rest) if rest.starts_with(char::is_whitespace) => rest.trim_start(),
            _ => line,
        };
        let end = line.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(line.len());
        let (name, rest) = line.split_at(end);
        let ours = name == url_variable || ["DATABASE_", "PG", "LIMBECK_"].iter().any(|start| name.starts_with(start));
        if ours && !name.is_empty() {
            let value = rest.trim_start().strip_prefix('=').and_then(value).ok_or(position + 1)?;
            variables.insert(name.to_owned(), value);
        }
    }
    Ok(variables)
}

/// Returns the value that stands behind `=`, or none when it cannot be told where it ends or what it is.
fn value(text: &str) -> Option<String> {
    // Bytes that are no UTF-8 were replaced by this.
    if text.contains(char::REPLACEMENT_CHARACTER) {
        return None;
    }
    let start = text.trim_start();
    let (value, rest) = if let Some(quoted) = start.strip_prefix('\'') {
        let (value, rest) = quoted.split_once('\'')?;
        (value.to_owned(), rest)
    } else if let Some(quoted) = start.strip_prefix('"') {
        double_quoted(quoted)?
    } else {
        let value = without_comment(text).trim();
        let plain = !value.contains(|c: char| c.is_whitespace() || c == '\'' || c == '"');
        return plain.then(|| value.to_owned());
    };
    without_comment(rest).trim().is_empty().then_some(value)
}

/// Returns the value up to the closing quote, and what follows it.
fn double_quoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = text.chars();
    loop {
        match characters.next()? {
            '"' => return Some((value, characters.as_str())),
            '\\' => match characters.next()? {
                'n' => value.push('\n'),
                'r' => value.push('\r'),
                't' => value.push('\t'),
                escaped @ ('"' | '\'' | '\\' | '$' | '`') => value.push(escaped),
                other => value.extend(['\\', other]),
            },
            other => value.push(other),
        }
    }
}

/// Returns the text before a `#` that follows white space.
fn without_comment(text: &str) -> &str {
    let comment = text.match_indices('#').find(|(at, _)| text[..*at].ends_with(char::is_whitespace));
    comment.map_or(text, |(at, _)| &text[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_they_stand() {
        let table = [
            ("PGX=plain", "plain"),
            ("export PGX=plain", "plain"),
            ("  export\tPGX = plain  ", "plain"),
            ("PGX=d$1x", "d$1x"),
            ("PGX=${HOME}$HOME$$", "${HOME}$HOME$$"),
            ("PGX=\"a$b ${HOME}\"", "a$b ${HOME}"),
            ("PGX='a$b \\n \" # c'", "a$b \\n \" # c"),
            (r#"PGX="a\"b\\c\n\t\$\d'""#, "a\"b\\c\n\t$\\d'"),
            (r"PGX=a\b", r"a\b"),
            ("PGX=a#b", "a#b"),
            ("PGX=#b", "#b"),
            ("PGX=a=b==", "a=b=="),
            ("PGX=a # why", "a"),
            ("PGX='a' # why", "a"),
            ("PGX=\"a\"\t#why's \"", "a"),
            ("PGX= # why", ""),
            ("PGX=", ""),
            ("PGX=''", ""),
            ("PGX=a\r\n", "a"),
            ("\u{feff}PGX=a", "a"),
            ("PGX=a\nPGX=b", "b"),
            ("PGX=käse", "käse"),
        ];
        for (text, expected) in table {
            let variables = parse(text, "DATABASE_URL").unwrap();
            assert_eq!(variables.get("PGX").map(String::as_str), Some(expected), "{text:?}");
        }
    }

    #[test]
    fn a_line_that_cannot_be_read_is_an_error_only_when_its_name_is_ours() {
        let endings = ["=a b c", "='a", "=\"a", "=\"a\\\"", "=a'b", "='a'b", "='a'#b", "", ": a", " a", "=\u{fffd}"];
        for ending in endings {
            for ours in ["DATABASE_NAME", "PGHOST", "LIMBECK_TOKEN", "SHOP_URL", "export DATABASE_URL"] {
                let text = format!("# first\n\nPGUSER=u\n{ours}{ending}\n");
                assert_eq!(parse(&text, "SHOP_URL"), Err(4), "{text:?}");
            }
            for foreign in ["FOO", "export FOO", "MY_DATABASE_URL", "OTHER_URL", "# DATABASE_URL", "-", "'"] {
                let text = format!("{foreign}{ending}\nPGUSER=u\n");
                let expected = BTreeMap::from([("PGUSER".to_owned(), "u".to_owned())]);
                assert_eq!(parse(&text, "SHOP_URL"), Ok(expected), "{text:?}");
            }
        }
    }

    #[test]
    fn errors_name_the_line_and_never_its_text() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join(".env");
        std::fs::write(&file, b"FOO=\xff\nDATABASE_PASSWORD='geheim\n").unwrap();
        let error = read(&file, "DATABASE_URL").unwrap_err();
        assert_eq!(error.to_string(), format!("line 2 of {} cannot be read as NAME=value", file.display()));
        assert!(!format!("{error:?} {:?}", error.hint()).contains("geheim"));
    }

    #[test]
    fn what_is_no_file_holds_no_variables() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(read(root.path(), "DATABASE_URL"), Ok(BTreeMap::new()));
        assert_eq!(read(&root.path().join(".env"), "DATABASE_URL"), Ok(BTreeMap::new()));
    }

    #[test]
    #[cfg(unix)]
    fn a_file_that_the_system_does_not_give_is_an_error_in_its_words() {
        let root = tempfile::tempdir().unwrap();
        // A link to itself fails for root, too, whom permissions do not stop.
        let file = root.path().join(".env");
        std::os::unix::fs::symlink(&file, &file).unwrap();
        let reason = std::fs::read(&file).unwrap_err().to_string();
        let error = read(&file, "DATABASE_URL").unwrap_err();
        assert_eq!(error.to_string(), format!("{} cannot be read: {reason}", file.display()));
    }
}
