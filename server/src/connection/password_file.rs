//! libpq's password file: lines of `host:port:database:user:password`, where `*` matches everything.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Returns the password that the file has for a connection.
///
/// A file that others can read is not used, as libpq does not use it; neither is one that is missing.
pub(super) fn look_up(file: &Path, wanted: [&str; 4]) -> Option<String> {
    let metadata = std::fs::metadata(file).ok()?;
    if !metadata.is_file() || metadata.permissions().mode() & 0o077 != 0 {
        return None;
    }
    find(&std::fs::read_to_string(file).ok()?, wanted)
}

/// Returns the password of the first line that matches host, port, database and user.
fn find(text: &str, wanted: [&str; 4]) -> Option<String> {
    text.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let (mut fields, mut field, mut characters) = (Vec::new(), String::new(), line.chars());
        while let Some(c) = characters.next() {
            match c {
                '\\' => field.extend(characters.next()),
                // The password is the rest; libpq ends it at a colon too.
                ':' => fields.push(std::mem::take(&mut field)),
                _ => field.push(c),
            }
        }
        fields.push(field);
        let matches = fields.iter().zip(wanted).all(|(field, wanted)| field == "*" || field == wanted);
        if matches { fields.into_iter().nth(4).filter(|password| !password.is_empty()) } else { None }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# a comment:1:2:3:4\n\
                        db1:5432:shop:ann:one\n\
                        db1:*:*:ann:two\n\
                        *:*:*:b\\:ob:thr\\:ee\n\
                        broken line\n\
                        *:*:*:*:\n";

    #[test]
    fn the_first_line_that_matches_gives_the_password() {
        let cases = [
            (["db1", "5432", "shop", "ann"], Some("one")),
            (["db1", "5433", "shop", "ann"], Some("two")),
            (["db2", "5432", "shop", "b:ob"], Some("thr:ee")),
            (["db2", "5432", "shop", "ann"], None),
        ];
        for (wanted, password) in cases {
            assert_eq!(find(FILE, wanted).as_deref(), password, "{wanted:?}");
        }
    }

    #[test]
    fn a_file_that_others_can_read_is_not_used() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("pgpass");
        std::fs::write(&file, "*:*:*:*:secret\n").unwrap();
        for (mode, password) in [(0o600, Some("secret")), (0o640, None), (0o604, None)] {
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(look_up(&file, ["h", "1", "d", "u"]).as_deref(), password, "{mode:o}");
        }
    }
}
