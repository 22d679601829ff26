//! Makes text harmless for a terminal: no escape sequence, no cursor movement, no reordering of what a person reads.

use std::borrow::Cow;

/// Returns text of several lines with everything but line breaks and tabs made visible.
pub fn text(text: &str) -> Cow<'_, str> {
    replace(text, |character| !matches!(character, '\n' | '\t'))
}

/// Returns text as one line, with line breaks made visible too.
pub fn line(text: &str) -> Cow<'_, str> {
    replace(text, |_| true)
}

/// Returns painted text with only our own colour sequences (`ESC [ … m`) left in it.
///
/// The pieces are escaped when they are painted; this is the last gate before the terminal.
pub fn painted(text: &str) -> Cow<'_, str> {
    if !text.contains(|character| dangerous(character) && !matches!(character, '\n' | '\t')) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        let plain = rest.bytes().position(|byte| !harmless(byte)).unwrap_or(rest.len());
        safe.push_str(&rest[..plain]);
        rest = &rest[plain..];
        let Some(character) = rest.chars().next() else { return Cow::Owned(safe) };
        if let Some(length) = colour_sequence(rest) {
            safe.push_str(&rest[..length]);
            rest = &rest[length..];
            continue;
        }
        let keep = !dangerous(character) || matches!(character, '\n' | '\t');
        safe.push(if keep { character } else { picture(character) });
        rest = &rest[character.len_utf8()..];
    }
}

/// Returns a JSON text with the control characters that JSON allows verbatim spelled as `\u` escapes.
pub fn json(text: &str) -> Cow<'_, str> {
    let risky = |character: char| dangerous(character) && character != '\n';
    if !text.contains(risky) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if risky(character) {
            // Every such character lies below U+10000: one escape is enough.
            safe.push_str(&format!("\\u{:04x}", u32::from(character)));
        } else {
            safe.push(character);
        }
    }
    Cow::Owned(safe)
}

/// Returns the length of the colour sequence that `text` begins with.
fn colour_sequence(text: &str) -> Option<usize> {
    let parameters = text.strip_prefix("\u{1b}[")?;
    let end = parameters.find(|character: char| !character.is_ascii_digit() && character != ';')?;
    parameters[end..].starts_with('m').then_some("\u{1b}[".len() + end + 1)
}

fn replace(text: &str, all: impl Fn(char) -> bool) -> Cow<'_, str> {
    let is_kept = |byte: u8| harmless(byte) || (matches!(byte, b'\n' | b'\t') && !all(char::from(byte)));
    if text.bytes().all(is_kept) || !text.contains(|character| dangerous(character) && all(character)) {
        return Cow::Borrowed(text);
    }
    let safe = |character| if dangerous(character) && all(character) { picture(character) } else { character };
    Cow::Owned(text.chars().map(safe).collect())
}

/// What is most of every text, and dangerous nowhere: printable ASCII.
fn harmless(byte: u8) -> bool {
    matches!(byte, b' '..=b'~')
}

/// Controls of both sets, and the marks that reorder what is read.
fn dangerous(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Returns the visible stand-in, of width one.
fn picture(character: char) -> char {
    match u32::from(character) {
        code @ 0..=0x1f => char::from_u32(0x2400 + code).unwrap_or(char::REPLACEMENT_CHARACTER),
        0x7f => '␡',
        _ => char::REPLACEMENT_CHARACTER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_become_pictures_and_text_stays() {
        assert_eq!(text("naïve\ttab\nline"), "naïve\ttab\nline");
        assert_eq!(text("\u{1b}]0;owned\u{7}\r\u{7f}\u{9b}2J"), "␛]0;owned␇␍␡\u{fffd}2J");
        assert_eq!(line("two\nlines"), "two␊lines");
        assert_eq!(line("a\u{202e}b"), "a\u{fffd}b");
    }

    #[test]
    fn only_colours_pass_the_last_gate() {
        assert_eq!(painted("\u{1b}[1;31mred\u{1b}[0m\n"), "\u{1b}[1;31mred\u{1b}[0m\n");
        assert_eq!(painted("\u{1b}[2J\u{1b}]8;;x\u{7}"), "␛[2J␛]8;;x␇");
        assert_eq!(painted("\u{1b}[31"), "␛[31");
    }

    #[test]
    fn json_stays_the_same_document() {
        let value = serde_json::json!({"sql": "a\u{9b}b\u{7f}\u{202e}"});
        let written = serde_json::to_string(&value).expect("a value can be written");
        let safe = json(&written);
        assert_eq!(safe, r#"{"sql":"a\u009bb\u007f\u202e"}"#);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&safe).expect("it is JSON"), value);
    }
}
