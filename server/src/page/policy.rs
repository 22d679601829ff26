//! What a page may load and run, as a Content-Security-Policy.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// The policy of a page: nothing but its own files (it names its own base, so that it can live under another path
/// too), no inline code but the scripts that stand in it, named by their digests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Policy {
    scripts: String,
}

impl Policy {
    /// Returns the policy of the page with this text.
    pub(crate) fn of(page: &str) -> Self {
        let mut scripts = String::from("'self' 'wasm-unsafe-eval'");
        for script in inline_scripts(page) {
            scripts.push_str(&format!(" 'sha256-{}'", STANDARD.encode(Sha256::digest(script.as_bytes()))));
        }
        Self { scripts }
    }

    /// Returns the policy as a header says it.
    pub(crate) fn header(&self) -> String {
        let Self { scripts } = self;
        format!(
            "default-src 'none'; script-src {scripts}; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
             worker-src 'self'; font-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'none'"
        )
    }

    /// Returns the policy as the page can say it about itself: all but who may frame it, which only a header can say.
    pub(crate) fn meta(&self) -> String {
        self.header().replace("frame-ancestors 'none'; ", "")
    }
}

/// Returns the text of each script element without a `src`, as a browser hashes it.
fn inline_scripts(page: &str) -> Vec<&str> {
    // Lower-casing ASCII keeps every byte where it is.
    let lower = page.to_ascii_lowercase();
    let mut scripts = Vec::new();
    let mut at = 0;
    while let Some(start) = lower[at..].find("<script").map(|found| at + found + "<script".len()) {
        let Some(open) = lower[start..].find('>').map(|found| start + found) else { break };
        let Some(close) = lower[open..].find("</script").map(|found| open + found) else { break };
        let has_source = lower[start..open].split_ascii_whitespace().any(|attribute| attribute.starts_with("src="));
        if !has_source {
            scripts.push(&page[open + 1..close]);
        }
        at = close;
    }
    scripts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_scripts_that_stand_in_the_page_are_named() {
        let page = "<head><SCRIPT type=\"module\">\nimport a from '/a.js';\n</SCRIPT>\
                    <script defer src=\"/b.js\"></script><script>c()</script>";
        assert_eq!(inline_scripts(page), ["\nimport a from '/a.js';\n", "c()"]);
    }

    #[test]
    fn a_page_cut_off_in_a_script_names_none() {
        assert!(inline_scripts("<script>alert(1)").is_empty());
        assert!(inline_scripts("<script").is_empty());
    }

    #[test]
    fn the_policy_names_a_script_as_a_browser_does() {
        // printf 'c()' | openssl dgst -sha256 -binary | base64
        let policy = Policy::of("<script>c()</script>");
        insta::assert_snapshot!(policy.header(), @"default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'sha256-uv6BXxguRKhBqgeOtcyTvppA2Vttceh37dUo7xwS8Ug='; style-src 'self'; connect-src 'self'; img-src 'self' data:; worker-src 'self'; font-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'none'");
        insta::assert_snapshot!(policy.meta(), @"default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'sha256-uv6BXxguRKhBqgeOtcyTvppA2Vttceh37dUo7xwS8Ug='; style-src 'self'; connect-src 'self'; img-src 'self' data:; worker-src 'self'; font-src 'self'; base-uri 'self'; form-action 'none'");
    }
}
