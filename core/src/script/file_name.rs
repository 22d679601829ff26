//! Names of new files.

use super::date::Date;

const TOKENS: [&str; 8] = ["id", "slug", "year", "month", "day", "hour", "minute", "second"];
/// Longest slug, in characters; Alembic's figure.
const SLUG_CHARS: usize = 40;
/// Most bytes of an id in a file name, so that the longest slug and the date parts fit beside it in the 255 bytes that
/// file systems allow.
const ID_BYTES: usize = 60;

/// Returns the words of a title in lower case, joined by `_`, at most 40 characters of whole words.
pub fn slug(title: &str) -> String {
    let mut slug = String::new();
    let mut length = 0;
    let lower = title.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    for word in words {
        let chars = word.chars().count();
        if length == 0 {
            slug.extend(word.chars().take(SLUG_CHARS));
            length = chars;
        } else if length + 1 + chars <= SLUG_CHARS {
            slug.push('_');
            slug.push_str(word);
            length += 1 + chars;
        } else {
            break;
        }
    }
    slug
}

/// Returns the path below `versions/` that a pattern gives, with `.sql`.
///
/// The id stands there as far as a visible, flat file can be named with it: letters and digits as they are, `_` for
/// what else it holds, cut where it is long. The pattern knows `{id}`, `{slug}`, `{year}`, `{month}`, `{day}`,
/// `{hour}`, `{minute}`, `{second}`; without a slug the separator before it goes too. The date parts need a date.
pub fn file_name(pattern: &str, id: &str, slug: &str, date: Option<Date>) -> String {
    let mut name = pattern.to_owned();
    if slug.is_empty() {
        for separator in ["_{slug}", "-{slug}", "{slug}_", "{slug}-"] {
            name = name.replace(separator, "");
        }
    }
    let two = |part: fn(Date) -> u8| date.map(|date| format!("{:02}", part(date))).unwrap_or_default();
    let parts = [
        ("{year}", date.map(|date| format!("{:04}", date.year)).unwrap_or_default()),
        ("{month}", two(|date| date.month)),
        ("{day}", two(|date| date.day)),
        ("{hour}", two(|date| date.hour)),
        ("{minute}", two(|date| date.minute)),
        ("{second}", two(|date| date.second)),
        ("{id}", id_part(id)),
        ("{slug}", slug.to_owned()),
    ];
    for (token, value) in parts {
        name = name.replace(token, &value);
    }
    name + ".sql"
}

fn id_part(id: &str) -> String {
    let mut part = String::new();
    for c in id.chars() {
        let c = if c.is_alphanumeric() || (c == '.' && !part.is_empty()) { c } else { '_' };
        if part.len() + c.len_utf8() > ID_BYTES {
            break;
        }
        part.push(c);
    }
    part
}

/// Returns what is wrong with a pattern of file names, as one phrase; none when it is usable.
pub fn check_pattern(pattern: &str) -> Option<String> {
    let mut rest = pattern;
    let mut has_id = false;
    while let Some((_, token)) = rest.split_once('{') {
        let Some((token, after)) = token.split_once('}') else {
            return Some("a `{` is not closed".to_owned());
        };
        if !TOKENS.contains(&token) {
            return Some(format!("`{{{token}}}` is unknown; it knows {{{}}}", TOKENS.join("}, {")));
        }
        has_id |= token == "id";
        rest = after;
    }
    let outside = pattern.split('/').any(|part| matches!(part, "" | "." | "..") || part.starts_with('.'))
        || pattern.contains(['\\', '\0', ':']);
    match (has_id, outside) {
        (false, _) => Some("without `{id}` two revisions may get the same file name".to_owned()),
        (_, true) => Some("it must name a file below `versions/`, not a hidden one".to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{check_pattern, file_name, slug};
    use crate::script::Date;

    #[test]
    fn a_slug_keeps_whole_words_of_letters_and_digits() {
        for (title, expected) in [
            ("add product table", "add_product_table"),
            ("Add  \"Product\"-table (v2)!", "add_product_table_v2"),
            ("größere Übersicht", "größere_übersicht"),
            (
                "a title that is much too long to be kept as the name of a file",
                "a_title_that_is_much_too_long_to_be_kept",
            ),
            ("../../etc/passwd", "etc_passwd"),
            ("!!!", ""),
        ] {
            assert_eq!(slug(title), expected);
        }
        assert_eq!(slug(&"x".repeat(100)).len(), 40);
    }

    #[test]
    fn a_pattern_gives_the_file_name() {
        let date = Date::parse("2026-11-22T14:12:09Z");
        for (pattern, slug, expected) in [
            ("{id}_{slug}", "add_users", "1975ea83b712_add_users.sql"),
            ("{id}_{slug}", "", "1975ea83b712.sql"),
            ("{year}/{month}{day}_{hour}{minute}{second}_{slug}_{id}", "x", "2026/1122_141209_x_1975ea83b712.sql"),
        ] {
            assert_eq!(file_name(pattern, "1975ea83b712", slug, date), expected);
            assert_eq!(check_pattern(pattern), None);
        }
    }

    #[test]
    fn a_pattern_stays_below_versions_and_has_the_id() {
        for pattern in
            ["{slug}", "../{id}", "/{id}", "a//{id}", ".{id}", "{id}{rev}", "{id}_{slug", "c:{id}", "a\\{id}"]
        {
            assert!(check_pattern(pattern).is_some(), "{pattern}");
        }
    }

    #[test]
    fn an_id_never_hides_moves_or_overflows_the_file() {
        let name = |id: &str| file_name("{id}_{slug}", id, "title", None);
        assert_eq!(name("v1.2"), "v1.2_title.sql");
        assert_eq!(name(".hidden"), "_hidden_title.sql");
        assert_eq!(name("a/../b"), "a_.._b_title.sql");
        assert_eq!(name("{slug}"), "_slug__title.sql");
        assert_eq!(name("a\u{202e}b"), "a_b_title.sql");
        assert_eq!(name(&"é".repeat(255)), "é".repeat(30) + "_title.sql");
    }
}
