//! The parser's complaints in the words of SQL.

/// Returns the complaint as one phrase, with tokens as they are written: `)` instead of `R_PAREN`.
pub(super) fn phrase(message: &str) -> String {
    let mut phrase = String::from("syntax error: ");
    let message = message.trim_end_matches('.');
    for (i, part) in message.split(' ').enumerate() {
        if i > 0 {
            phrase.push(' ');
        }
        let word = part.trim_end_matches([',', ':']);
        match token(word) {
            Some(token) => phrase.push_str(&format!("`{token}`")),
            None if i == 0 => phrase.push_str(&lower_first(word)),
            None => phrase.push_str(word),
        }
        phrase.push_str(&part[word.len()..]);
    }
    phrase
}

fn token(name: &str) -> Option<String> {
    let written = match name {
        "L_PAREN" => "(",
        "R_PAREN" => ")",
        "L_BRACK" => "[",
        "R_BRACK" => "]",
        "COMMA" => ",",
        "SEMICOLON" => ";",
        "DOT" => ".",
        "COLON" => ":",
        "EQ" => "=",
        "STAR" => "*",
        "PLUS" => "+",
        "MINUS" => "-",
        "SLASH" => "/",
        "L_ANGLE" => "<",
        "R_ANGLE" => ">",
        _ => {
            return name
                .strip_suffix("_KW")
                .filter(|word| word.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
                .map(str::to_owned);
        }
    };
    Some(written.to_owned())
}

/// Keywords of SQL stay in capitals.
fn lower_first(word: &str) -> String {
    if word.chars().count() > 1 && !word.chars().any(char::is_lowercase) {
        return word.to_owned();
    }
    let mut chars = word.chars();
    chars.next().map(|first| first.to_lowercase().collect::<String>() + chars.as_str()).unwrap_or_default()
}
