//! Headers that every answer carries, whatever it answers.

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// Returns the Content-Security-Policy for a page: nothing but its own files (it names its own base, so that it can live
/// under another path too), no inline code but the scripts that
/// stand in it, named by their digests.
pub(crate) fn content_security_policy(page: &str) -> String {
    let mut scripts = String::from("'self' 'wasm-unsafe-eval'");
    for script in inline_scripts(page) {
        scripts.push_str(&format!(" 'sha256-{}'", STANDARD.encode(Sha256::digest(script.as_bytes()))));
    }
    format!(
        "default-src 'none'; script-src {scripts}; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
         worker-src 'self'; font-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'none'"
    )
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

/// Adds the headers to every answer; what a handler set itself stays.
pub(crate) async fn add(State(policy): State<HeaderValue>, request: Request, next: Next) -> Response {
    let is_api = request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let fixed: [(HeaderName, &'static str); 5] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    if is_api {
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    response
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
        insta::assert_snapshot!(content_security_policy("<script>c()</script>"), @"default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'sha256-uv6BXxguRKhBqgeOtcyTvppA2Vttceh37dUo7xwS8Ug='; style-src 'self'; connect-src 'self'; img-src 'self' data:; worker-src 'self'; font-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'none'");
    }
}
