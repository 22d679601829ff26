//! Numbers as Postgres reads them since 16: `0x1F`, `0o17`, `0b101`, `1_000`.

use std::borrow::Cow;

use squawk_lexer::{Base, LiteralKind};

use super::lexer::{Lexer, Raw};

/// Returns a text with all its numbers in digits of base ten alone. One that is too long for that stays as it is.
pub(crate) fn decimal(text: &str) -> Cow<'_, str> {
    let pairs = text.as_bytes().windows(2);
    let may_be = |pair: &[u8]| matches!(pair, [b'0', b'x' | b'X' | b'o' | b'O' | b'b' | b'B'] | [b'0'..=b'9', b'_']);
    if !pairs.into_iter().any(may_be) {
        return Cow::Borrowed(text);
    }
    let (mut made, mut at) = (String::new(), 0);
    for lexeme in Lexer::new(text, 0) {
        let Raw::Literal { kind } = lexeme.raw else { continue };
        let written = text.get(lexeme.range.clone()).unwrap_or_default();
        let (base, junk) = match kind {
            LiteralKind::Int { base, trailing_junk_start, .. } => (base, trailing_junk_start),
            LiteralKind::Numeric { trailing_junk_start, .. } => (Base::Decimal, trailing_junk_start),
            _ => continue,
        };
        let digits = written.replace('_', "");
        let radix = match base {
            Base::Binary => 2,
            Base::Octal => 8,
            Base::Decimal => 10,
            Base::Hexadecimal => 16,
        };
        let number = match radix {
            10 => Some(digits),
            radix => u128::from_str_radix(digits.get(2..).unwrap_or_default(), radix).ok().map(|it| it.to_string()),
        };
        let is_whole = usize::try_from(junk).is_ok_and(|junk| junk == written.len());
        let Some(number) = number.filter(|_| is_whole) else { continue };
        made.push_str(text.get(at..lexeme.range.start).unwrap_or_default());
        made.push_str(&number);
        at = lexeme.range.end;
    }
    made.push_str(text.get(at..).unwrap_or_default());
    Cow::Owned(made)
}

#[cfg(test)]
mod tests {
    use super::decimal;

    #[test]
    fn numbers_become_digits_and_all_else_stays() {
        for (text, expected) in [
            ("0x1F + 0b101 - 0O17", "31 + 5 - 15"),
            ("1_000.5_0e1_0", "1000.50e10"),
            ("a_1_0 = '0x1F' AND x0b1 = X'1F'", "a_1_0 = '0x1F' AND x0b1 = X'1F'"),
            ("0b2 + 1__0 + 0x", "0b2 + 1__0 + 0x"),
            ("größe_0 < 0xFFFFFFFFFFFFFFFF", "größe_0 < 18446744073709551615"),
        ] {
            assert_eq!(decimal(text), expected, "{text}");
        }
    }
}
