//! Documents of `json` and `jsonb`.

use super::Literal;
use super::number::numeric;

/// Deeper documents are not followed.
const DEPTH: usize = 100;

enum Document {
    Null,
    Boolean(bool),
    Number(String),
    Text(String),
    List(Vec<Document>),
    Object(Vec<(String, Document)>),
}

enum Wrong {
    /// Postgres refuses it, too.
    Syntax,
    Unknown,
}

/// Returns whether a text is a document; none if it is not known.
pub(super) fn check(text: &str) -> Option<bool> {
    match read(text) {
        Ok(_) => Some(true),
        Err(Wrong::Syntax) => Some(false),
        Err(Wrong::Unknown) => None,
    }
}

/// Returns the document as `jsonb` prints it.
pub(super) fn normal(text: &str) -> Literal {
    match read(text) {
        Ok(document) => {
            let mut shown = String::new();
            show(&document, &mut shown);
            Literal::Value(shown)
        }
        Err(Wrong::Syntax) => Literal::invalid("json", text),
        Err(Wrong::Unknown) => Literal::Unknown,
    }
}

fn read(text: &str) -> Result<Document, Wrong> {
    let mut reader = Reader { text, at: 0 };
    let document = reader.document(0)?;
    reader.space();
    if reader.at == text.len() { Ok(document) } else { Err(Wrong::Syntax) }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
    }

    fn takes(&mut self, token: &str) -> bool {
        self.space();
        let is = self.rest().starts_with(token);
        self.at += if is { token.len() } else { 0 };
        is
    }

    fn document(&mut self, depth: usize) -> Result<Document, Wrong> {
        if depth > DEPTH {
            return Err(Wrong::Unknown);
        }
        if self.takes("{") {
            return self.object(depth);
        }
        if self.takes("[") {
            let mut list = Vec::new();
            if self.takes("]") {
                return Ok(Document::List(list));
            }
            loop {
                list.push(self.document(depth + 1)?);
                if self.takes("]") {
                    return Ok(Document::List(list));
                }
                if !self.takes(",") {
                    return Err(Wrong::Syntax);
                }
            }
        }
        if self.takes("\"") {
            return self.text().map(Document::Text);
        }
        let rest = self.rest();
        let end = rest.find(|c: char| !(c.is_alphanumeric() || "+-._".contains(c))).unwrap_or(rest.len());
        let word = rest.get(..end).unwrap_or_default().to_owned();
        self.at += end;
        match word.as_str() {
            "null" => Ok(Document::Null),
            "true" => Ok(Document::Boolean(true)),
            "false" => Ok(Document::Boolean(false)),
            number if is_number(number) => numeric(number).map(Document::Number).ok_or(Wrong::Unknown),
            _ => Err(Wrong::Syntax),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Document, Wrong> {
        let mut fields = Vec::new();
        if self.takes("}") {
            return Ok(Document::Object(fields));
        }
        loop {
            if !self.takes("\"") {
                return Err(Wrong::Syntax);
            }
            let key = self.text()?;
            if !self.takes(":") {
                return Err(Wrong::Syntax);
            }
            fields.push((key, self.document(depth + 1)?));
            if self.takes("}") {
                return Ok(Document::Object(fields));
            }
            if !self.takes(",") {
                return Err(Wrong::Syntax);
            }
        }
    }

    /// Reads a text behind its first quote.
    fn text(&mut self) -> Result<String, Wrong> {
        let mut text = String::new();
        let mut escaped = false;
        let rest = self.rest().to_owned();
        for (at, character) in rest.char_indices() {
            match (escaped, character) {
                (true, 'u') => return Err(Wrong::Unknown),
                (true, '"' | '\\' | '/') => text.push(character),
                (true, 'b') => text.push('\u{8}'),
                (true, 'f') => text.push('\u{c}'),
                (true, 'n') => text.push('\n'),
                (true, 'r') => text.push('\r'),
                (true, 't') => text.push('\t'),
                (true, _) => return Err(Wrong::Syntax),
                (false, '\\') => {
                    escaped = true;
                    continue;
                }
                (false, '"') => {
                    self.at += at + 1;
                    return Ok(text);
                }
                (false, control) if control < ' ' => return Err(Wrong::Syntax),
                (false, other) => text.push(other),
            }
            escaped = false;
        }
        Err(Wrong::Syntax)
    }
}

/// Narrower than what other numbers are: no sign before, no zero first, digits around the point.
fn is_number(word: &str) -> bool {
    let unsigned = word.strip_prefix('-').unwrap_or(word);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(digits)
}

fn show(document: &Document, shown: &mut String) {
    match document {
        Document::Null => shown.push_str("null"),
        Document::Boolean(value) => shown.push_str(if *value { "true" } else { "false" }),
        Document::Number(number) => shown.push_str(number),
        Document::Text(text) => show_text(text, shown),
        Document::List(list) => {
            shown.push('[');
            for (at, item) in list.iter().enumerate() {
                shown.push_str(if at > 0 { ", " } else { "" });
                show(item, shown);
            }
            shown.push(']');
        }
        Document::Object(fields) => {
            // By length, then by bytes; of several with one key the last is kept.
            let mut kept: Vec<&(String, Document)> = Vec::new();
            for field in fields.iter().rev() {
                if !kept.iter().any(|(key, _)| *key == field.0) {
                    kept.push(field);
                }
            }
            kept.sort_by(|(a, _), (b, _)| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
            shown.push('{');
            for (at, (key, value)) in kept.into_iter().enumerate() {
                shown.push_str(if at > 0 { ", " } else { "" });
                show_text(key, shown);
                shown.push_str(": ");
                show(value, shown);
            }
            shown.push('}');
        }
    }
}

fn show_text(text: &str, shown: &mut String) {
    use std::fmt::Write;
    shown.push('"');
    for character in text.chars() {
        match character {
            '"' => shown.push_str("\\\""),
            '\\' => shown.push_str("\\\\"),
            '\u{8}' => shown.push_str("\\b"),
            '\u{c}' => shown.push_str("\\f"),
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            control if control < ' ' => {
                let _ = write!(shown, "\\u{:04x}", u32::from(control));
            }
            other => shown.push(other),
        }
    }
    shown.push('"');
}
