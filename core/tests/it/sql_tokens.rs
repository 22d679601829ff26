//! Tokens for highlighting.

use insta::assert_snapshot;
use limbeck_core::sql::{TokenKind, tokens};
use proptest::prelude::*;

/// Returns the text with each token in brackets behind the first letters of its kind.
fn colored(sql: &str) -> String {
    let mut text = String::new();
    let mut at = 0;
    for token in tokens(sql) {
        text.push_str(&sql[at..token.range.start]);
        let kind = match token.kind {
            TokenKind::Keyword => "k",
            TokenKind::Identifier => "i",
            TokenKind::QuotedIdentifier => "q",
            TokenKind::Type => "t",
            TokenKind::Function => "f",
            TokenKind::String => "s",
            TokenKind::Number => "n",
            TokenKind::Comment => "c",
            TokenKind::Operator => "o",
            TokenKind::Punctuation => "",
            TokenKind::Parameter => "p",
        };
        text.push_str(&match kind {
            "" => sql[token.range.clone()].to_owned(),
            kind => format!("{kind}⟨{}⟩", &sql[token.range.clone()]),
        });
        at = token.range.end;
    }
    text + &sql[at..]
}

#[test]
fn every_kind_of_token_has_its_color() {
    assert_snapshot!(
        colored("-- why\nCREATE TABLE shop.\"Order\" (name text NOT NULL DEFAULT 'x', n numeric(10, 2), at timestamptz DEFAULT now());"),
        @r#"
    c⟨-- why⟩
    k⟨CREATE⟩ k⟨TABLE⟩ i⟨shop⟩.q⟨"Order"⟩ (i⟨name⟩ t⟨text⟩ k⟨NOT⟩ k⟨NULL⟩ k⟨DEFAULT⟩ s⟨'x'⟩, i⟨n⟩ t⟨numeric⟩(n⟨10⟩, n⟨2⟩), i⟨at⟩ t⟨timestamptz⟩ k⟨DEFAULT⟩ f⟨now⟩());
    "#
    );
    assert_snapshot!(
        colored("update product set name = lower(name), price = $1 where id >= 10.5 and data ->> 'key' is null;"),
        @"k⟨update⟩ i⟨product⟩ k⟨set⟩ i⟨name⟩ o⟨=⟩ f⟨lower⟩(i⟨name⟩), i⟨price⟩ o⟨=⟩ p⟨$1⟩ k⟨where⟩ i⟨id⟩ o⟨>=⟩ n⟨10.5⟩ k⟨and⟩ i⟨data⟩ o⟨->>⟩ s⟨'key'⟩ k⟨is⟩ k⟨null⟩;"
    );
}

#[test]
fn a_body_in_dollar_quotes_is_read_as_code_and_other_texts_are_not() {
    assert_snapshot!(
        colored("CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN RETURN NEW; END $f$; SELECT $$a b$$;"),
        @"k⟨CREATE⟩ k⟨FUNCTION⟩ f⟨f⟩() k⟨RETURNS⟩ t⟨trigger⟩ k⟨LANGUAGE⟩ i⟨plpgsql⟩ k⟨AS⟩ s⟨$f$⟩ k⟨BEGIN⟩ k⟨RETURN⟩ k⟨NEW⟩; k⟨END⟩ s⟨$f$⟩; k⟨SELECT⟩ s⟨$$a b$$⟩;"
    );
    assert_snapshot!(colored("DO $$ BEGIN PERFORM f('x') /* y"), @"k⟨DO⟩ s⟨$$ BEGIN PERFORM f('x') /* y⟩");
}

proptest! {
    #[test]
    fn tokens_are_in_order_and_only_white_space_is_left_out(
        sql in "(DO|AS|SELECT|[a-z]{1,3}|'|\"|\\$\\$|\\$a\\$|--|/\\*|\\*/|;|\n| |é|\\(|[0-9<>=]){0,40}"
    ) {
        let mut at = 0;
        for token in tokens(&sql) {
            prop_assert!(sql.get(at..token.range.start).is_some_and(|gap| gap.trim().is_empty()));
            prop_assert!(token.range.start < token.range.end);
            at = token.range.end;
        }
        prop_assert!(sql.get(at..).is_some_and(|gap| gap.trim().is_empty()));
    }
}
