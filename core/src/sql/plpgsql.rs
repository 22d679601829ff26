//! Bodies of routines in PL/pgSQL.
//!
//! As Postgres does it, what stands behind `INTO` in a statement of SQL is taken out first, and the rest is read.

use std::collections::BTreeSet;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use squawk_syntax::ast::{self, AstNode};

use super::lexer::{Lexeme, Lexer, Raw};
use super::name::fold;
use super::split::pieces;
use super::statement;
use super::tree::{self, NoTree};
use super::wording::phrase;

/// A body as a tree.
#[derive(Debug, Clone)]
pub(crate) struct Body {
    /// The outermost block.
    pub(crate) block: ast::PlpgsqlBlock,
    /// What was taken out, in order.
    into: Vec<Into>,
}

/// Where the results of a statement of SQL go.
#[derive(Debug, Clone)]
pub(crate) struct Into {
    at: usize,
    /// Dotted names; none where one is not read here.
    pub(crate) targets: Option<Vec<Vec<String>>>,
}

impl Body {
    /// Reads the text of a body.
    pub(crate) fn read(text: &str) -> Result<Self, NoTree> {
        Self::read_to(text).map_err(|(wrong, _)| wrong)
    }

    /// Reads it; what is wrong, with its first byte.
    fn read_to(text: &str) -> Result<Self, (NoTree, usize)> {
        let unread = |why| (NoTree::Unread(why), 0);
        let (pieces, errors) = pieces(text);
        if let Some(error) = errors.first() {
            return Err((NoTree::Syntax(error.message.clone()), error.range.start));
        }
        // The parser recurses through blocks too, which these pieces do not show.
        let words = words(text);
        let blocks = words.iter().filter(|word| ["begin", "if", "loop", "case"].contains(&word.text.as_str())).count();
        if blocks > MOST_BLOCKS || pieces.iter().any(|piece| statement::unread(piece).is_some()) {
            return Err(unread("a body that is too long"));
        }
        let into = targets(&words);
        let mut sql = text.as_bytes().to_vec();
        for (range, _) in &into {
            sql.iter_mut().take(range.end).skip(range.start).for_each(|byte| *byte = b' ');
        }
        let sql = String::from_utf8(sql).map_err(|_| unread("a body that is not read here"))?;
        let mut tag = "body".to_owned();
        while text.contains(&format!("${tag}$")) {
            tag.push('_');
        }
        let before = format!("CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS ${tag}$");
        let around = format!("{before}{sql}${tag}$");
        // The parser asserts what it believes about itself; see `statement.rs`.
        let read = catch_unwind(AssertUnwindSafe(|| {
            let parse = squawk_syntax::SourceFile::parse(&around);
            let function = parse.tree().stmts().find_map(|statement| match statement {
                ast::Stmt::CreateFunction(function) => function.plpgsql(),
                _ => None,
            });
            let body = function.ok_or(unread("a body that is not read here"))?;
            if let Some(error) = body.errors().into_iter().next() {
                let at = usize::from(error.range().start()).saturating_sub(before.len()).min(text.len());
                return Err((NoTree::Syntax(error.message().to_owned()), at));
            }
            body.tree().block().ok_or(unread("a body that is not read here"))
        }));
        let block = read.unwrap_or(Err(unread("the parser gave up on it")))?;
        let into = into.into_iter().map(|(range, targets)| Into { at: range.start, targets }).collect();
        Ok(Self { block, into })
    }

    /// Returns where the results of a statement go.
    pub(crate) fn results_of(&self, statement: &impl AstNode) -> impl Iterator<Item = &Into> {
        let range = statement.syntax().text_range();
        let range: Range<usize> = range.start().into()..range.end().into();
        self.into.iter().filter(move |into| range.contains(&into.at))
    }
}

/// Returns the first thing that is no PL/pgSQL in the body that a statement brings, with its byte in the text of the
/// statement.
pub(crate) fn wrong(statement: &ast::Stmt) -> Option<(usize, String)> {
    let of_options = |list: Option<ast::FuncOptionList>| {
        let options: Vec<ast::FuncOption> = list.into_iter().flat_map(|list| list.options()).collect();
        let is_ours = options.iter().any(|option| match option {
            ast::FuncOption::LanguageFuncOption(language) => {
                tree::words(language).last().is_some_and(|it| is_plpgsql(it))
            }
            _ => false,
        });
        options.into_iter().filter(|_| is_ours).find_map(|option| match option {
            ast::FuncOption::AsFuncOption(option) => match option.as_func_target()? {
                ast::AsFuncTarget::AsDefinition(body) => body.literal(),
                ast::AsFuncTarget::AsObjFile(_) => None,
            },
            _ => None,
        })
    };
    let literal = match statement {
        ast::Stmt::Do(block) => {
            let language = block.do_language().map(|language| tree::words(&language));
            let is_ours = language.is_none_or(|words| words.last().is_some_and(|word| is_plpgsql(word)));
            block.body().filter(|_| is_ours)
        }
        ast::Stmt::CreateFunction(function) => of_options(function.option_list()),
        ast::Stmt::CreateProcedure(procedure) => of_options(procedure.option_list()),
        _ => None,
    }?;
    let Err((NoTree::Syntax(message), at)) = Body::read_to(&literal.string_value()?) else { return None };
    let (start, written) = (usize::from(literal.syntax().text_range().start()), tree::text(&literal));
    // What stands in single quotes may be spelled in more letters than it has.
    let tag = written.strip_prefix('$').and_then(|rest| rest.find('$')).map(|tag| tag + 2);
    Some((start + tag.map_or(0, |tag| tag + at), phrase(&message)))
}

fn is_plpgsql(word: &str) -> bool {
    word.trim_matches('\'').eq_ignore_ascii_case("plpgsql")
}

/// Returns the fields of NEW and OLD that a body mentions, folded.
pub(crate) fn row_fields(body: &str) -> BTreeSet<String> {
    let words = words(body);
    let of_row = |three: &[Word]| match three {
        [row, dot, field] if ["new", "old"].contains(&row.text.as_str()) && dot.text == "." => fold(&field.text),
        _ => None,
    };
    words.windows(3).filter_map(of_row).collect()
}

/// Returns whether a body holds no statement of SQL and raises nothing: it computes, branches, and sets fields of a row.
pub(crate) fn only_sets_fields(body: &str) -> bool {
    const MORE: [&str; 23] = [
        "alter", "assert", "call", "copy", "create", "delete", "do", "drop", "execute", "fetch", "for", "grant",
        "insert", "lock", "merge", "notify", "perform", "raise", "refresh", "select", "truncate", "update", "with",
    ];
    !words(body).iter().any(|word| MORE.contains(&word.text.as_str()))
}

/// Most blocks, loops and branches of one body that are given to the parser, however they nest.
const MOST_BLOCKS: usize = 100;

struct Word {
    lexeme: Lexeme,
    /// Folded, when it is a name or a word without quotes; else as it is written.
    text: String,
}

fn words(text: &str) -> Vec<Word> {
    let lexemes = Lexer::new(text, 0).filter(|lexeme| !lexeme.is_comment());
    let word = |lexeme: Lexeme| {
        let written = text.get(lexeme.range.clone()).unwrap_or_default();
        let text = if lexeme.raw == Raw::Ident { written.to_ascii_lowercase() } else { written.to_owned() };
        Word { lexeme, text }
    };
    lexemes.map(word).collect()
}

/// What stands behind INTO, with the word itself, and the names in it.
type Target = (Range<usize>, Option<Vec<Vec<String>>>);

/// Returns what `make_execsql_stmt` of Postgres takes out of statements of SQL.
fn targets(words: &[Word]) -> Vec<Target> {
    let is = |at: usize, text: &str| words.get(at).is_some_and(|word| word.text == text);
    let mut found = Vec::new();
    let (mut at, mut has_own) = (0, false);
    while let Some(word) = words.get(at) {
        // EXECUTE and FETCH have an INTO of their own, which the parser knows.
        match word.text.as_str() {
            ";" => has_own = false,
            "execute" | "fetch" => has_own = true,
            _ => {}
        }
        let of_statement = at > 0 && (is(at - 1, "insert") || is(at - 1, "merge"));
        if word.text != "into" || word.lexeme.raw != Raw::Ident || has_own || of_statement {
            at += 1;
            continue;
        }
        let start = word.lexeme.range.start;
        at += 1;
        if is(at, "strict") {
            at += 1;
        }
        let mut names = Some(Vec::new());
        let mut end = word.lexeme.range.end;
        loop {
            let mut name = Vec::new();
            while let Some(part) = words.get(at).filter(|word| is_name(word)) {
                name.push(fold(&part.text));
                end = part.lexeme.range.end;
                at += 1;
                if !is(at, ".") {
                    break;
                }
                at += 1;
            }
            let parts: Option<Vec<String>> = name.into_iter().collect();
            match (&mut names, parts.filter(|parts| !parts.is_empty())) {
                (Some(names), Some(parts)) => names.push(parts),
                _ => names = None,
            }
            if names.is_none() || !is(at, ",") {
                break;
            }
            at += 1;
        }
        // What is an element of an array is not read here.
        if is(at, "[") {
            names = None;
        }
        found.push((start..end, names));
    }
    found
}

fn is_name(word: &Word) -> bool {
    matches!(word.lexeme.raw, Raw::Ident | Raw::QuotedIdent { .. })
}
